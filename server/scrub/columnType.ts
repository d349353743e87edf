import type { ColumnFacts } from './plan.ts';

const characterTypes = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);
const byteTypes = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob']);
const integerTypes = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
const dateTypes = new Set(['date', 'datetime', 'timestamp', 'year']);
const pointTypes = new Set([
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
]);

type Typed = Pick<ColumnFacts, 'dataType'>;

/** CHAR, VARCHAR and the TEXT kinds. */
export const isCharacter = (column: Typed): boolean => characterTypes.has(column.dataType);
/** BINARY, VARBINARY and the BLOB kinds. */
export const isBytes = (column: Typed): boolean => byteTypes.has(column.dataType);
export const isInteger = (column: Typed): boolean => integerTypes.has(column.dataType);
export const isDecimal = (column: Typed): boolean =>
  /^(decimal|numeric|float|double|real)/.test(column.dataType);
export const isDate = (column: Typed): boolean => dateTypes.has(column.dataType);
export const isGeometry = (column: Typed): boolean => pointTypes.has(column.dataType);
export const isAddress = (column: Typed): boolean =>
  column.dataType === 'inet4' || column.dataType === 'inet6';

/**
 * Whether a column can hold free content and therefore needs a decision. ENUM and SET values are fixed in the schema,
 * numbers and dates hold no text, a UUID is an identifier.
 */
export function needsDecision(column: Pick<ColumnFacts, 'dataType' | 'generated'>): boolean {
  return (
    !column.generated &&
    (isCharacter(column) ||
      isBytes(column) ||
      isGeometry(column) ||
      isAddress(column) ||
      column.dataType === 'json')
  );
}
