import { quoteName } from '../database/quote.ts';
import type { Clause } from './clauses.ts';
import { type Comparison, optionMeaning } from './compare.ts';
import type { Partitioning, Table } from './model.ts';

/** What takes an option back that `to` does not have. Absent: a column list of the engine, `DEFAULT`. */
const resets: Record<string, string> = {
  COMMENT: "COMMENT=''",
  KEY_BLOCK_SIZE: 'KEY_BLOCK_SIZE=0',
  MAX_ROWS: 'MAX_ROWS=0',
  MIN_ROWS: 'MIN_ROWS=0',
  AVG_ROW_LENGTH: 'AVG_ROW_LENGTH=0',
  CHECKSUM: 'CHECKSUM=0',
  DELAY_KEY_WRITE: 'DELAY_KEY_WRITE=0',
  CONNECTION: "CONNECTION=''",
  UNION: 'UNION=()',
  ENCRYPTION: "ENCRYPTION='N'",
  COMPRESSION: "COMPRESSION=''",
  AUTOEXTEND_SIZE: 'AUTOEXTEND_SIZE=0',
  TABLESPACE: 'TABLESPACE=innodb_file_per_table',
  TRANSACTIONAL: 'TRANSACTIONAL=DEFAULT',
};
/** Where a table's files are cannot be changed by ALTER TABLE. */
const fixed = new Set(['DATA DIRECTORY', 'INDEX DIRECTORY']);

export function diffOptions(from: Table, to: Table, comparison: Comparison): Clause[] {
  const clauses: Clause[] = [];
  if (from.charset !== to.charset || from.collation !== to.collation)
    clauses.push({
      action: 'option',
      option: 'CHARSET',
      from: from.collation,
      to: to.collation,
      sql: `DEFAULT CHARACTER SET ${to.charset} COLLATE ${to.collation}`,
    });
  const names = new Set([...from.options, ...to.options].map(option => option.name));
  for (const name of names) {
    if (name === 'DEFAULT CHARSET' || name === 'COLLATE' || fixed.has(name)) continue;
    const before = text(from, name);
    const after = text(to, name);
    const same =
      comparison === 'exact' ? before === after : optionMeaning(from, name) === optionMeaning(to, name);
    if (same) continue;
    if (name === 'SYSTEM VERSIONING')
      clauses.push({
        action: 'versioning',
        sql: after === undefined ? 'DROP SYSTEM VERSIONING' : 'ADD SYSTEM VERSIONING',
      });
    else
      clauses.push({
        action: 'option',
        option: name,
        from: before,
        to: after,
        sql: after ?? resets[name] ?? `${name}=DEFAULT`,
      });
  }
  return clauses;
}

function text(table: Table, name: string): string | undefined {
  return table.options.find(option => option.name === name)?.text;
}

export interface PartitionDiff {
  /** Part of the table's own ALTER. */
  clause?: Clause;
  /** A statement of its own: the server takes nothing else beside it. */
  separate?: Clause;
}

export function diffPartitioning(from: Partitioning | null, to: Partitioning | null): PartitionDiff {
  if (from === null && to === null) return {};
  if (to === null) return { clause: { action: 'partition', sql: 'REMOVE PARTITIONING', inPlace: false } };
  const same = (a: Partitioning | null) =>
    a?.by === to.by && JSON.stringify(a.partitions) === JSON.stringify(to.partitions);
  if (same(from)) return {};
  if (from !== null && from.by === to.by && /^PARTITION BY (RANGE|LIST)/i.test(to.by)) {
    const kept = from.partitions.filter(old =>
      to.partitions.some(part => part.definition === old.definition),
    );
    const appended = to.partitions.slice(from.partitions.length);
    const startsSame = from.partitions.every(
      (old, index) => to.partitions[index]?.definition === old.definition,
    );
    if (startsSame) return separate(`ADD PARTITION (${appended.map(part => part.definition).join(', ')})`);
    if (same({ by: from.by, partitions: kept })) {
      const gone = from.partitions.filter(old => !kept.includes(old));
      return separate(`DROP PARTITION ${gone.map(part => quoteName(part.name)).join(', ')}`);
    }
  }
  const list = to.partitions.map(part => part.definition).join(', ');
  const sql = `${to.by}${list === '' ? '' : ` (${list})`}`;
  return { clause: { action: 'partition', sql, inPlace: false } };
}

function separate(sql: string): PartitionDiff {
  return { separate: { action: 'partition', sql, inPlace: true } };
}
