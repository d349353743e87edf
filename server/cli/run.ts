import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Backend, type Entries } from '../backend/backend.ts';
import { explain } from '../backend/explain.ts';
import { systemHost } from '../backend/systemHost.ts';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import { storeRoot } from '../platform/paths.ts';
import { commandHelp, findCommand, helpText } from './commands.ts';
import { createOutput } from './output.ts';

/** Runs one command of the design's section 5. Returns its exit code; what went wrong has been told on standard error. */
export async function runCommandLine(words: string[], entries: Entries): Promise<number> {
  if (words.length === 0 || ['--help', '-h', 'help'].includes(words[0] ?? '')) {
    process.stdout.write(`${helpText()}\n`);
    return words.length === 0 ? 2 : 0;
  }
  const logFile = path.join(storeRoot(process.env, process.platform), 'logs', 'cli.log');
  const host = await systemHost((level, line) => {
    mkdirSync(path.dirname(logFile), { recursive: true, mode: 0o700 });
    appendFileSync(logFile, `${new Date().toISOString()} ${level} ${line}\n`, { mode: 0o600 });
  });
  let output = createOutput(words.includes('--json'));
  const abort = new AbortController();
  const cancel = () => abort.abort(new GreenroomError('cancelled'));
  try {
    const found = findCommand(words);
    if (found === undefined)
      throw new GreenroomError('usage', {
        subject: words
          .filter(word => !word.startsWith('-'))
          .slice(0, 2)
          .join(' '),
        detail: 'there is no such command',
      });
    const { command, rest } = found;
    const { values, positionals } = parse(command.name, rest, command.options ?? {});
    if (values['help'] === true) {
      process.stdout.write(`${commandHelp(command)}\n`);
      return 0;
    }
    output = createOutput(values['json'] === true);
    const { min, max } = command.positionals ?? { min: 0, max: 0 };
    if (positionals.length < min || positionals.length > max)
      throw new GreenroomError('usage', {
        subject: command.name,
        detail: `usage: greenroom ${command.usage}`,
      });
    process.once('SIGINT', cancel).once('SIGTERM', cancel);
    const backend = new Backend(host, entries, { warmsSpares: false });
    const folder = path.resolve(typeof values['folder'] === 'string' ? values['folder'] : callersDirectory());
    const operation = { signal: abort.signal, progress: output.progress };
    return (await command.run({ backend, folder, positionals, options: values, output, operation })) ?? 0;
  } catch (error) {
    const failure = explain(abort.signal.aborted ? abort.signal.reason : error, host.redact);
    host.log.error(failure.message, {
      reason: failure.reason,
      ...(error instanceof Error && { stack: error.stack ?? '' }),
    });
    output.done();
    output.result({ error: { reason: failure.reason, message: failure.message, items: failure.items } });
    process.stderr.write(`greenroom: ${failure.message}\n`);
    for (const item of failure.items) process.stderr.write(`  ${item}\n`);
    return failure.exitCode;
  } finally {
    output.done();
  }
}

function parse(
  name: string,
  args: string[],
  options: NonNullable<Parameters<typeof parseArgs>[0]>['options'],
) {
  try {
    return parseArgs({
      args,
      options: {
        ...options,
        json: { type: 'boolean' },
        folder: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new GreenroomError('usage', { subject: name, detail: messageOf(error), cause: error });
  }
}

/** `npm run greenroom` changes to the checkout; where it was called from is what the user means. */
function callersDirectory(): string {
  const { npm_lifecycle_event: script, INIT_CWD: called } = process.env;
  return script === 'greenroom' && called !== undefined ? called : process.cwd();
}
