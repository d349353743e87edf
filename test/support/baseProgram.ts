import { buildBase } from '../../server/base/build.ts';
import { refreshBase } from '../../server/base/refresh.ts';
import type { DatabaseAddress } from '../../server/database/address.ts';
import { type BaseTestOptions, baseContext } from './base.ts';

/** A backend of its own that builds or refreshes, and kills itself (SIGKILL) at the first report of a step. Says each report's step on a line. */
export interface BaseProgramInput {
  do: 'build' | 'refresh';
  root: string;
  production: DatabaseAddress;
  options: BaseTestOptions;
  /** Pattern of the step's text. */
  dieAt: string;
}

const input = JSON.parse(process.argv[2] ?? '') as BaseProgramInput;
const context = baseContext(input.root, input.production, input.options);
const run = input.do === 'build' ? buildBase : refreshBase;
const dieAt = new RegExp(input.dieAt);
await run(context, {
  progress({ step }) {
    process.stdout.write(`${step}\n`);
    if (dieAt.test(step)) process.kill(process.pid, 'SIGKILL');
  },
  signal: new AbortController().signal,
});
