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
  for (let start = 0; start < commits.length; start += batch)
    for (const found of await readCommits(ledger, commits.slice(start, start + batch), problems)) {
      const statement = checkCommit(found, signatures.get(found.commit.oid) ?? { state: 'none' }, problems);
      if (statement !== undefined) checked.push({ ...found, statement });
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

/** Commits whose objects are read at once: attachments may be large. */
const batch = 100;

interface ReadCommit {
  commit: CommitObject;
  statementText: Buffer | undefined;
  attachments: Map<string, Buffer>;
}

/** Commits with everything in their trees; what is missing or damaged is said and left out. */
async function readCommits(
  ledger: Ledger,
  oids: readonly string[],
  problems: string[],
): Promise<ReadCommit[]> {
  const read = (names: readonly string[]) => readObjects(ledger.host, ledger.repository.root, names);
  const commits: CommitObject[] = [];
  for (const [index, object] of (await read(oids)).entries())
    if (object !== undefined && isIntact(object)) commits.push(parseCommit(object));
    else problems.push(`${short(oids[index] ?? '')}: the commit is missing or damaged`);
  const trees = await read(commits.map(({ tree }) => tree));
  const listed: { commit: CommitObject; files: TreeEntry[] }[] = [];
  for (const [index, commit] of commits.entries()) {
    const tree = trees[index];
    if (tree?.type === 'tree' && isIntact(tree)) listed.push({ commit, files: parseTree(tree) });
    else problems.push(`${short(commit.oid)}: its tree is missing or damaged`);
  }
  const blobs = await read(listed.flatMap(({ files }) => files.map(({ oid }) => oid)));
  let position = 0;
  return listed.map(({ commit, files }) => {
    const found: ReadCommit = { commit, statementText: undefined, attachments: new Map() };
    for (const file of files) {
      const blob = blobs[position++];
      if (blob === undefined || !isIntact(blob) || file.mode !== '100644')
        problems.push(`${short(commit.oid)}: ${file.name} is missing or damaged`);
      else if (file.name === statementFile) found.statementText = blob.content;
      else found.attachments.set(file.name, blob.content);
    }
    return found;
  });
}

/** What can be said of one commit by itself; returns its statement. */
function checkCommit(
  { commit, statementText }: ReadCommit,
  signature: Signature,
  problems: string[],
): AnyStatement | undefined {
  const name = short(commit.oid);
  let statement: AnyStatement;
  try {
    statement = parseStatement(commit.oid, statementText);
  } catch (error) {
    if (!hasReason(error, 'ledger-damaged')) throw error;
    problems.push(`${name}: ${error.detail}`);
    return undefined;
  }
  checkSigner(commit, statement, signature, problems);
  if (statement.predicateType === mergeType) {
    if (commit.parents.join() !== statement.predicate.heads.join())
      problems.push(`${name}: its parents are not the ledgers that it says it joins`);
  } else if (commit.parents.length > 1) problems.push(`${name}: it has parents that it must not have`);
  return statement;
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
        `${name}: it is signed as ${email} with a key that nobody vouches for (${signature.fingerprint}): if it is theirs, add it to the allowed signers`,
      );
      break;
    case 'good':
      if (!speaksFor(signature.principal, email))
        problems.push(`${name}: it says it is by ${email}, and is signed by ${signature.principal}`);
  }
}
