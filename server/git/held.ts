import type { Host } from '../platform/host.ts';
import { runGit, splitNul } from './git.ts';
import type { Repository } from './repository.ts';

/**
 * Which of these files a commit holds with the very same content: losing them loses no work.
 *
 * @param files path in the repository → absolute path of the file that is looked at
 */
export async function filesHeldBy(
  host: Host,
  repository: Repository,
  commit: string,
  files: ReadonlyMap<string, string>,
): Promise<Set<string>> {
  const held = new Set<string>();
  if (files.size === 0) return held;
  const paths = [...files.keys()];
  const literal = { env: { GIT_LITERAL_PATHSPECS: '1' } };
  const tree = await runGit(
    host,
    repository.root,
    ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths],
    literal,
  );
  const blobs = new Map(
    splitNul(tree.stdout).map(line => [line.slice(line.indexOf('\t') + 1), line.split(/[ \t]/)[2] ?? '']),
  );
  const known = paths.filter(path => blobs.has(path));
  if (known.length === 0) return held;
  const input = `${known.map(path => files.get(path)).join('\n')}\n`;
  // Without filters: the bytes themselves are compared, as they were written into the site.
  const hashed = await runGit(host, repository.root, ['hash-object', '--no-filters', '--stdin-paths'], {
    input,
  });
  const ids = hashed.stdout.trim().split('\n');
  known.forEach((path, index) => {
    if (blobs.get(path) === ids[index]) held.add(path);
  });
  return held;
}
