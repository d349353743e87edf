import type { TransformerName } from '../plan.ts';

/** Kinds that are somebody's where a key beside them says whose. */
export const ofSomebody: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'fullName',
  'passwordHash',
  'token',
]);

/** Kinds that are numbers themselves: `ssn_num`. */
export const numbered: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'phone',
  'nationalId',
  'taxNumber',
  'cardNumber',
  'iban',
]);

/** What there are lists of: `cities.city`. */
export const listable: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'city',
  'company',
  'fullName',
  'street',
  'url',
  'text',
  'blob',
]);

/** What a table of such things is called after. */
export const contactKinds: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'phone',
  'email',
  'street',
  'url',
  'nationalId',
]);
/** How a number is called. */
export const numberNames: readonly string[] = ['number', 'numero', 'nummer', 'num', 'no', 'nr'];
/** What the column of such a table is called. */
export const valueWords = new Set([...numberNames, 'value', 'valor', 'wert', 'valeur']);
