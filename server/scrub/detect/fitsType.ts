import { isAddress, isBytes, isCharacter, isDate, isDecimal, isGeometry, isInteger } from '../columnType.ts';
import type { ColumnFacts, TransformerName } from '../plan.ts';

export type TypedColumn = Pick<ColumnFacts, 'name' | 'dataType' | 'columnType' | 'maxLength'>;

/** Whether a column of that type can hold that kind: a date is no e-mail address, a flag no phone number. */
export function fitsType(kind: TransformerName, column: TypedColumn): boolean {
  const short = (least: number) => column.maxLength !== null && column.maxLength < least;
  if (isDate(column)) return kind === 'birthDate' && column.dataType !== 'timestamp';
  if (isDecimal(column)) return kind === 'geoPoint';
  if (isGeometry(column)) return kind === 'geoPoint';
  if (isAddress(column)) return kind === 'ip';
  if (isInteger(column))
    return (
      column.dataType === 'bigint' && (kind === 'phone' || kind === 'nationalId' || kind === 'cardNumber')
    );
  if (column.dataType === 'json')
    return kind === 'json' || kind === 'text' || kind === 'street' || kind === 'geoPoint';
  if (!isCharacter(column) && !isBytes(column)) return false;
  if (kind === 'postcode' || kind === 'cardNumber') return !short(4);
  if (
    kind === 'givenName' ||
    kind === 'familyName' ||
    kind === 'passwordHash' ||
    kind === 'token' ||
    kind === 'phone'
  )
    return !short(3);
  return !short(8);
}
