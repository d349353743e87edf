import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { checkout, type Fixture } from './fixture.ts';

export interface HostResult {
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  problem?: string;
  milliseconds: number;
}

/** Bundles `test/editor/host` for an extension host; answers the file that VS Code calls. */
export async function buildHostSuite(outdir: string): Promise<string> {
  const files = globSync('test/editor/host/*.ts', { cwd: checkout });
  await build({
    absWorkingDir: checkout,
    entryPoints: files,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return path.join(outdir, 'run.cjs');
}

/** Runs `test/editor/host/*.test.ts` inside VS Code's extension host, and answers the result of each test. */
export async function runHostSuite(fixture: Fixture, folder: string): Promise<HostResult[]> {
  const outdir = path.join(fixture.project.directory, 'host');
  const tests = await buildHostSuite(outdir);
  let output = '';
  const ended = Promise.withResolvers<void>();
  const window = await fixture.open(folder, {
    tests,
    expose: {
      codeAutomationLog: (_type: unknown, args: unknown[]) => {
        output += `${args.join(' ')}\n`;
        if (process.env['GREENROOM_TEST_VERBOSE'] !== undefined) console.log(...args);
      },
      codeAutomationExit: () => ended.resolve(),
    },
  });
  try {
    const limit = setTimeout(
      () => ended.reject(new Error(`the extension host did not end: ${output}`)),
      240_000,
    );
    await ended.promise;
    clearTimeout(limit);
    return JSON.parse(await readFile(path.join(outdir, 'results.json'), 'utf8'));
  } catch (error) {
    throw new Error(`the tests inside the extension host gave no result: ${output}`, { cause: error });
  } finally {
    await window.close();
  }
}
