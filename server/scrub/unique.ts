import { foldText } from './normalize.ts';
import type { ColumnPlan } from './plan.ts';

/**
 * Whether two values that count as the same for a transformer may still be different values of a unique column: its
 * collation tells case or accents or outer spaces apart where the transformer does not. Such a value is then hashed as it
 * stands, so that `Bob@x.de` beside `bob@x.de` in a binary column stays a second value. The folded spelling keeps the
 * replacement that it has everywhere else.
 *
 * @param folded the transformer's folding of `value` in `folded[0, length)`
 */
export function needsVariant(column: ColumnPlan, value: Buffer, folded: Buffer, length: number): boolean {
  if (value.length === length && value.compare(folded, 0, length) === 0) return false;
  return (
    collationKey(column, value.toString('utf8')) !== collationKey(column, folded.toString('utf8', 0, length))
  );
}

/** Text that is equal exactly when the column's collation says so, erring on the side of different. */
export function collationKey(column: ColumnPlan, text: string): string {
  const { collation } = column;
  const padded = collation !== null && !/nopad|_0900_|^binary$/.test(collation);
  const kept = padded ? text.replace(/ +$/, '') : text;
  if (collation === null || !/_ci$/.test(collation)) return kept;
  if (/_as_ci$/.test(collation)) return foldCase(kept);
  // The outer spaces that folding would trim count for the server.
  const [lead = ''] = /^\s*/.exec(kept) ?? [];
  const [trail = ''] = /\s*$/.exec(kept) ?? [];
  return `${lead}|${foldText(kept, 'address')
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')}|${trail}`;
}

function foldCase(text: string): string {
  return text.toLowerCase().normalize('NFC');
}
