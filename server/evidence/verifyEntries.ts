import type { CommitObject } from './objects.ts';
import {
  type AnyStatement,
  type EntryPredicate,
  type EntryStatement,
  entryType,
  sha256,
  subjectsOf,
} from './statement.ts';

/** A commit whose own objects and signature were looked at. */
export interface Checked {
  commit: CommitObject;
  statement: AnyStatement;
  attachments: Map<string, Buffer>;
}

/** What entries say about themselves and one another. Oldest first; one sentence per problem. */
export function checkEntries(checked: readonly Checked[]): string[] {
  const problems: string[] = [];
  const history = new History(checked);
  const promotions = new Map<string, string>();
  let roots = 0;
  for (const { commit, statement, attachments } of checked) {
    if (commit.parents.length === 0) roots++;
    if (statement.predicateType !== entryType) continue;
    const say = (problem: string) => problems.push(`${commit.oid.slice(0, 12)}: ${problem}`);
    checkDigests(statement, attachments, say);
    checkAfterState(statement.predicate, say);
    const { promotion } = statement.predicate;
    if (promotions.has(promotion)) say(`${promotion} is recorded twice`);
    promotions.set(promotion, commit.oid);
    history.checkUndo(commit, statement.predicate, say);
    history.checkApprovals(commit, statement.predicate, say);
  }
  // Two machines that began a ledger each before they first met have one root each; a merge joins them.
  const merges = checked.filter(({ commit }) => commit.parents.length > 1).length;
  if (roots > merges + 1) problems.push('the ledger has beginnings that nothing joins');
  return problems;
}

type Say = (problem: string) => void;

function checkDigests(statement: EntryStatement, attachments: ReadonlyMap<string, Buffer>, say: Say): void {
  const { predicate } = statement;
  for (const [name, digest] of Object.entries(predicate.attachments)) {
    const content = attachments.get(name);
    if (content === undefined) say(`${name} is missing`);
    else if (sha256(content) !== digest) say(`${name} is not what was signed`);
  }
  for (const name of attachments.keys())
    if (predicate.attachments[name] === undefined) say(`${name} is no part of the statement`);
  if (JSON.stringify(statement.subject) !== JSON.stringify(subjectsOf(predicate)))
    say('the subjects of the statement are not what it is about');
}

function checkAfterState(predicate: EntryPredicate, say: Say): void {
  for (const { object, expected, observed } of predicate.afterState)
    if (expected !== observed) say(`${object} was not what the plan said it would be`);
  const expected = new Map(predicate.afterState.map(state => [state.object, state.expected]));
  for (const file of predicate.changed) {
    const state = expected.get(`file:${file.path}`);
    if (state !== undefined && file.sha256 !== undefined && state !== file.sha256)
      say(`the digest of ${file.path} is recorded in two ways`);
  }
}

/** Who comes before whom, by parents alone: clocks may be set back. */
class History {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #entries = new Map<string, EntryPredicate>();

  constructor(checked: readonly Checked[]) {
    for (const { commit, statement } of checked) {
      this.#parents.set(commit.oid, commit.parents);
      if (statement.predicateType === entryType) this.#entries.set(commit.oid, statement.predicate);
    }
  }

  checkUndo(commit: CommitObject, predicate: EntryPredicate, say: Say): void {
    if (predicate.undoes === undefined) return;
    const before = this.#before(commit.oid, entry => entry.promotion === predicate.undoes);
    if (before === undefined) say(`it undoes ${predicate.undoes}, which is not recorded before it`);
  }

  /** An approval counts if it is recorded before, for the same plan, by somebody else; each person once. */
  checkApprovals(commit: CommitObject, predicate: EntryPredicate, say: Say): void {
    if (predicate.approvals === undefined) return;
    const people = new Set<string>();
    for (const given of predicate.approvals.given) {
      const oid = this.#before(commit.oid, (_entry, candidate) => candidate === given.commit);
      const approval = oid === undefined ? undefined : this.#entries.get(oid);
      const name = given.commit.slice(0, 12);
      if (approval?.kind !== 'approval') say(`the approval ${name} is not recorded before it`);
      else if (approval.digest !== predicate.digest) say(`the approval ${name} is for another plan`);
      else if (approval.by.email.toLowerCase() === predicate.by.email.toLowerCase())
        say(`the approval ${name} is by the promoter`);
      else people.add(approval.by.email.toLowerCase());
    }
    if (people.size < predicate.approvals.required)
      say(`it needed ${predicate.approvals.required} approvals and has ${people.size}`);
  }

  #before(from: string, matches: (entry: EntryPredicate, oid: string) => boolean): string | undefined {
    const queue = [...(this.#parents.get(from) ?? [])];
    const seen = new Set(queue);
    for (let oid = queue.pop(); oid !== undefined; oid = queue.pop()) {
      const entry = this.#entries.get(oid);
      if (entry !== undefined && matches(entry, oid)) return oid;
      for (const parent of this.#parents.get(oid) ?? [])
        if (!seen.has(parent)) {
          seen.add(parent);
          queue.push(parent);
        }
    }
    return undefined;
  }
}
