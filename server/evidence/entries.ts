import type { LedgerEntry } from '../protocol/promotion.ts';
import { type EntryPredicate, personText } from './statement.ts';

export interface StoredEntry {
  commit: string;
  parents: string[];
  predicate: EntryPredicate;
}

/** Entries as people see them, newest first; whether an undo is possible follows from the ledger alone. */
export function entriesOf(stored: readonly StoredEntry[], now: number): LedgerEntry[] {
  const undoneBy = undoers(stored);
  return stored.map(({ commit, predicate }) => ({
    promotion: predicate.promotion,
    kind: predicate.kind,
    at: predicate.at,
    by: personText(predicate.by),
    ...(predicate.branch !== undefined && { branch: predicate.branch }),
    message: predicate.message,
    ...(predicate.digest !== undefined && { digest: predicate.digest }),
    commit,
    files: predicate.changed.length,
    statements: predicate.statements,
    findings: findingsOf(predicate),
    ...(predicate.undoes !== undefined && { undoes: predicate.undoes }),
    undo: undoOf(predicate, undoneBy.get(predicate.promotion), now),
  }));
}

/** Promotion → the undo that holds: an undo that was itself undone does not count. */
function undoers(stored: readonly StoredEntry[]): Map<string, string> {
  const holding = new Map<string, string>();
  // Newest first: whether an undo was undone is known before it is looked at.
  for (const { predicate } of stored)
    if (predicate.undoes !== undefined && !holding.has(predicate.promotion) && !holding.has(predicate.undoes))
      holding.set(predicate.undoes, predicate.promotion);
  return holding;
}

function undoOf(predicate: EntryPredicate, undoneBy: string | undefined, now: number): LedgerEntry['undo'] {
  if (undoneBy !== undefined) return { state: 'done', by: undoneBy };
  if (predicate.kind !== 'promotion' && predicate.kind !== 'undo')
    return { state: 'gone', why: 'it changed nothing that could be undone' };
  if (predicate.snapshot === undefined) return { state: 'gone', why: 'no snapshot was kept' };
  const { keptUntil } = predicate.snapshot;
  return Date.parse(keptUntil) > now
    ? { state: 'possible', until: keptUntil }
    : { state: 'gone', why: `its snapshot was kept until ${keptUntil}` };
}

function findingsOf(predicate: EntryPredicate): string[] {
  const findings = predicate.findings.map(({ guard, severity, message, confirmedBy }) => {
    const confirmed = confirmedBy === undefined ? '' : ` (confirmed by ${confirmedBy})`;
    return `${guard}, ${severity}: ${message}${confirmed}`;
  });
  if (predicate.window?.outside === true)
    findings.push(
      `outside the window${predicate.window.note === undefined ? '' : `: ${predicate.window.note}`}`,
    );
  return [...findings, ...predicate.changes];
}
