import { compileScrub } from '../../../server/scrub/compile.ts';
import type { ColumnFacts, ScrubKey, ScrubPlan, ScrubRule, TableFacts } from '../../../server/scrub/plan.ts';
import { createTableScrubber } from '../../../server/scrub/scrubber.ts';

/** A fixed key: golden vectors depend on it. */
export const testKey: ScrubKey = { id: 'test', bytes: new Uint8Array(32).map((_, index) => index * 7 + 1) };

export function column(
  name: string,
  columnType = 'varchar(255)',
  more: Partial<ColumnFacts> = {},
): ColumnFacts {
  const [, dataType = '', length] = /^(\w+)(?:\((\d+))?/.exec(columnType) ?? [];
  const isText = /char|text/.test(dataType);
  const lengths: Record<string, number> = {
    text: 65_535,
    mediumtext: 16_777_215,
    longtext: 4_294_967_295,
    blob: 65_535,
  };
  return {
    name,
    dataType,
    columnType,
    charset: isText ? 'utf8mb4' : null,
    collation: isText ? 'utf8mb4_general_ci' : null,
    maxLength: /char|binary/.test(dataType) ? Number(length) : (lengths[dataType] ?? null),
    nullable: true,
    generated: false,
    ...more,
  };
}

export function table(name: string, columns: ColumnFacts[], more: Partial<TableFacts> = {}): TableFacts {
  return { name, columns, primaryKey: [], uniqueKeys: [], foreignKeys: [], ...more };
}

export function plan(
  tables: TableFacts[],
  rules: Record<string, ScrubRule>,
  presets: string[] = [],
): ScrubPlan {
  return compileScrub({ rules, presets, tables });
}

/** A function that scrubs one row of texts of the table. */
export function rowScrubber(compiled: ScrubPlan, name: string, key = testKey) {
  const tablePlan = compiled.tables[name];
  if (tablePlan === undefined) throw new RangeError(`no table ${name}`);
  const scrubber = createTableScrubber(tablePlan, key);
  return (...values: (string | Buffer | null)[]): (string | null)[] => {
    const row = values.map(value => (value === null ? null : Buffer.from(value)));
    scrubber.scrub(row);
    return row.map(value => value?.toString('utf8') ?? null);
  };
}

/** Scrubs single values of a column of its own. */
export function valueScrubber(
  rule: ScrubRule,
  facts: ColumnFacts = column('value'),
  more: Partial<TableFacts> = {},
  key = testKey,
): (value: string | Buffer) => string {
  const compiled = plan([table('t', [{ ...facts, name: 'value' }], more)], { 't.value': rule });
  const scrub = rowScrubber(compiled, 't', key);
  return value => scrub(value)[0] ?? '';
}

export const unique = { uniqueKeys: [['value']] };
