import { createHash } from 'node:crypto';
import { runGit } from '../git/git.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';

export interface GitObject {
  oid: string;
  type: string;
  content: Buffer;
}

/**
 * Reads objects by any name that `git cat-file` takes; `undefined` for what is missing. One process for all.
 */
export async function readObjects(
  host: Host,
  root: string,
  names: readonly string[],
): Promise<(GitObject | undefined)[]> {
  if (names.length === 0) return [];
  const { stdout } = await runGit(host, root, ['cat-file', '--batch'], {
    input: `${names.join('\n')}\n`,
    encoding: 'latin1',
  });
  const data = Buffer.from(stdout, 'latin1');
  const objects: (GitObject | undefined)[] = [];
  let position = 0;
  for (const name of names) {
    const end = data.indexOf('\n', position);
    if (end === -1)
      throw new GreenroomError('ledger-damaged', { subject: name, detail: 'git stopped reading' });
    const header = data.toString('utf8', position, end);
    position = end + 1;
    const match = /^([0-9a-f]+) (\w+) (\d+)$/.exec(header);
    if (match === null) {
      objects.push(undefined);
      continue;
    }
    const size = Number(match[3]);
    objects.push({
      oid: match[1] ?? '',
      type: match[2] ?? '',
      content: data.subarray(position, position + size),
    });
    position += size + 1;
  }
  return objects;
}

/** Whether the content is what the object's name says: git checks that only when it runs `fsck`. */
export function isIntact(object: GitObject): boolean {
  const algorithm = object.oid.length === 40 ? 'sha1' : 'sha256';
  const hash = createHash(algorithm)
    .update(`${object.type} ${object.content.length}\0`)
    .update(object.content)
    .digest('hex');
  return hash === object.oid;
}

export interface TreeEntry {
  mode: string;
  name: string;
  oid: string;
}

/** Entries of a tree object: `<mode> <name>` NUL `<oid in binary>`. */
export function parseTree(tree: GitObject): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const width = tree.oid.length / 2;
  for (let position = 0; position < tree.content.length; ) {
    const space = tree.content.indexOf(0x20, position);
    const nul = tree.content.indexOf(0, space);
    if (space === -1 || nul === -1) throw new GreenroomError('ledger-damaged', { subject: tree.oid });
    entries.push({
      mode: tree.content.toString('latin1', position, space),
      name: tree.content.toString('utf8', space + 1, nul),
      oid: tree.content.toString('hex', nul + 1, nul + 1 + width),
    });
    position = nul + 1 + width;
  }
  return entries;
}

export interface CommitObject {
  oid: string;
  tree: string;
  parents: string[];
  authorEmail: string;
  committerEmail: string;
  /** Seconds since 1970, of the committer. */
  committedAt: number;
  /** Armoured signature, if there is one. */
  signature: string | undefined;
}

export function parseCommit(commit: GitObject): CommitObject {
  const text = commit.content.toString('utf8');
  const headerText = text.slice(0, text.indexOf('\n\n') === -1 ? undefined : text.indexOf('\n\n'));
  // A line that begins with a space continues the header before it.
  const headers = headerText.replaceAll('\n ', '\0').split('\n');
  const valuesOf = (name: string) =>
    headers.filter(header => header.startsWith(`${name} `)).map(header => header.slice(name.length + 1));
  const person = (value: string | undefined) => /<([^>]*)> (\d+)/.exec(value ?? '');
  const committer = person(valuesOf('committer')[0]);
  const signature = (valuesOf('gpgsig')[0] ?? valuesOf('gpgsig-sha256')[0])?.replaceAll('\0', '\n');
  return {
    oid: commit.oid,
    tree: valuesOf('tree')[0] ?? '',
    parents: valuesOf('parent'),
    authorEmail: person(valuesOf('author')[0])?.[1] ?? '',
    committerEmail: committer?.[1] ?? '',
    committedAt: Number(committer?.[2] ?? 0),
    signature,
  };
}
