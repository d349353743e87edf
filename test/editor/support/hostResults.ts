import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { HostResult } from './hostSuite.ts';

/** The results of the tests inside the extension host, kept until the runner adds them to its own. */
export function appendHostResults(results: readonly HostResult[]): void {
  const file = hostResultsFile();
  if (file !== undefined) writeFileSync(file, JSON.stringify(results));
}

export function readHostResults(): HostResult[] {
  const file = hostResultsFile();
  return file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function hostResultsFile(): string | undefined {
  const target = process.env['GREENROOM_TEST_RESULTS'];
  return target === undefined ? undefined : `${target}.host`;
}
