import { createHash } from 'node:crypto';
import { allFakers, type Faker } from '@faker-js/faker';

/** What a labelled column's values are, said from its meaning; see `test/fixtures/scrub/README.md`. */
export type ValueKind = keyof typeof makers;

const locales = [
  'en',
  'en',
  'en_GB',
  'de',
  'fr',
  'es',
  'it',
  'nl',
  'pl',
  'sv',
  'pt_BR',
  'tr',
  'cs_CZ',
  'hu',
] as const;

/** What people write: a third of it names somebody or says how to reach them, as in any ticket system. */
const remarks: readonly ((f: Faker) => string)[] = [
  () => 'called, no answer',
  () => 'please call back tomorrow morning',
  () => 'I have not received my order yet, can you look into it?',
  () => 'Bitte vor der Lieferung anrufen.',
  () => 'Rechnung wurde am Montag bezahlt, Zahlung noch nicht eingegangen',
  () => 'Le client souhaite être livré après 18 h.',
  () => 'No funciona desde la última actualización, gracias.',
  () => 'moved to another department last spring',
  () => 'duplicate of an older entry',
  () => 'My laptop does not start since this morning and I need it for a meeting.',
  () => 'Allergic to penicillin, family history of diabetes',
  () => 'was rude to the others, warned twice',
  () => 'Great product, I would buy it again!',
  () => 'prefers to be contacted in the evening',
  () => 'Thanks for adding me, looking forward to reading more here.',
  () => 'Mam pytanie o termin dostawy',
  () => 'Ik ben volgende week met vakantie.',
  f => `Spoke with ${f.person.fullName()} about the renewal, will follow up`,
  f => `Dear ${f.person.firstName()},\nthank you for your help.\nRegards,\n${f.person.fullName()}`,
  f => `Herr ${f.person.lastName()} möchte zurückgerufen werden: ${f.phone.number()}`,
  f => `Please send the papers to ${f.internet.email()} as well.`,
  f => `M. ${f.person.lastName()} est passé au magasin.`,
  f => `Hi ${f.person.firstName()}, can you check this?`,
  f => `${f.person.firstName()} says it works now`,
];

const pick = (f: Faker, ...texts: string[]): string => f.helpers.arrayElement(texts);

const makers = {
  // Of people.
  email: f => f.internet.email(),
  given: f => f.person.firstName(),
  family: f => f.person.lastName(),
  name: f => f.person.fullName(),
  user: f => f.internet.username(),
  phone: f => f.phone.number(),
  street: f => f.location.streetAddress(),
  city: f => f.location.city(),
  postcode: f => f.location.zipCode(),
  company: f => f.company.name(),
  birth: f => f.date.birthdate().toISOString().slice(0, 10),
  ip: f => f.internet.ip(),
  mac: f => f.internet.mac(),
  homepage: f => f.internet.url(),
  iban: f => f.finance.iban(),
  account: f => f.finance.accountNumber(),
  card: f => f.finance.creditCardNumber(),
  number: f => f.string.numeric({ length: { min: 6, max: 11 } }),
  geo: f => String(f.location.latitude()),
  password: f => `$2y$10$${f.string.alphanumeric(53)}`,
  token: f => f.string.hexadecimal({ length: 32, casing: 'lower', prefix: '' }),
  remark: f => f.helpers.arrayElement(remarks)(f),
  agent: f => f.internet.userAgent(),
  picture: f => f.image.avatar(),
  file: f => f.system.fileName(),
  profile: f =>
    JSON.stringify({ id: f.number.int(99), name: f.person.fullName(), email: f.internet.email() }),
  handle: f => f.internet.username().toLowerCase(),
  nobody: f => f.string.alphanumeric({ length: { min: 5, max: 12 } }),
  faith: f => pick(f, 'catholic', 'none', 'muslim', 'protestant', 'jewish', 'hindu'),
  // Of things.
  choice: f => pick(f, 'active', 'pending', 'archived', 'draft', 'default'),
  words: f => f.word.words({ count: { min: 1, max: 3 } }),
  label: f => f.commerce.department(),
  product: f => f.commerce.productName(),
  title: f => f.company.catchPhrase(),
  prose: f => f.commerce.productDescription(),
  markup: f => `<h2>${f.company.buzzPhrase()}</h2><p>${f.lorem.paragraph()}</p>`,
  slug: f => f.lorem.slug(),
  code: f => f.string.alphanumeric({ length: 8, casing: 'upper' }),
  key: f => f.word.words(2).replace(' ', '_'),
  address: f => `${f.internet.url()}${f.system.filePath()}`,
  path: f => f.system.filePath(),
  version: f => f.system.semver(),
  colour: f => f.color.rgb(),
  count: f => String(f.number.int(5000)),
  flag: f => pick(f, 'Y', 'N'),
  date: f => f.date.recent({ days: 900 }).toISOString().slice(0, 19).replace('T', ' '),
  locale: f => pick(f, 'en', 'de_DE', 'fr_FR', 'es', 'nl'),
  zone: f => f.location.timeZone(),
  country: f => f.location.country(),
  state: f => f.location.state(),
  currency: f => f.finance.currencyCode(),
  media: f => f.system.mimeType(),
  checksum: f => f.string.hexadecimal({ length: 40, casing: 'lower', prefix: '' }),
  uuid: f => f.string.uuid(),
  objectid: f => f.string.hexadecimal({ length: 24, casing: 'lower', prefix: '' }),
  document: f => JSON.stringify({ [f.word.noun()]: f.number.int(99), mode: pick(f, 'a', 'b') }),
  php: f => `a:1:{s:4:"mode";i:${f.number.int(99)};}`,
  sql: f => `SELECT ${f.database.column()} FROM ${f.word.noun()} WHERE id > ${f.number.int(99)}`,
  setting: f =>
    pick(
      f,
      '0',
      '1',
      'yes',
      f.word.noun(),
      String(f.number.int(3000)),
      f.internet.url(),
      f.system.filePath(),
    ),
  job: f => f.person.jobTitle(),
  host: f => f.internet.domainName(),
  place: f => `${f.location.city()}, ${f.location.country()}`,
  log: f => `${f.hacker.verb()} ${f.hacker.noun()} failed: ${f.hacker.abbreviation()} (${f.number.int(999)})`,
} satisfies Record<string, (faker: Faker) => string>;

export const isValueKind = (text: string): text is ValueKind => Object.hasOwn(makers, text);

/** A number that a name always gives: samples are the same in every run. */
function numberOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE();
}

/** Rows of a sample. One table in five is empty, as in any installation. */
export function rowsOf(table: string): number {
  return numberOf(`rows of ${table}`) % 5 === 0 ? 0 : 120;
}

/** The sampled values of a column, in the language of its table; a fifth of them is blank. */
export function sampleOf(table: string, column: string, kind: ValueKind): string[] {
  const rows = rowsOf(table);
  const locale = locales[numberOf(`language of ${table}`) % locales.length] ?? 'en';
  const faker = allFakers[locale];
  faker.seed(numberOf(`${table}.${column}`));
  const make: (faker: Faker) => string = makers[kind];
  return Array.from({ length: rows }, () => (faker.number.int(4) === 0 ? '' : make(faker)));
}
