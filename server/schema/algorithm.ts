import { maxBytesPerCharacter } from './charset.ts';
import type { Clause } from './clauses.ts';
import { typeMeaning } from './compare.ts';
import type { Column, Schema, Table } from './model.ts';

export interface Cost {
  algorithm: 'instant' | 'inplace' | 'copy' | 'none';
  /** What other sessions cannot do while it runs; the moment of the metadata lock at its ends is not counted. */
  locks: 'none' | 'writes' | 'everything';
}

type Server = Pick<Schema, 'flavour' | 'version'>;

const instant: Cost = { algorithm: 'instant', locks: 'none' };
const inplace: Cost = { algorithm: 'inplace', locks: 'none' };
const inplaceReads: Cost = { algorithm: 'inplace', locks: 'writes' };
const copy: Cost = { algorithm: 'copy', locks: 'writes' };
const ranks = ['none', 'instant', 'inplace', 'copy'];
const lockRanks = ['none', 'writes', 'everything'];

/**
 * What the server will do for an ALTER TABLE, from MySQL's "Online DDL Operations" and MariaDB's "InnoDB Online DDL" pages; the
 * dearest clause decides. A forecast: the rehearsal measures ({@link file://./measureAlgorithm.ts}).
 */
export function predictAlter(server: Server, table: Table, clauses: readonly Clause[]): Cost {
  const engine = optionText(table, 'ENGINE');
  const costs =
    engine === undefined || /=InnoDB$/i.test(engine)
      ? clauses.map(clause => clauseCost(server, table, clause, clauses))
      : [copy];
  const dearest = costs.reduce(
    (worst, cost) => ({
      algorithm:
        ranks.indexOf(cost.algorithm) > ranks.indexOf(worst.algorithm) ? cost.algorithm : worst.algorithm,
      locks: lockRanks.indexOf(cost.locks) > lockRanks.indexOf(worst.locks) ? cost.locks : worst.locks,
    }),
    { algorithm: 'none', locks: 'none' },
  );
  return dearest.algorithm === 'copy' && copiesOnline(server, table, clauses)
    ? { ...dearest, locks: 'none' }
    : dearest;
}

/**
 * MariaDB copies online from 11.2 on, replaying what is written meanwhile: not where a column gets AUTO_INCREMENT, nor where a
 * foreign key may change rows by itself (asked of 11.8: “Reason: ON DELETE CASCADE”).
 */
function copiesOnline(server: Server, table: Table, clauses: readonly Clause[]): boolean {
  if (server.flavour !== 'mariadb' || !atLeast(server, 11, 2, 0)) return false;
  const acts = (action: string) => /^(CASCADE|SET NULL)$/i.test(action);
  if (table.foreignKeys.some(key => acts(key.onDelete) || acts(key.onUpdate))) return false;
  return !clauses.some(
    clause =>
      (clause.action === 'add-column' && clause.column.autoIncrement) ||
      (clause.action === 'change-column' && clause.to.autoIncrement && !clause.from.autoIncrement),
  );
}

function clauseCost(server: Server, table: Table, clause: Clause, all: readonly Clause[]): Cost {
  switch (clause.action) {
    case 'add-column':
      return addColumnCost(server, table, clause.column, clause.last);
    case 'drop-column':
      return dropColumnCost(server, table, clause.column);
    case 'change-column':
      return changeColumnCost(server, table, clause);
    case 'add-index':
      if (clause.index.kind === 'fulltext' || clause.index.kind === 'spatial') return inplaceReads;
      return inplace;
    case 'drop-index': {
      const replaced = all.some(other => other.action === 'add-index' && other.index.kind === 'primary');
      return clause.index.kind === 'primary' && !replaced ? copy : inplace;
    }
    case 'rename-index':
    case 'toggle-index':
    case 'drop-check':
    case 'drop-foreign-key':
      return server.flavour === 'mysql' && clause.action === 'drop-foreign-key' ? inplace : instant;
    case 'add-foreign-key':
    case 'add-check':
    case 'toggle-check':
    case 'period':
    case 'versioning':
      return copy;
    case 'option':
      return optionCost(server, clause.option, clause.from, clause.to);
    case 'partition':
      return clause.inPlace ? inplace : copy;
  }
}

function atLeast(server: Server, ...wanted: [number, number, number]): boolean {
  for (const [index, part] of wanted.entries()) {
    const difference = (server.version[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function optionText(table: Table, name: string): string | undefined {
  return table.options.find(option => option.name === name)?.text;
}

function isCompressed(table: Table): boolean {
  return (
    /COMPRESSED/i.test(optionText(table, 'ROW_FORMAT') ?? '') ||
    optionText(table, 'KEY_BLOCK_SIZE') !== undefined
  );
}

function hasFulltext(table: Table): boolean {
  return table.indexes.some(index => index.kind === 'fulltext');
}

function addColumnCost(server: Server, table: Table, column: Column, last: boolean): Cost {
  if (column.generated?.stored) return copy;
  if (column.generated !== null) return column.nullable ? instant : inplace;
  if (column.autoIncrement) return inplaceReads;
  // Evaluated for every row.
  if (column.default !== null && !isConstant(column.default)) return copy;
  if (column.check !== null && server.flavour === 'mariadb') return copy;
  if (isCompressed(table) || hasFulltext(table)) return inplace;
  if (server.flavour === 'mysql' && !last && !atLeast(server, 8, 0, 29)) return inplace;
  return instant;
}

/** A literal; also the current time, which is taken once for the whole statement. */
export function isConstant(text: string): boolean {
  return /^(null|[-+]?[\d.]+(e[-+]?\d+)?|_?\w*'(?:[^'\\]|\\.|'')*'|(current_timestamp|now)(\(\d*\))?|true|false)$/is.test(
    text,
  );
}

function dropColumnCost(server: Server, table: Table, column: Column): Cost {
  if (column.generated !== null && !column.generated.stored) {
    return instant;
  }
  const indexed = table.indexes.some(index => index.parts.some(part => part.column === column.name));
  if (indexed || isCompressed(table) || hasFulltext(table)) return inplace;
  if (server.flavour === 'mysql' && !atLeast(server, 8, 0, 29)) return inplace;
  return instant;
}

type ColumnChange = Extract<Clause, { action: 'change-column' }>;

function changeColumnCost(server: Server, table: Table, { from, to, moved }: ColumnChange): Cost {
  if (JSON.stringify(from.generated) !== JSON.stringify(to.generated)) return copy;
  if (from.autoIncrement !== to.autoIncrement) return copy;
  if (server.flavour === 'mariadb' && to.check !== null && to.check !== from.check) return copy;
  const stored = storageCost(server, table, from, to);
  if (stored.algorithm !== 'instant') return stored;
  if (from.nullable !== to.nullable)
    return from.nullable ||
      server.flavour === 'mysql' ||
      !/REDUNDANT/i.test(optionText(table, 'ROW_FORMAT') ?? '')
      ? inplace
      : instant;
  // MariaDB reorders in metadata (10.4); MySQL rebuilds.
  if (moved)
    return server.flavour === 'mariadb' && !isCompressed(table) && !hasFulltext(table) ? instant : inplace;
  return instant;
}

function storageCost(server: Server, table: Table, from: Column, to: Column): Cost {
  if (from.charset !== to.charset || from.collation !== to.collation) {
    const indexed = table.indexes.some(index => index.parts.some(part => part.column === to.name));
    const extends3To4 = from.charset === 'utf8mb3' && to.charset === 'utf8mb4';
    return server.flavour === 'mariadb' && !indexed && (extends3To4 || from.charset === to.charset)
      ? instant
      : copy;
  }
  const before = typeMeaning(from);
  const after = typeMeaning(to);
  if (before === after) return instant;
  const length = (type: string) => Number(/^(?:varchar|varbinary)\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
  if (length(after) >= length(before) && before.split('(')[0] === after.split('(')[0]) {
    const width = from.charset === null ? 1 : maxBytesPerCharacter(from.charset);
    // The length takes a second byte beyond 255 bytes. MariaDB writes it from 128 on where the column may get as long.
    const oneByte =
      length(before) * width <= 255 && (server.flavour === 'mysql' || length(before) * width > 127);
    const crosses = oneByte && length(after) * width > 255;
    if (crosses) return copy;
    return server.flavour === 'mariadb' ? instant : inplace;
  }
  return appendsValues(before, after) ? instant : copy;
}

/** An enum or set that only gets more values at its end, within the same number of bytes. */
export function appendsValues(before: string, after: string): boolean {
  const kind = /^(enum|set)\(/.exec(before)?.[1];
  if (kind === undefined || !after.startsWith(before.slice(0, -1))) return false;
  const rest = after.slice(before.length - 1);
  if (rest !== ')' && !rest.startsWith(',')) return false;
  const count = (type: string) => type.split("','").length;
  const bytes = (type: string) =>
    kind === 'enum' ? (count(type) > 255 ? 2 : 1) : Math.ceil(count(type) / 8);
  return bytes(before) === bytes(after);
}

function optionCost(server: Server, option: string, from: string | undefined, to: string | undefined): Cost {
  if (option === 'ENGINE') return from === to ? inplace : copy;
  if (/^(ROW_FORMAT|KEY_BLOCK_SIZE|COMPRESSION)$/.test(option)) return inplace;
  if (/^(ENCRYPTION|TABLESPACE)$/.test(option)) return copy;
  if (option.startsWith('`')) return inplace;
  if (option === 'CHARSET' && server.flavour === 'mysql') return inplace;
  return server.flavour === 'mysql' ? inplace : instant;
}
