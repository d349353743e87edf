import { errorCode, GreenroomError, hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { RunOptions, RunResult } from '../platform/processes.ts';

/** Variables that a hook or a parent git leaves behind; they would point our git at another repository. */
const inherited = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_COMMON_DIR',
  'GIT_PREFIX',
  'GIT_NAMESPACE',
  'GIT_EXTERNAL_DIFF',
  'GIT_DIFF_OPTS',
];

/** git's environment: no prompts, no pager, plain English, never a lock that the user's own git would trip over. */
export function gitEnvironment(
  host: Host,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const environment: Record<string, string | undefined> = { ...host.environment };
  for (const name of inherited) delete environment[name];
  return {
    ...environment,
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
    LC_ALL: 'C.UTF-8',
    ...extra,
  };
}

export interface GitOptions extends Omit<RunOptions, 'env' | 'cwd'> {
  /** Variables on top of {@link gitEnvironment}. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Runs git in a directory. Throws `git-failed` (with what git said), `binary-missing`, `timeout`, `cancelled`.
 * It runs through the host's process runner, so that tests, cancellation and time limits work as everywhere else.
 */
export async function runGit(
  host: Host,
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<RunResult> {
  const { env, ...rest } = options;
  try {
    return await host.processes.run('git', args, {
      ...rest,
      cwd: directory,
      env: gitEnvironment(host, env),
    });
  } catch (error) {
    if (hasReason(error, 'process-failed')) {
      // A directory that is gone makes spawn fail with ENOENT for the program.
      throw new GreenroomError('git-failed', {
        subject: `git ${commandOf(args)}`,
        ...(error.detail !== undefined && { detail: error.detail }),
        cause: error,
      });
    }
    throw error;
  }
}

/** The command among git's arguments: the first that is neither an option nor the value of `-c`. */
const commandOf = (args: readonly string[]): string =>
  args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-c') ?? '';

/** The first line of git's answer, or `undefined` when git says there is none (exit code 1 or 128 of a query). */
export async function askGit(
  host: Host,
  directory: string,
  args: readonly string[],
): Promise<string | undefined> {
  const { code, stdout } = await runGit(host, directory, args, { accept: [0, 1, 128] });
  const line = stdout.split('\n', 1)[0]?.trim() ?? '';
  return code === 0 && line !== '' ? line : undefined;
}

/** Lines of git's answer without the empty ones. */
export async function gitLines(
  host: Host,
  directory: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string[]> {
  const { stdout } = await runGit(host, directory, args, options);
  return stdout.split('\n').filter(line => line !== '');
}

/** Whether the commit lies on the target's own line: then the branch was put there as it is. */
export async function isOnFirstParents(
  host: Host,
  root: string,
  commit: string,
  target: string,
): Promise<boolean> {
  const range = [target, '--not', `${commit}^@`, '--'];
  return (await gitLines(host, root, ['rev-list', '--first-parent', ...range])).includes(commit);
}

/** Fields of an answer that was asked for with `-z`. */
export function splitNul(text: string): string[] {
  const fields = text.split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
