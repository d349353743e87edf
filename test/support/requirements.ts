import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** What a test may need of a machine beyond what every one has. */
export type Requirement = 'root' | 'loop' | 'linux' | `program:${string}`;

const reasons: string[] = [];

/**
 * Skips the test, and records why, where the machine lacks something. CI lacks nothing: there a skip is a failure
 * (GREENROOM_REQUIRE_ALL).
 */
export function needs(test: Mocha.Context, ...requirements: Requirement[]): void {
  const missing = requirements.filter(requirement => !isMet(requirement));
  if (missing.length === 0) return;
  const reason = `needs ${missing.join(', ')}`;
  reasons.push(reason);
  if (process.env['GREENROOM_REQUIRE_ALL']) throw new Error(reason);
  console.log(`      (skipped: ${reason})`);
  test.skip();
}

function isMet(requirement: Requirement): boolean {
  const root = process.getuid?.() === 0;
  if (requirement === 'root') return root;
  if (requirement === 'linux') return process.platform === 'linux';
  if (requirement === 'loop') return root && process.platform === 'linux' && isExecutable('mkfs.xfs');
  return isExecutable(requirement.slice('program:'.length));
}

function isExecutable(program: string): boolean {
  const places = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return places.some(place => {
    try {
      accessSync(path.join(place, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
