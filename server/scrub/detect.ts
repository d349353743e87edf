import type { Connection, Value } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { Operation } from '../platform/progress.ts';
import { isBytes, isCharacter, needsDecision } from './columnType.ts';
import { columnId, compileScrub } from './compile.ts';
import { NameClassifier } from './detect/classify.ts';
import { type Proposed, proposeRule, ruleLine } from './detect/propose.ts';
import { fits, weigh } from './detect/weigh.ts';
import { tableFacts } from './facts.ts';
import { keyGroups } from './keyGroups.ts';
import type { ColumnFacts, ScrubRule, TableFacts, TransformerName } from './plan.ts';
import { presetsThatFit } from './presets/presets.ts';
import { transformerNamed } from './registry.ts';

export interface ScrubSettings {
  presets: readonly string[];
  rules: Readonly<Record<string, ScrubRule>>;
}

export interface Proposal {
  table: string;
  column: string;
  use: TransformerName;
  reason: string;
  confidence: number;
  /** The line to paste into `scrub.rules`. Never holds a value. */
  rule: string;
}

export interface Detection {
  proposals: Proposal[];
  /** Columns that need a decision and have one, and that have none. */
  covered: number;
  uncovered: number;
  /** Presets whose application's tables are in the database and that the configuration does not name. */
  presets: string[];
}

/** Rows read per table, and characters per value. */
const sampleRows = 200;
const sampleLength = 400;

/**
 * Proposes a rule for every column that has none, from names, types, foreign keys and a sample of its values. Values are looked at and
 * forgotten: no proposal, log line or error holds one.
 */
export async function detect(
  host: Host,
  connection: Connection,
  settings: { scrub: ScrubSettings; tables?: readonly TableFacts[] },
  op: Operation,
): Promise<Detection> {
  const { scrub } = settings;
  const tables = settings.tables ?? (await tableFacts(connection, connection.address.database ?? ''));
  const plan = compileScrub({ ...scrub, tables });
  const open = new Set(plan.unclassified.map(({ table, column }) => columnId(table, column)));
  const classifier = new NameClassifier();
  const found = new Map<string, { table: TableFacts; column: ColumnFacts; proposed: Proposed }>();
  let done = 0;
  for (const table of tables) {
    if (op.signal.aborted) throw new GreenroomError('cancelled', { subject: table.name });
    op.progress({ step: 'reading samples', done: done++, total: tables.length, unit: 'tables' });
    const columns = table.columns.filter(column =>
      isOpen(table, column, open, plan.tables[table.name]?.columns ?? []),
    );
    if (columns.length === 0) continue;
    const samples = await readSamples(host, connection, table, columns);
    for (const column of columns) {
      const byName = proposeRule(classifier, table, column);
      const unique = [table.primaryKey, ...table.uniqueKeys].some(key => key.includes(column.name));
      const proposed = usable(
        weigh(classifier, byName, column, samples.get(column.name) ?? []),
        column,
        unique,
      );
      if (proposed.use !== 'keep' || open.has(columnId(table.name, column.name)))
        found.set(columnId(table.name, column.name), { table, column, proposed });
    }
  }
  joinKeys(tables, found);
  const decided = tables.flatMap(table => table.columns.filter(needsDecision)).length;
  return {
    proposals: [...found.values()].map(({ table, column, proposed }) => ({
      table: table.name,
      column: column.name,
      use: proposed.use,
      reason: proposed.reason,
      confidence: proposed.confidence,
      rule: ruleLine(table.name, column.name, proposed),
    })),
    covered: decided - open.size,
    uncovered: open.size,
    presets: presetsThatFit(tables).filter(name => !scrub.presets.includes(name)),
  };
}

/** Columns without a decision, and columns of other types that no rule names: birth dates, coordinates, phone numbers as numbers. */
function isOpen(
  table: TableFacts,
  column: ColumnFacts,
  open: ReadonlySet<string>,
  planned: readonly { name: string; source: string }[],
): boolean {
  if (column.generated) return false;
  if (open.has(columnId(table.name, column.name))) return true;
  const source = planned.find(({ name }) => name === column.name)?.source;
  return !needsDecision(column) && (source === 'type' || source === 'implied');
}

async function readSamples(
  host: Host,
  connection: Connection,
  table: TableFacts,
  columns: readonly ColumnFacts[],
): Promise<Map<string, string[]>> {
  const read = columns.filter(column => isCharacter(column) || isBytes(column) || column.dataType === 'json');
  const samples = new Map<string, string[]>(read.map(column => [column.name, []]));
  if (read.length === 0) return samples;
  const list = read.map(({ name }) => `LEFT(${quoteName(name)}, ${sampleLength})`).join(', ');
  let rows: Value[][] = [];
  try {
    rows = await connection.rows(`SELECT ${list} FROM ${quoteName(table.name)} LIMIT ${sampleRows}`);
  } catch (error) {
    // A table that the account may not read is proposed for by its names.
    host.log.warn('no sample', {
      table: table.name,
      reason: error instanceof GreenroomError ? error.reason : 'unknown',
    });
  }
  for (const row of rows)
    read.forEach((column, index) => {
      const value = row[index];
      if (value !== null && value !== undefined)
        samples.get(column.name)?.push(Buffer.isBuffer(value) ? value.toString('utf8') : String(value));
    });
  return samples;
}

/** What a build would refuse in a unique column is not proposed there: a hash stays apart, and joined. */
function usable(proposed: Proposed, column: ColumnFacts, unique: boolean): Proposed {
  if (!unique || proposed.use === 'keep' || transformerNamed(proposed.use).uniqueness !== 'never')
    return proposed;
  if (!fits('hash', column)) return proposed;
  return { ...proposed, use: 'hash', reason: `${proposed.reason}; part of a unique key` };
}

/** A column joined to a personal key is personal, whatever it is called. */
function joinKeys(
  tables: readonly TableFacts[],
  found: Map<string, { table: TableFacts; column: ColumnFacts; proposed: Proposed }>,
): void {
  for (const group of new Set(keyGroups(tables).values())) {
    const members = group.members.flatMap(id => found.get(id) ?? []);
    const source = members.find(({ proposed }) => proposed.use !== 'keep');
    if (source === undefined) continue;
    const name = `${source.table.name}.${source.column.name}`;
    for (const member of members)
      if (member !== source)
        member.proposed = {
          ...source.proposed,
          reason: `joined to ${name} by a foreign key, which is personal: ${source.proposed.reason}`,
        };
  }
}
