import fc from 'fast-check';

/** Generated databases as CREATE statements: a small pool of names, so that two of them meet in most objects. */

interface ColumnSpec {
  name: string;
  type: string;
  nullable: boolean;
  extra: string;
  text: boolean;
}
interface TableSpec {
  name: string;
  idType: string;
  counter: boolean;
  columns: ColumnSpec[];
  indexes: string[];
  checks: string[];
  parents: { table: string; action: string }[];
  options: string;
  partition: string;
}

const plainTypes = [
  'tinyint(1)',
  'smallint(5) unsigned',
  'int',
  'bigint unsigned',
  'decimal(10,3)',
  'decimal(5,0) unsigned',
  'float',
  'double',
  'date',
  'datetime',
  'datetime(6)',
  'time(3)',
  'timestamp NULL',
  'year',
  'bit(5)',
  'binary(8)',
  'varbinary(20)',
  'blob',
];
const textTypes = [
  'char(5)',
  'varchar(10)',
  'varchar(100)',
  'varchar(300)',
  'text',
  'mediumtext',
  "enum('a','b')",
  "enum('a','b','it''s')",
  "set('x','y','z')",
];
const charsets = [
  '',
  'CHARACTER SET latin1',
  'CHARACTER SET utf8mb3 COLLATE utf8mb3_bin',
  'COLLATE utf8mb4_unicode_ci',
];
const columnNames = ['a', 'b', 'c', 'd', 'select', 'e`f', 'größe'];
const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;

const defaultsFor = (type: string): string[] => {
  if (/^(tinyint|smallint|int|bigint|decimal|float|double)/.test(type))
    return ['', 'DEFAULT 1', 'DEFAULT 0', 'DEFAULT (1 + 2)'];
  if (/^(var)?char/.test(type))
    return ['', "DEFAULT 'x'", "DEFAULT ''", "DEFAULT '\\\\''\\n'", "DEFAULT concat('a','b')"];
  if (/^enum/.test(type)) return ['', "DEFAULT 'b'"];
  if (type === 'datetime')
    return ['', 'DEFAULT current_timestamp()', 'DEFAULT current_timestamp() ON UPDATE current_timestamp()'];
  if (type === 'date') return ['', "DEFAULT '2020-02-29'"];
  if (type === 'text') return ['', "DEFAULT 'long'"];
  return [''];
};

function columnSpec(name: string): fc.Arbitrary<ColumnSpec> {
  const text = fc
    .constantFrom(...textTypes)
    .chain(type =>
      fc
        .constantFrom(...charsets)
        .map(charset => ({ type: `${type} ${charset}`.trim(), base: type, text: true })),
    );
  const plain = fc.constantFrom(...plainTypes).map(type => ({ type, base: type, text: false }));
  return fc.oneof(text, plain).chain(kind =>
    fc.record({
      name: fc.constant(name),
      type: fc.constant(kind.type),
      text: fc.constant(kind.text),
      nullable: fc.boolean(),
      extra: fc
        .tuple(
          fc.constantFrom(...defaultsFor(kind.base)),
          fc.constantFrom('', '', "COMMENT 'it''s \\\\ `x`'"),
          fc.constantFrom('', '', '', 'INVISIBLE'),
        )
        .map(([value, comment, invisible]) =>
          // An invisible column that must be given a value is refused.
          [invisible !== '' && value !== '' ? invisible : '', value, comment]
            .filter(part => part !== '')
            .join(' '),
        ),
    }),
  );
}

const columnsSpec = fc
  .shuffledSubarray(columnNames, { minLength: 1 })
  .chain(names => fc.tuple(...names.map(columnSpec)));

function indexesFor(columns: readonly ColumnSpec[]): fc.Arbitrary<string[]> {
  const usable = columns.filter(column => !/^(blob|(medium)?text|varchar\(300\)|json)/.test(column.type));
  const parts = fc
    .shuffledSubarray(usable, {
      minLength: Math.min(1, usable.length),
      maxLength: Math.min(2, usable.length),
    })
    .chain(chosen =>
      fc.tuple(...chosen.map(() => fc.constantFrom('', '', ' DESC'))).map(orders =>
        chosen
          .map((column, index) => {
            const prefix = /^varchar\(100\)/.test(column.type) ? '(7)' : '';
            return `${quote(column.name)}${prefix}${orders[index] ?? ''}`;
          })
          .join(', '),
      ),
    );
  const one = (name: string) =>
    fc
      .tuple(
        parts,
        fc.constantFrom('KEY', 'KEY', 'UNIQUE KEY'),
        fc.constantFrom('', '', "COMMENT 'c'", 'IGNORED'),
      )
      .map(([list, kind, option]) => (list === '' ? '' : `${kind} ${name} (${list}) ${option}`.trim()));
  const full = columns.find(column => column.text && /^(text|varchar)/.test(column.type));
  return fc
    .subarray(['k1', 'k2', 'k3'])
    .chain(names => fc.tuple(...names.map(one)))
    .chain(list =>
      fc
        .boolean()
        .map(fulltext =>
          [...list, fulltext && full !== undefined ? `FULLTEXT KEY ft (${quote(full.name)})` : ''].filter(
            text => text !== '',
          ),
        ),
    );
}

function tableSpec(name: string): fc.Arbitrary<TableSpec> {
  return columnsSpec.chain(columns =>
    fc.record({
      name: fc.constant(name),
      idType: fc.constantFrom('int', 'int', 'bigint unsigned'),
      counter: fc.boolean(),
      columns: fc.constant([...columns]),
      indexes: indexesFor(columns),
      checks: fc.subarray([
        'CONSTRAINT positive CHECK (id > 0)',
        'CONSTRAINT small CHECK (id < 1000000)',
        'CHECK (id <> 13)',
      ]),
      parents: fc
        .uniqueArray(fc.constantFrom('t0', 't1', 't2'), { maxLength: 2 })
        .chain(tables =>
          fc.tuple(
            ...tables.map(table =>
              fc
                .constantFrom('', 'ON DELETE CASCADE', 'ON DELETE SET NULL ON UPDATE CASCADE')
                .map(action => ({ table, action })),
            ),
          ),
        ),
      options: fc.constantFrom(
        '',
        '',
        "COMMENT='it''s'",
        'ROW_FORMAT=COMPACT',
        'CHARACTER SET latin1',
        'CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
      ),
      partition: fc.constantFrom(
        '',
        '',
        '',
        'PARTITION BY HASH (id) PARTITIONS 3',
        'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
      ),
    }),
  );
}

export interface DatabaseSpec {
  tables: TableSpec[];
  extras: { view: number; trigger: number; routine: number; sequence: number; event: number };
}

export const databaseSpec: fc.Arbitrary<DatabaseSpec> = fc
  .subarray(['t0', 't1', 't2', 't3'])
  .chain(names => fc.tuple(...names.map(tableSpec)))
  .chain(tables =>
    fc.record({
      tables: fc.constant([...tables]),
      extras: fc.record({
        view: fc.nat(3),
        trigger: fc.nat(3),
        routine: fc.nat(3),
        sequence: fc.nat(2),
        event: fc.nat(2),
      }),
    }),
  );

export type Flavour = 'mariadb' | 'mysql';

/** CREATE statements in an order that runs. */
export function statementsOf(spec: DatabaseSpec, flavour: Flavour): string[] {
  const statements = allStatements(spec);
  return flavour === 'mariadb' ? statements : statements.flatMap(inMysql);
}

/** The same thing as MySQL says it: no sequences, expressions in parentheses, names of checks for the whole database. */
function inMysql(sql: string): string[] {
  if (sql.startsWith('CREATE SEQUENCE')) return [];
  const table = /^CREATE TABLE (\w+)/.exec(sql)?.[1];
  return [
    sql
      .replaceAll(' IGNORED', ' INVISIBLE')
      .replaceAll(/DEFAULT (concat\('a','b'\)|'long')/g, 'DEFAULT ($1)')
      .replaceAll(/CONSTRAINT (positive|small)/g, `CONSTRAINT ${table}_$1`),
  ];
}

function allStatements(spec: DatabaseSpec): string[] {
  const byName = new Map(spec.tables.map(table => [table.name, table]));
  const partitioned = (table: TableSpec) => table.partition !== '' && isPartitionable(table);
  const keys: string[] = [];
  const creates = spec.tables.map(table => {
    const parents = table.parents.filter(
      parent =>
        byName.has(parent.table) && !partitioned(table) && !partitioned(byName.get(parent.table) ?? table),
    );
    for (const { table: parent, action } of parents)
      keys.push(
        `ALTER TABLE ${table.name} ADD CONSTRAINT ${table.name}_${parent} FOREIGN KEY (p_${parent}) REFERENCES ${parent} (id) ${action}`,
      );
    const lines = [
      `id ${table.idType} NOT NULL${table.counter ? ' AUTO_INCREMENT' : ''}`,
      ...table.columns.map(
        column =>
          `${quote(column.name)} ${column.type}${column.nullable || /NULL/.test(column.type) ? '' : ' NOT NULL'} ${column.extra}`,
      ),
      ...parents.map(parent => `p_${parent.table} ${byName.get(parent.table)?.idType}`),
      'PRIMARY KEY (id)',
      ...(partitioned(table)
        ? table.indexes.filter(index => !/^(UNIQUE|FULLTEXT)/.test(index))
        : table.indexes),
      ...(table.counter ? [] : table.checks),
    ];
    return `CREATE TABLE ${table.name} (${lines.join(', ')}) ${table.options} ${partitioned(table) ? table.partition : ''}`;
  });
  return [...creates, ...keys, ...extrasOf(spec)];
}

function isPartitionable(table: TableSpec): boolean {
  return table.parents.length === 0;
}

function extrasOf({ tables, extras }: DatabaseSpec): string[] {
  const statements: string[] = [];
  const [first, second] = tables;
  for (let n = 0; n < extras.sequence; n++)
    statements.push(`CREATE SEQUENCE s${n} INCREMENT BY ${extras.view + 1}`);
  for (let n = 0; n < extras.routine; n++)
    statements.push(
      n % 2 === 0
        ? `CREATE FUNCTION f${n} (x int) RETURNS int DETERMINISTIC RETURN x + ${extras.trigger}`
        : `CREATE PROCEDURE f${n} () BEGIN SELECT ${extras.event}; SELECT 'it''s'; END`,
    );
  if (first !== undefined) {
    const column = quote(first.columns[0]?.name ?? 'id');
    for (let n = 0; n < extras.view; n++)
      statements.push(
        n === 0
          ? `CREATE VIEW v0 AS SELECT id, ${column} AS x FROM ${first.name}`
          : `CREATE VIEW ${n === 1 ? 'a1' : 'z2'} AS SELECT v0.x, count(*) AS n FROM v0 GROUP BY v0.x HAVING n > ${extras.routine}`,
      );
    for (let n = 0; n < extras.trigger; n++)
      statements.push(
        `CREATE TRIGGER tr${n} BEFORE ${n === 2 ? 'UPDATE' : 'INSERT'} ON ${(n === 1 ? second : first)?.name ?? first.name} FOR EACH ROW SET @x = ${extras.view}`,
      );
  }
  for (let n = 0; n < extras.event; n++)
    statements.push(
      `CREATE EVENT e${n} ON SCHEDULE EVERY ${extras.view + 1} DAY STARTS '2035-01-01 00:00:00' DO SELECT ${extras.routine}`,
    );
  return statements;
}
