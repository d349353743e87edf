#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { runWithNewerNode } from './cli/newerNode.ts';

// What an older Node cannot load is loaded only after this question.
process.exitCode = (await runWithNewerNode(process.argv)) ?? (await run());
// Watchers, pools and detached children must not keep a finished command alive.
process.exit();

async function run(): Promise<number> {
  if (process.argv[2] === '--version') {
    const { version } = nodeModule.createRequire(import.meta.url)('../package.json') as { version: string };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  // It holds for what is loaded afterwards, so everything else is loaded afterwards.
  nodeModule.enableCompileCache();
  const { runCommandLine } = await import('./cli/run.ts');
  const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entry = (name: string) => fileURLToPath(new URL(`./${name}.${suffix}`, import.meta.url));
  return runCommandLine(process.argv.slice(2), { keeper: entry('keeper'), cli: entry('cli') });
}
