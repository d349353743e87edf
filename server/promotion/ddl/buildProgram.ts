import { quoteName } from '../../database/quote.ts';
import { tableSql } from '../../schema/ddlOf.ts';
import { diffSchemas, type PlannedChange } from '../../schema/diff.ts';
import type { Schema, Table } from '../../schema/model.ts';
import type { Rename } from '../../schema/renames.ts';
import { columnsAtStake, createKept, createKeptAnew, fillKept, rowKey } from './keepValues.ts';
import type { Kept, KeptTable, KeptValues, Program, Step } from './program.ts';
import { planRestore, type Restore } from './restore.ts';

export interface ProgramInput {
  /** Names what is kept: `_greenroom_<promotion>_<n>_<table>`. */
  promotion: string;
  /** Production now, and as it shall be. */
  from: Schema;
  target: Schema;
  /** The ordered DDL from one to the other. */
  changes: readonly PlannedChange[];
  renames: readonly Rename[];
  /** What an earlier promotion kept and may come back now. */
  restorable: readonly Kept[];
  /** A name that is not taken in production: kept tables of an interrupted run may be there already. */
  isTaken(name: string): boolean;
  /** Names that were given before: a run that is finished or taken back keeps things where the record says. */
  names: readonly Kept[];
  lenient?: boolean;
  /** The way back of an interrupted run: values of these need not be kept again, and interrupted returns are gone through again. */
  /** Tables that are rebuilt beside themselves: with their triggers and keys no business of these statements. */
  shadowed?: ReadonlySet<string>;
  back?: { already: readonly Kept[] };
}

/**
 * Arranges the ordered DDL by when it may run: what is new first, tables under their locks, what goes at the end of the
 * locks, views and routines after them. Nothing is dropped: tables are renamed away, column values are kept.
 */
export function buildProgram(input: ProgramInput): Program {
  // Into a table that is rebuilt, values return with the copy.
  const isApart = (kept: Kept): kept is KeptValues =>
    kept.kind === 'values' && (input.shadowed?.has(kept.table) ?? false);
  const restorable = input.restorable.filter(kept => !isApart(kept));
  const restore = planRestore(input.from, input.target, restorable, input.back !== undefined);
  for (const kept of input.restorable.filter(isApart))
    if (kept.keyed && kept.keptIn !== undefined) restore.prepare.push(...createKeptAnew(kept, kept.keptIn));
  const changes =
    restore.first.length === 0
      ? input.changes
      : diffSchemas(restore.between, input.target, { renames: [...input.renames] }).changes;
  const builder = new ProgramBuilder({ ...input, changes }, restore);
  for (const change of changes) builder.add(change);
  return builder.finish();
}

/** Values may be shortened: the person confirmed it, and the old values are kept. */
const lenientMode = 'NO_ENGINE_SUBSTITUTION';

class ProgramBuilder {
  readonly #input: ProgramInput;
  readonly #program: Program = { before: [], locks: [], locked: [], leaving: [], after: [], kept: [] };
  readonly #locks = new Set<string>();
  readonly #restore: Restore;
  readonly #altered: ReadonlySet<string>;
  /** Tables that have their names only when the locks are released. */
  readonly #arrived: ReadonlySet<string>;
  readonly #handledTriggers = new Set<string>();
  /** Foreign keys of new tables to tables that are altered in the same plan: they come after those. */
  readonly #late: Step[] = [];
  readonly #fill: Step[] = [];
  readonly #keeping = new Set<string>();
  #counter = 0;

  constructor(input: ProgramInput, restore: Restore) {
    this.#input = input;
    this.#restore = restore;
    for (const trigger of restore.triggers) this.#handledTriggers.add(trigger);
    for (const table of restore.locks) this.#locks.add(table);
    this.#altered = new Set(
      input.changes
        .filter(change => change.objectType === 'table' && change.kind === 'alter')
        .map(({ object }) => object),
    );
    this.#arrived = new Set([
      ...input.renames.filter(({ kind }) => kind === 'table').map(({ to }) => to),
      // The view of that name goes when the locks are released: it cannot be dropped below them.
      ...Object.keys(input.target.tables).filter(name => name in input.from.views),
    ]);
  }

  add(change: PlannedChange): void {
    const step: Step = {
      sql: change.sql,
      object: change.object,
      purpose: 'ddl',
      session: this.#input.lenient ? { ...change.session, sqlMode: lenientMode } : change.session,
    };
    if (change.objectType === 'table') this.#table(change, step);
    else if (change.objectType === 'trigger') this.#trigger(change, step);
    else if (change.objectType === 'sequence') this.#sequence(change, step);
    // A new routine disturbs no one, and new triggers may call it.
    else if (change.objectType === 'routine' && change.kind === 'create') this.#program.before.push(step);
    else this.#program.after.push(step);
  }

  finish(): Program {
    const { triggersOff, first, last, triggersOn, prepare } = this.#restore;
    this.#program.before.unshift(...prepare);
    this.#program.locked.unshift(...triggersOff, ...this.#fill, ...first);
    this.#program.locked.push(...this.#late, ...last, ...triggersOn);
    this.#program.locks = [...this.#locks].sort();
    return this.#program;
  }

  #table(change: PlannedChange, step: Step): void {
    const { from, target } = this.#input;
    const name = change.object;
    if (change.kind === 'rename') {
      const rename = this.#input.renames.find(
        ({ kind, from: old, to }) => kind === 'table' && (to === name || old === name),
      );
      const old = rename?.from ?? name;
      this.#locks.add(old);
      const sql =
        rename === undefined ? step.sql : `ALTER TABLE ${quoteName(old)} RENAME TO ${quoteName(rename.to)}`;
      this.#program.leaving.push({ ...step, sql });
      return;
    }
    if (change.kind === 'drop') {
      this.#dropTable(name);
      return;
    }
    const after = target.tables[name];
    // Foreign keys of a table that goes: dropped with it.
    if (after === undefined || this.#input.shadowed?.has(name)) return;
    if ([...this.#arrived].some(arrived => step.sql.includes(quoteName(arrived)))) {
      // It speaks of a table by its new name, which comes at the end of the locks.
      const kept = change.kind === 'create' ? this.#restorableTable('table', name) : undefined;
      this.#program.after.push(...(kept === undefined ? [step] : this.#restoreLate(kept, after, step)));
      return;
    }
    if (change.kind === 'create') {
      this.#createTable(name, after, step);
      return;
    }
    const before = from.tables[name];
    if (before === undefined) this.#addKeys(name, after, step);
    else this.#alterTable(before, after, step);
  }

  #createTable(name: string, table: Table, step: Step): void {
    const kept = this.#restorableTable('table', name);
    if (kept !== undefined) {
      this.#program.before.push(restoring(kept, step));
      for (const key of table.foreignKeys)
        if (step.sql.includes(key.definition)) this.#addLate(name, key.definition, key.refTable);
      return;
    }
    const late = table.foreignKeys.filter(
      key => step.sql.includes(key.definition) && this.#altered.has(key.refTable),
    );
    if (late.length === 0) {
      this.#program.before.push(step);
      return;
    }
    const early = (key: string) => {
      const definition = table.foreignKeys.find(other => other.name === key)?.definition ?? '';
      return step.sql.includes(definition) && !late.some(other => other.name === key);
    };
    this.#program.before.push({ ...step, sql: tableSql(table, { foreignKeys: early }) });
    for (const key of late) this.#addLate(name, key.definition, key.refTable);
  }

  #restoreLate(kept: KeptTable, table: Table, step: Step): Step[] {
    const keys = table.foreignKeys.filter(key => step.sql.includes(key.definition));
    return [
      restoring(kept, step),
      ...keys.map(key => ({ ...step, sql: `ALTER TABLE ${quoteName(kept.table)} ADD ${key.definition}` })),
    ];
  }

  /** Foreign keys that come after both tables are there. */
  #addKeys(name: string, table: Table, step: Step): void {
    this.#locks.add(name);
    for (const key of table.foreignKeys) this.#lockParent(key.refDatabase, key.refTable);
    this.#late.push(step);
  }

  #lockParent(database: string | null, table: string): void {
    const { from, target } = this.#input;
    if (database === null && (table in from.tables || table in target.tables)) this.#locks.add(table);
  }

  #addLate(table: string, definition: string, refTable: string): void {
    this.#locks.add(table);
    this.#lockParent(null, refTable);
    this.#late.push({
      object: table,
      purpose: 'ddl',
      sql: `ALTER TABLE ${quoteName(table)} ADD ${definition}`,
    });
  }

  /** Its foreign keys go first: a table that is only kept must not stop anyone from deleting rows elsewhere. */
  #dropTable(name: string): void {
    const table = this.#input.from.tables[name];
    const kept: KeptTable = {
      kind: 'table',
      type: 'table',
      table: name,
      keptAs: this.#keptName('table', name),
    };
    this.#program.kept.push(kept);
    this.#locks.add(name);
    for (const trigger of Object.values(this.#input.from.triggers))
      if (trigger.table === name && !this.#handledTriggers.has(trigger.name)) {
        this.#handledTriggers.add(trigger.name);
        this.#program.locked.push({
          object: name,
          purpose: 'ddl',
          sql: `DROP TRIGGER ${quoteName(trigger.name)}`,
        });
      }
    if (table !== undefined && table.foreignKeys.length > 0) {
      const drops = table.foreignKeys.map(key => `DROP FOREIGN KEY ${quoteName(key.name)}`).join(', ');
      this.#program.locked.push({
        object: name,
        purpose: 'ddl',
        sql: `ALTER TABLE ${quoteName(name)} ${drops}`,
      });
    }
    const sql = `ALTER TABLE ${quoteName(name)} RENAME TO ${quoteName(kept.keptAs)}`;
    this.#program.leaving.push({ object: name, purpose: 'keep', sql });
  }

  #alterTable(before: Table, after: Table, step: Step): void {
    const name = after.name;
    this.#locks.add(name);
    if (/\bFOREIGN KEY\b/i.test(step.sql))
      for (const key of [...before.foreignKeys, ...after.foreignKeys])
        this.#lockParent(key.refDatabase, key.refTable);
    const renamed = new Map(
      this.#input.renames
        .filter(rename => rename.kind === 'column' && rename.table === name)
        .map(rename => [rename.from, rename.to]),
    );
    this.#program.locked.push(step);
    if (this.#keeping.has(name)) return;
    this.#keeping.add(name);
    const kept = this.#keepValues(before, after, renamed);
    if (kept === undefined) return;
    this.#fill.push({
      ...fillKept(kept, name),
      ...(this.#input.lenient && { session: { sqlMode: lenientMode } }),
    });
  }

  #keepValues(before: Table, after: Table, renamed: ReadonlyMap<string, string>): KeptValues | undefined {
    const already = (this.#input.back?.already ?? []).flatMap(kept =>
      kept.kind === 'values' && kept.table === before.name ? kept.columns.map(({ column }) => column) : [],
    );
    const columns = columnsAtStake(before, after, renamed).filter(
      ({ column, how }) => how !== 'dropped' || !already.includes(column),
    );
    if (columns.length === 0) return undefined;
    const leaving = new Set(columns.map(({ column }) => column).concat([...renamed.keys()]));
    const key = rowKey(before, leaving);
    const others = before.columns.map(({ name }) => name).filter(name => !leaving.has(name));
    const kept: KeptValues = {
      kind: 'values',
      table: before.name,
      keptAs: this.#keptName('values', before.name),
      key: key.length > 0 ? key : others,
      keyed: key.length > 0,
      columns,
    };
    this.#program.kept.push(kept);
    this.#program.before.push(createKept(kept, before.name));
    this.#locks.add(kept.keptAs);
    return kept;
  }

  /** Triggers live with their table and its lock: no write slips between an old trigger and its new version. */
  #trigger(change: PlannedChange, step: Step): void {
    if (this.#restore.triggers.has(change.object)) return;
    if (change.kind === 'drop' && this.#handledTriggers.has(change.object)) return;
    this.#handledTriggers.add(change.object);
    const table = (this.#input.from.triggers[change.object] ?? this.#input.target.triggers[change.object])
      ?.table;
    if (table !== undefined && this.#input.shadowed?.has(table)) return;
    if (table === undefined || this.#arrived.has(table)) {
      this.#program.after.push(step);
      return;
    }
    this.#locks.add(table);
    this.#program.locked.push(step);
  }

  #sequence(change: PlannedChange, step: Step): void {
    const kept = change.kind === 'create' ? this.#restorableTable('sequence', change.object) : undefined;
    if (kept !== undefined) this.#program.before.push(restoring(kept, step));
    else if (change.kind === 'create') this.#program.before.push(step);
    else if (change.kind === 'drop') {
      const keptAs = this.#keptName('table', change.object);
      this.#program.kept.push({ kind: 'table', type: 'sequence', table: change.object, keptAs });
      this.#program.after.push({ ...step, purpose: 'keep', sql: renameTable(change.object, keptAs) });
    } else this.#program.after.push(step);
  }

  #restorableTable(type: KeptTable['type'], name: string): KeptTable | undefined {
    return this.#input.restorable.find(
      (kept): kept is KeptTable => kept.kind === 'table' && kept.type === type && kept.table === name,
    );
  }

  #keptName(kind: Kept['kind'], table: string): string {
    const given = this.#input.names.find(kept => kept.kind === kind && kept.table === table);
    if (given !== undefined && !this.#input.isTaken(given.keptAs)) return given.keptAs;
    for (;;) {
      const prefix = `_greenroom_${this.#input.promotion.replaceAll('-', '_')}_${this.#counter++}_`;
      // 64 characters is the longest name of a table.
      const name = prefix + [...table].slice(0, 64 - prefix.length).join('');
      if (!this.#input.isTaken(name)) return name;
    }
  }
}

/** What was renamed away comes back by its name. */
function restoring(kept: KeptTable, step: Step): Step {
  return { ...step, purpose: 'restore', sql: renameTable(kept.keptAs, kept.table) };
}

function renameTable(from: string, to: string): string {
  return `RENAME TABLE ${quoteName(from)} TO ${quoteName(to)}`;
}
