import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** git as on a machine where nobody configured anything: the tests' own machine must not matter. */
export const gitVariables: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** Environment for a test host whose git sees only {@link gitVariables}. */
export function gitTestEnvironment(): Record<string, string | undefined> {
  return { ...process.env, ...gitVariables };
}

export interface TestRepository {
  root: string;
  /** Runs git, returns its output without the last line break. */
  git(...args: string[]): string;
  /** Like {@link git} at a time (seconds since 1970), for everything that reflogs and commits record. */
  gitAt(seconds: number, ...args: string[]): string;
  write(file: string, content: string | Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  /** Writes the files, adds everything, commits. Returns the commit. */
  commit(message: string, files?: Record<string, string | Uint8Array | null>): Promise<string>;
}

export async function makeRepository(root: string, branch = 'main'): Promise<TestRepository> {
  await mkdir(root, { recursive: true });
  const repository = repositoryAt(root);
  repository.git('init', '-q', '-b', branch);
  return repository;
}

export function repositoryAt(root: string): TestRepository {
  const run = (args: string[], variables: Record<string, string> = {}) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...gitTestEnvironment(), ...variables },
    }).replace(/\n$/, '');
  const repository: TestRepository = {
    root,
    git: (...args) => run(args),
    gitAt: (seconds, ...args) =>
      run(args, { GIT_AUTHOR_DATE: `${seconds} +0000`, GIT_COMMITTER_DATE: `${seconds} +0000` }),
    async write(file, content) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), content);
    },
    remove: file => rm(path.join(root, file), { recursive: true }),
    async commit(message, files = {}) {
      for (const [file, content] of Object.entries(files))
        if (content === null) await repository.remove(file);
        else await repository.write(file, content);
      repository.git('add', '-A');
      repository.git('commit', '-q', '--allow-empty', '-m', message);
      return repository.git('rev-parse', 'HEAD');
    },
  };
  return repository;
}
