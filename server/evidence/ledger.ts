import { randomBytes } from 'node:crypto';
import { gitLines } from '../git/git.ts';
import { openRepository, type Repository } from '../git/repository.ts';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { LedgerEntry } from '../protocol/promotion.ts';
import { entriesOf, type StoredEntry } from './entries.ts';
import { parseTree, readObjects } from './objects.ts';
import { ledgerRef, readHeadOf, writeCommit } from './refs.ts';
import { type SigningKey, signingKey } from './signing.ts';
import {
  type AnyStatement,
  anyStatement,
  type EntryPredicate,
  entryPredicate,
  entryStatementOf,
  type Person,
  sha256,
} from './statement.ts';
import { fetchLedger, pushLedger } from './transport.ts';

/** What is to be recorded. Who, when and the signature are added. */
export interface LedgerDraft {
  kind: EntryPredicate['kind'];
  /** Its name; one is made up when it is absent. */
  promotion?: string;
  message: string;
  branch?: string;
  /** Digest of the plan. */
  digest?: string;
  undoes?: string;
  /** Raw parts of the entry. `show` knows `files.patch`, `ddl.sql` and `undo.sql`. */
  files?: readonly { name: string; content: string | Uint8Array }[];
  changed?: EntryPredicate['changed'];
  statements?: number;
  findings?: EntryPredicate['findings'];
  excluded?: readonly string[];
  window?: EntryPredicate['window'];
  snapshot?: EntryPredicate['snapshot'];
  afterState?: EntryPredicate['afterState'];
  approvals?: EntryPredicate['approvals'];
  /** Direct changes: one sentence each. */
  changes?: readonly string[];
  details?: Record<string, unknown>;
}

export interface ShownEntry {
  entry: LedgerEntry;
  patch: string;
  ddl: string;
  undoDdl: string;
  statement: string;
}

/** The signed history of one repository: commits on `refs/greenroom/ledger`. */
export interface Ledger {
  host: Host;
  repository: Repository;
  identity: Person;
  /** Signs and appends. Safe against others who append at the same time. Throws `signing-failed`, `git-failed`. */
  append(draft: LedgerDraft): Promise<{ commit: string; promotion: string }>;
  /** Newest first, in an order that no clock can change. Throws `ledger-damaged`. */
  entries(): Promise<LedgerEntry[]>;
  stored(): Promise<StoredEntry[]>;
  /** An entry with its attachments. Throws `promotion-missing`. */
  show(promotion: string): Promise<ShownEntry>;
  /** Files of an entry by name. */
  read(commit: string): Promise<Map<string, Buffer>>;
  /** The newest commit. */
  head(): Promise<string | undefined>;
  key(): Promise<SigningKey>;
  /** Brings the remote's entries here, and joins both histories when they grew apart. Returns how many came. */
  fetch(remote?: string): Promise<{ remote: string; received: number }>;
  /** Sends this ledger to the remote, after {@link fetch}. Only ever called by a person's command. */
  push(remote?: string): Promise<{ remote: string; commit: string | undefined }>;
}

export async function openLedger(
  host: Host,
  options: { repositoryRoot: string; identity: Person },
): Promise<Ledger> {
  const repository = await openRepository(host, options.repositoryRoot);
  const { identity } = options;
  let key: Promise<SigningKey> | undefined;
  const ledger: Ledger = {
    host,
    repository,
    identity,
    append: draft => append(ledger, draft),
    async entries() {
      return entriesOf(await ledger.stored(), host.clock.now());
    },
    stored: () => stored(ledger),
    show: promotion => show(ledger, promotion),
    read: commit => read(ledger, commit),
    head: () => readHeadOf(host, repository, ledgerRef),
    key() {
      key ??= signingKey(host, repository.root, identity);
      return key;
    },
    fetch: remote => fetchLedger(ledger, remote),
    push: remote => pushLedger(ledger, remote),
  };
  return ledger;
}

const attachmentName = /^[a-z0-9][a-z0-9._-]{0,99}$/i;

async function append(ledger: Ledger, draft: LedgerDraft): Promise<{ commit: string; promotion: string }> {
  const { host, identity } = ledger;
  const at = timestamp(host.clock);
  const promotion = draft.promotion ?? `${draft.kind}-${at.slice(0, 10)}-${randomBytes(4).toString('hex')}`;
  const clean = (text: string) => host.redact.clean(text);
  // Redacted before they are hashed and signed: evidence never holds a secret that this process knows.
  const files = (draft.files ?? []).map(({ name, content }) => ({
    name,
    content: typeof content === 'string' ? clean(content) : content,
  }));
  for (const { name } of files)
    if (!attachmentName.test(name) || name === statementFile)
      throw new GreenroomError('internal', { subject: name, detail: 'no name for an attachment' });
  const predicate = entryPredicate.parse({
    kind: draft.kind,
    promotion,
    at,
    by: identity,
    message: clean(draft.message),
    branch: draft.branch,
    digest: draft.digest,
    undoes: draft.undoes,
    changed: draft.changed ?? [],
    statements: draft.statements ?? 0,
    findings: (draft.findings ?? []).map(finding => ({ ...finding, message: clean(finding.message) })),
    excluded: draft.excluded ?? [],
    window: draft.window,
    snapshot: draft.snapshot,
    afterState: draft.afterState ?? [],
    approvals: draft.approvals,
    changes: (draft.changes ?? []).map(clean),
    attachments: Object.fromEntries(files.map(({ name, content }) => [name, sha256(content)])),
    details: draft.details,
  });
  const statement = `${JSON.stringify(entryStatementOf(predicate), null, 2)}\n`;
  const commit = await writeCommit(ledger, {
    files: [{ name: statementFile, content: statement }, ...files],
    message: `${draft.kind} ${promotion}\n\n${clean(draft.message)}\n`,
  });
  return { commit, promotion };
}

export const statementFile = 'statement.json';

async function stored(ledger: Ledger): Promise<StoredEntry[]> {
  const { host, repository } = ledger;
  const head = await ledger.head();
  if (head === undefined) return [];
  // Parents never before their children; beside one another by date.
  const lines = await gitLines(host, repository.root, ['rev-list', '--date-order', '--parents', head, '--']);
  const commits = lines.map(line => line.split(' '));
  const objects = await readObjects(
    host,
    repository.root,
    commits.map(([commit]) => `${commit}:${statementFile}`),
  );
  return commits.flatMap(([commit = '', ...parents], index) => {
    const statement = parseStatement(commit, objects[index]?.content);
    return statement.predicateType === 'urn:greenroom:ledger-merge:v1'
      ? []
      : [{ commit, parents, predicate: statement.predicate }];
  });
}

/** The statement in the bytes of a commit's `statement.json`. Throws `ledger-damaged`. */
export function parseStatement(commit: string, content: Buffer | undefined): AnyStatement {
  if (content === undefined)
    throw new GreenroomError('ledger-damaged', { subject: commit, detail: 'it holds no statement' });
  try {
    return anyStatement.parse(JSON.parse(content.toString('utf8')));
  } catch (cause) {
    throw new GreenroomError('ledger-damaged', {
      subject: commit,
      detail: 'its statement cannot be read',
      cause,
    });
  }
}

async function show(ledger: Ledger, promotion: string): Promise<ShownEntry> {
  const entries = await ledger.entries();
  const entry = entries.find(
    candidate => candidate.promotion === promotion || candidate.commit === promotion,
  );
  if (entry === undefined) throw new GreenroomError('promotion-missing', { subject: promotion });
  const files = await ledger.read(entry.commit);
  const text = (name: string) => files.get(name)?.toString('utf8') ?? '';
  return {
    entry,
    patch: text('files.patch'),
    ddl: text('ddl.sql'),
    undoDdl: text('undo.sql'),
    statement: text(statementFile),
  };
}

async function read(ledger: Ledger, commit: string): Promise<Map<string, Buffer>> {
  const { host, repository } = ledger;
  const [tree] = await readObjects(host, repository.root, [`${commit}^{tree}`]);
  if (tree === undefined)
    throw new GreenroomError('ledger-damaged', { subject: commit, detail: 'it is missing' });
  const entries = parseTree(tree);
  const objects = await readObjects(
    host,
    repository.root,
    entries.map(({ oid }) => oid),
  );
  const files = new Map<string, Buffer>();
  entries.forEach(({ name }, index) => {
    const object = objects[index];
    if (object === undefined)
      throw new GreenroomError('ledger-damaged', { subject: `${commit}:${name}`, detail: 'it is missing' });
    files.set(name, object.content);
  });
  return files;
}
