import { gitLines, runGit } from '../git/git.ts';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import { type Ledger, parseStatement, statementFile } from './ledger.ts';
import { readObjects } from './objects.ts';
import { isAncestor, ledgerRef, moveRef, readHeadOf, rememberHead, signCommit, writeTree } from './refs.ts';
import { mergeStatementOf } from './statement.ts';

const networkTimeout = 120_000;

/** Where a remote's ledger was when it was last fetched. */
export const trackingRef = (remote: string): string => `refs/greenroom/remotes/${remote}/ledger`;

/**
 * Fetches the remote's ledger and joins it with this one: forward when only one side grew, otherwise by a signed commit
 * with both as parents. Nothing is ever rewritten. Throws `ledger-damaged` when the remote's history is not a
 * continuation of what was fetched before, or holds what is no entry.
 */
export async function fetchLedger(
  ledger: Ledger,
  name?: string,
): Promise<{ remote: string; received: number }> {
  const { host, repository } = ledger;
  const remote = await chooseRemote(ledger, name);
  const { stdout } = await runGit(host, repository.root, ['ls-remote', '--', remote, ledgerRef], {
    timeout: networkTimeout,
  });
  if (stdout.trim() === '') return { remote, received: 0 };
  const incomingRef = `refs/greenroom/incoming/${remote}`;
  await runGit(
    host,
    repository.root,
    ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, `+${ledgerRef}:${incomingRef}`],
    { timeout: networkTimeout },
  );
  const incoming = await readHeadOf(host, repository, incomingRef);
  if (incoming === undefined)
    throw new GreenroomError('ledger-damaged', {
      subject: `${remote} ${ledgerRef}`,
      detail: 'it is no history',
    });
  const before = await readHeadOf(host, repository, trackingRef(remote));
  if (before !== undefined && !(await isAncestor(host, repository, before, incoming)))
    throw new GreenroomError('ledger-damaged', {
      subject: `${remote} ${ledgerRef}`,
      detail: `its history was rewritten: ${before} is no part of it any more`,
    });
  const received = await join(ledger, incoming, remote);
  await moveRef(host, repository, trackingRef(remote), incoming, before, `fetched from ${remote}`);
  await runGit(host, repository.root, ['update-ref', '-d', incomingRef]);
  return { remote, received };
}

/** Makes the incoming head part of this ledger. Returns the number of commits that were new. */
async function join(ledger: Ledger, incoming: string, remote: string): Promise<number> {
  const { host, repository } = ledger;
  for (;;) {
    const head = await ledger.head();
    if (head !== undefined && (await isAncestor(host, repository, incoming, head))) return 0;
    const range = head === undefined ? [incoming] : [incoming, `^${head}`];
    const fresh = await gitLines(host, repository.root, ['rev-list', ...range, '--']);
    const statements = await readObjects(
      host,
      repository.root,
      fresh.map(commit => `${commit}:${statementFile}`),
    );
    fresh.forEach((commit, index) => {
      parseStatement(commit, statements[index]?.content);
    });
    if (head === undefined || (await isAncestor(host, repository, head, incoming))) {
      if (!(await moveRef(host, repository, ledgerRef, incoming, head, `fetched from ${remote}`))) continue;
      await rememberHead(host, repository, incoming);
      return fresh.length;
    }
    if (await writeMerge(ledger, head, incoming, remote)) return fresh.length;
  }
}

/** False when the ledger moved meanwhile: the statement names the heads it joins, and has to be made anew. */
async function writeMerge(ledger: Ledger, head: string, incoming: string, remote: string): Promise<boolean> {
  const { host, repository } = ledger;
  const statement = mergeStatementOf(timestamp(host.clock), ledger.identity, [head, incoming]);
  const files = [{ name: statementFile, content: `${JSON.stringify(statement, null, 2)}\n` }];
  const message = `merge the ledger of ${remote}\n`;
  const tree = await writeTree(host, repository.root, files);
  const commit = await signCommit(ledger, tree, [head, incoming], message);
  if (!(await moveRef(host, repository, ledgerRef, commit, head, message.trim()))) return false;
  await rememberHead(host, repository, commit);
  return true;
}

/** Sends the ledger to the remote. What others sent meanwhile is fetched and joined first, and again if they are faster. */
export async function pushLedger(
  ledger: Ledger,
  name?: string,
): Promise<{ remote: string; commit: string | undefined }> {
  const { host, repository } = ledger;
  const remote = await chooseRemote(ledger, name);
  for (let attempt = 0; ; attempt++) {
    await fetchLedger(ledger, remote);
    const head = await ledger.head();
    if (head === undefined) return { remote, commit: undefined };
    const { code, stderr } = await runGit(
      host,
      repository.root,
      ['push', '--quiet', '--no-verify', '--', remote, `${head}:${ledgerRef}`],
      { accept: [0, 1, 128], timeout: networkTimeout },
    );
    if (code === 0) {
      const before = await readHeadOf(host, repository, trackingRef(remote));
      await moveRef(host, repository, trackingRef(remote), head, before, `pushed to ${remote}`);
      return { remote, commit: head };
    }
    if (attempt === 4)
      throw new GreenroomError('git-failed', { subject: `git push ${remote}`, detail: stderr.trim() });
  }
}

async function chooseRemote(ledger: Ledger, name: string | undefined): Promise<string> {
  const remotes = await ledger.repository.remotes();
  const remote = name ?? (remotes.includes('origin') ? 'origin' : remotes[0]);
  if (remote === undefined || !remotes.includes(remote))
    throw new GreenroomError('git-failed', {
      subject: name ?? 'remote',
      detail: 'the repository has no such remote',
    });
  return remote;
}
