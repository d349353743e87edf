import { gitLines } from '../git/git.ts';
import { hasReason } from '../platform/errors.ts';
import { type Ledger, parseStatement, statementFile } from './ledger.ts';
import {
  type CommitObject,
  isIntact,
  parseCommit,
  parseTree,
  readObjects,
  type TreeEntry,
} from './objects.ts';
import { isAncestor, rememberedHeads } from './refs.ts';
import { type AnyStatement, entryType, mergeType } from './statement.ts';
import { type Signature, signaturesOf, speaksFor, trustFor } from './trust.ts';
import { type Checked, checkEntries } from './verifyEntries.ts';

export interface Verification {
  ok: boolean;
  /** Entries that were checked; joining commits are checked, and not counted. */
  entries: number;
  /** One sentence each, oldest entry first. */
  problems: string[];
}

/**
 * Checks the whole ledger, offline: that every object is what its name says, that each entry is signed by somebody who
 * is vouched for and is who it says, that statement, attachments and parents agree, that nothing that was seen before is
 * gone, and that production was what each promotion said it would be.
 *
 * @param options.allowedSigners only these count; otherwise see `trustFor`
 */
export async function verifyLedger(
  ledger: Ledger,
  options: { allowedSigners?: string } = {},
): Promise<Verification> {
  const { host, repository } = ledger;
  const problems: string[] = [];
  const head = await ledger.head();
  for (const remembered of await rememberedHeads(host, repository))
    if (head === undefined) problems.push(`the ledger is gone: ${short(remembered)} was its head`);
    else if (!(await isAncestor(host, repository, remembered, head)))
      problems.push(`history was rewritten: ${short(remembered)} is no part of the ledger any more`);
  await checkTracking(ledger, head, problems);
  if (head === undefined) return { ok: problems.length === 0, entries: 0, problems };

  const trust = await trustFor(ledger, options.allowedSigners);
  let commits: string[];
  try {
    // Grafts and replacements would show another history than the signed one.
    commits = await gitLines(host, repository.root, [
      '--no-replace-objects',
      'rev-list',
      '--topo-order',
      '--reverse',
      head,
      '--',
    ]);
  } catch (error) {
    if (!hasReason(error, 'git-failed')) throw error;
    problems.push(`history cannot be followed from ${short(head)}: ${error.detail ?? 'objects are missing'}`);
    return { ok: false, entries: 0, problems };
  }
  const signatures = await signaturesOf(ledger, trust, commits);
  const checked: Checked[] = [];
  const objects = await readObjects(host, repository.root, commits);
  for (const [index, oid] of commits.entries()) {
    const object = objects[index];
    if (object === undefined || !isIntact(object)) {
      problems.push(`${short(oid)}: the commit is missing or damaged`);
      continue;
    }
    const commit = parseCommit(object);
    const found = await checkCommit(ledger, commit, signatures.get(oid) ?? { state: 'none' }, problems);
    if (found !== undefined) checked.push({ commit, ...found });
  }
  problems.push(...checkEntries(checked));
  const entries = checked.filter(({ statement }) => statement.predicateType === entryType).length;
  return { ok: problems.length === 0, entries, problems };
}

export const short = (oid: string): string => oid.slice(0, 12);

/** What was fetched or pushed must be part of this ledger, or still to be joined: never another history altogether. */
async function checkTracking(ledger: Ledger, head: string | undefined, problems: string[]): Promise<void> {
  const { host, repository } = ledger;
  const lines = await gitLines(host, repository.root, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/greenroom/remotes',
  ]);
  for (const line of lines) {
    const [oid = '', ref = ''] = line.split(' ');
    if (head === undefined || !(await isAncestor(host, repository, oid, head)))
      problems.push(`${short(oid)} was fetched from ${ref.split('/')[3]}, and is no part of the ledger`);
  }
}

/** Everything that can be said of one commit by itself. */
async function checkCommit(
  ledger: Ledger,
  commit: CommitObject,
  signature: Signature,
  problems: string[],
): Promise<{ statement: AnyStatement; attachments: Map<string, Buffer> } | undefined> {
  const name = short(commit.oid);
  const { host, repository } = ledger;
  const [tree] = await readObjects(host, repository.root, [commit.tree]);
  if (tree === undefined || tree.type !== 'tree' || !isIntact(tree)) {
    problems.push(`${name}: its tree is missing or damaged`);
    return undefined;
  }
  const files = parseTree(tree);
  const blobs = await readObjects(
    host,
    repository.root,
    files.map(({ oid }) => oid),
  );
  const attachments = new Map<string, Buffer>();
  let statement: AnyStatement | undefined;
  files.forEach((file: TreeEntry, index) => {
    const blob = blobs[index];
    if (blob === undefined || !isIntact(blob) || file.mode !== '100644')
      problems.push(`${name}: ${file.name} is missing or damaged`);
    else if (file.name !== statementFile) attachments.set(file.name, blob.content);
    else
      try {
        statement = parseStatement(commit.oid, blob);
      } catch (error) {
        if (!hasReason(error, 'ledger-damaged')) throw error;
        problems.push(`${name}: its statement cannot be read`);
      }
  });
  if (statement === undefined) {
    if (!files.some(file => file.name === statementFile)) problems.push(`${name}: it holds no statement`);
    return undefined;
  }
  checkSigner(commit, statement, signature, problems);
  const parents = statement.predicateType === mergeType ? statement.predicate.heads.length : 1;
  if (statement.predicateType === mergeType && commit.parents.join() !== statement.predicate.heads.join())
    problems.push(`${name}: its parents are not the ledgers that it says it joins`);
  if (commit.parents.length > parents) problems.push(`${name}: it has parents that it must not have`);
  return { statement, attachments };
}

function checkSigner(
  commit: CommitObject,
  statement: AnyStatement,
  signature: Signature,
  problems: string[],
): void {
  const name = short(commit.oid);
  const { email } = statement.predicate.by;
  if (commit.authorEmail !== email || commit.committerEmail !== email)
    problems.push(`${name}: the commit is by ${commit.committerEmail}, the statement by ${email}`);
  const at = Math.floor(Date.parse(statement.predicate.at) / 1000);
  // The statement is made just before the commit; a busy machine and a slow key lie in between.
  if (!(Math.abs(commit.committedAt - at) < 300))
    problems.push(`${name}: the commit's time is not the statement's`);
  switch (signature.state) {
    case 'none':
      problems.push(`${name}: it is not signed`);
      break;
    case 'bad':
      problems.push(`${name}: its signature is wrong`);
      break;
    case 'unknown-key':
      problems.push(
        `${name}: it is signed with a key that nobody vouches for (${signature.fingerprint}), as ${email}`,
      );
      break;
    case 'good':
      if (!speaksFor(signature.principal, email))
        problems.push(`${name}: it says it is by ${email}, and is signed by ${signature.principal}`);
  }
}
