import type { Host } from '../platform/host.ts';
import { runGit } from './git.ts';

const diffOptions = [
  '-p',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--no-renames',
  '--full-index',
  '--binary',
];

/** The patch id (git-patch-id: the patch without line numbers and white space) of the difference of two commits. */
export async function patchIdOf(
  host: Host,
  root: string,
  from: string,
  to: string,
): Promise<string | undefined> {
  const { stdout } = await runGit(host, root, ['diff-tree', ...diffOptions, from, to, '--'], {
    encoding: 'latin1',
  });
  if (stdout === '') return undefined;
  // Without a commit's name before it, `git patch-id` prints zeros for the commit.
  const ids = await patchIds(host, root, stdout);
  return ids[0];
}

/** Patch ids of the commits on the target's own line since the base; a merge counts as what it brought. */
export async function patchIdsOf(
  host: Host,
  root: string,
  base: string,
  target: string,
): Promise<Set<string>> {
  const { stdout } = await runGit(
    host,
    root,
    [
      'log',
      '--first-parent',
      '--diff-merges=first-parent',
      '--format=%H',
      ...diffOptions,
      `${base}..${target}`,
      '--',
    ],
    { encoding: 'latin1' },
  );
  return new Set(await patchIds(host, root, stdout));
}

async function patchIds(host: Host, root: string, patches: string): Promise<string[]> {
  const { stdout } = await runGit(host, root, ['patch-id', '--stable'], {
    input: Buffer.from(patches, 'latin1'),
  });
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(' ')[0] ?? '');
}
