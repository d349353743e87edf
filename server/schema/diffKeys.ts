import { quoteName } from '../database/quote.ts';
import type { Clause } from './clauses.ts';
import { type Comparison, sameCheck, sameForeignKey, sameIndex, sameIndexShape } from './compare.ts';
import type { Check, ForeignKey, Index, Schema, Table } from './model.ts';

type Flavour = Schema['flavour'];

/** Index clauses, drops first. */
export function diffIndexes(from: Table, to: Table, flavour: Flavour, comparison: Comparison): Clause[] {
  const { kept, renamed, toggled } = matchIndexes(from, to, comparison);
  for (const name of supportsForeignKey(from, to, kept)) kept.delete(name);
  if (comparison === 'exact') keepOrder(from, to, kept, renamed, toggled);
  // MySQL's indexes remember the block size that the table had when they were made.
  const blockSize = (table: Table) => table.options.find(option => option.name === 'KEY_BLOCK_SIZE')?.text;
  if (comparison === 'exact' && flavour === 'mysql' && blockSize(from) !== blockSize(to)) kept.clear();
  const clauses: Clause[] = [];
  for (const index of from.indexes) {
    if (kept.has(index.name) || renamed.has(index.name) || toggled.has(index.name)) continue;
    const sql = index.kind === 'primary' ? 'DROP PRIMARY KEY' : `DROP INDEX ${quoteName(index.name)}`;
    clauses.push({ action: 'drop-index', sql, index });
  }
  for (const [old, index] of renamed)
    clauses.push({
      action: 'rename-index',
      sql: `RENAME INDEX ${quoteName(old)} TO ${quoteName(index.name)}`,
      index,
    });
  const there = new Set([...kept, ...[...renamed.values()].map(index => index.name), ...toggled]);
  for (const index of to.indexes) {
    if (toggled.has(index.name)) {
      const words = flavour === 'mariadb' ? ['IGNORED', 'NOT IGNORED'] : ['INVISIBLE', 'VISIBLE'];
      const sql = `ALTER INDEX ${quoteName(index.name)} ${index.invisible ? words[0] : words[1]}`;
      clauses.push({ action: 'toggle-index', sql, index });
    } else if (!there.has(index.name))
      clauses.push({ action: 'add-index', sql: `ADD ${index.definition}`, index });
  }
  return clauses;
}

function matchIndexes(from: Table, to: Table, comparison: Comparison) {
  const target = new Map(to.indexes.map(index => [index.name, index]));
  const source = new Set(from.indexes.map(index => index.name));
  const kept = new Set<string>();
  const toggled = new Set<string>();
  const renamed = new Map<string, Index>();
  const taken = new Set<string>();
  for (const index of from.indexes) {
    const other = target.get(index.name);
    if (other !== undefined) {
      if (sameIndex(index, other, comparison)) kept.add(index.name);
      else if (index.invisible !== other.invisible && sameIndexShape(index, other)) toggled.add(index.name);
      continue;
    }
    // Only the name differs: no data is at stake, so this needs no question.
    const twin = to.indexes.find(
      candidate =>
        !source.has(candidate.name) &&
        !taken.has(candidate.name) &&
        candidate.kind !== 'primary' &&
        candidate.invisible === index.invisible &&
        sameIndexShape(index, candidate),
    );
    if (twin === undefined || index.kind === 'primary') continue;
    taken.add(twin.name);
    renamed.set(index.name, twin);
  }
  return { kept, renamed, toggled };
}

/**
 * Servers list indexes by class (primary, unique without NULLs, other unique, plain, fulltext) and within one by age. An index
 * that stands before a newcomer in `to` can stay; one that stands behind it has to be made again to be listed so.
 */
function keepOrder(
  from: Table,
  to: Table,
  kept: Set<string>,
  renamed: Map<string, Index>,
  toggled: Set<string>,
): void {
  const place = new Map(from.indexes.map((index, position) => [index.name, position]));
  const oldNames = new Map([...renamed].map(([old, index]) => [index.name, old]));
  const last = new Map<string, number>();
  for (const index of to.indexes) {
    const group = classOf(index, to);
    const old = oldNames.get(index.name) ?? index.name;
    const stays = kept.has(index.name) || toggled.has(index.name) || renamed.has(old);
    const position = stays ? place.get(old) : undefined;
    if (position !== undefined && position > (last.get(group) ?? -1)) {
      last.set(group, position);
      continue;
    }
    last.set(group, Number.POSITIVE_INFINITY);
    kept.delete(index.name);
    toggled.delete(index.name);
    renamed.delete(old);
  }
}

function classOf(index: Index, table: Table): string {
  if (index.kind === 'spatial') return 'index';
  if (index.kind !== 'unique') return index.kind;
  const nullable = index.parts.some(
    part => table.columns.find(column => column.name === part.column)?.nullable ?? true,
  );
  return nullable ? 'unique with NULL' : 'unique';
}

/**
 * An index that the server made by itself for a foreign key disappears when an explicit one that covers it is added. Which
 * indexes are such is not told; named like the key they may be, and are then made again in the same statement.
 */
function supportsForeignKey(from: Table, to: Table, kept: ReadonlySet<string>): string[] {
  const added = to.indexes.filter(index => !from.indexes.some(old => old.name === index.name));
  return from.indexes
    .filter(index => kept.has(index.name) && mayBeGenerated(index, foreignKeyNames(from, to)))
    .filter(index => added.some(newer => startsLike(newer, index)))
    .map(index => index.name);
}

/**
 * The same for foreign keys that are added to `table`: the index the server makes for one replaces an index it made before.
 * `done` are the other clauses of the same statement, `keyNames` those of {@link foreignKeyNames}. Where the order of the list counts, what follows is made again too.
 */
export function renewedIndexes(
  table: Table,
  added: readonly ForeignKey[],
  done: readonly Clause[],
  keyNames: ReadonlySet<string>,
  comparison: Comparison,
): Clause[] {
  const exact = comparison === 'exact';
  const touched = new Set(
    done.flatMap(clause =>
      clause.action === 'drop-index' || clause.action === 'add-index' || clause.action === 'rename-index'
        ? [clause.index.name]
        : [],
    ),
  );
  const supports = (index: Index, key: ForeignKey) =>
    (exact || key.name !== index.name) &&
    key.columns.every((column, position) => index.parts[position]?.column === column);
  const plain = table.indexes.filter(index => classOf(index, table) === 'index');
  const first = plain.findIndex(
    index => mayBeGenerated(index, keyNames) && added.some(key => supports(index, key)),
  );
  if (first === -1) return [];
  return plain
    .filter(
      (index, position) => !touched.has(index.name) && (position === first || (exact && position > first)),
    )
    .flatMap((index): Clause[] => [
      { action: 'drop-index', sql: `DROP INDEX ${quoteName(index.name)}`, index },
      { action: 'add-index', sql: `ADD ${index.definition}`, index },
    ]);
}

/** Names of the foreign keys of a table before and after: indexes that the server made are called like them. */
export function foreignKeyNames(...tables: readonly (Table | undefined)[]): Set<string> {
  return new Set(tables.flatMap(table => table?.foreignKeys.map(key => key.name) ?? []));
}

function mayBeGenerated(index: Index, keyNames: ReadonlySet<string>): boolean {
  return (
    index.kind === 'index' &&
    index.comment === '' &&
    (index.name === index.parts[0]?.column || /_ibfk_\d+$/.test(index.name) || keyNames.has(index.name))
  );
}

function startsLike(longer: Index, shorter: Index): boolean {
  return shorter.parts.every((part, position) => longer.parts[position]?.column === part.column);
}

export function diffChecks(from: Table, to: Table, flavour: Flavour, comparison: Comparison): Clause[] {
  const drop = (check: Check) =>
    `DROP ${flavour === 'mariadb' ? 'CONSTRAINT' : 'CHECK'} ${quoteName(check.name)}`;
  const target = new Map(to.checks.map(check => [check.name, check]));
  const clauses: Clause[] = [];
  const kept = new Set<string>();
  // Listed by age: whatever follows a new one is made again, where the list has to look the same.
  let inOrder = comparison === 'exact';
  const wanted = to.checks.map(check => check.name);
  const existing = from.checks.map(check => check.name).filter(name => target.has(name));
  for (const check of from.checks) {
    const other = target.get(check.name);
    if (other === undefined) {
      clauses.push({ action: 'drop-check', sql: drop(check) });
      continue;
    }
    const place = existing.indexOf(check.name);
    const same = sameCheck(check, other, comparison);
    inOrder &&= same && wanted[place] === check.name;
    if (same && (inOrder || comparison === 'meaning' || flavour === 'mysql')) kept.add(check.name);
    else clauses.push({ action: 'drop-check', sql: drop(check) });
  }
  for (const check of to.checks)
    if (!kept.has(check.name)) clauses.push({ action: 'add-check', sql: `ADD ${check.definition}` });
  return clauses;
}

export interface ForeignKeyDiff {
  dropped: ForeignKey[];
  added: ForeignKey[];
}

export function diffForeignKeys(from: Table, to: Table, comparison: Comparison): ForeignKeyDiff {
  const differs = (key: ForeignKey, others: readonly ForeignKey[]) => {
    const other = others.find(candidate => candidate.name === key.name);
    return other === undefined || !sameForeignKey(key, other, comparison);
  };
  return {
    dropped: from.foreignKeys.filter(key => differs(key, to.foreignKeys)),
    added: to.foreignKeys.filter(key => differs(key, from.foreignKeys)),
  };
}
