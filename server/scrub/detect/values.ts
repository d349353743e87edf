import { isIP } from 'node:net';
import { isIbanValid } from '../iban.ts';
import type { TransformerName } from '../plan.ts';
import { isCardShape, isLiveAddress, isLuhnValid } from '../reserved.ts';
import { looksLikePhone } from '../textReplacer.ts';
import {
  addressesSomebody,
  isPostcode,
  isStreet,
  mentionsSomebody,
  namesIn,
  speaksOfItself,
} from './peopleValues.ts';

export interface ValueEvidence {
  use: TransformerName;
  reason: string;
  /** 0 to 1: the part of the values that say so. */
  share: number;
  confidence: number;
}

interface Test {
  use: TransformerName;
  says: string;
  /** Share of the values that must pass. */
  least: number;
  /** And how many of them: one for what is never chance. */
  fewest?: number;
  confidence: number;
  passes(text: string): boolean;
}

const wholeAddress = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[a-z]{2,24}$/i;
const anyAddress = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/i;

/** In order: the first that holds decides. Those with a checksum come first. */
const exact: readonly Test[] = [
  {
    use: 'passwordHash',
    says: 'password hashes',
    least: 0.5,
    confidence: 0.98,
    passes: text => /^\$(?:2[abxy]|argon2\w+|P|S|6|wp)\$/.test(text),
  },
  {
    use: 'iban',
    says: 'IBANs with valid check digits',
    least: 0.5,
    confidence: 0.99,
    passes: text => /^[A-Z]{2}\d\d/i.test(text) && isIbanValid(text.replace(/\s/g, '')),
  },
  {
    use: 'cardNumber',
    says: 'card numbers with valid check digits',
    least: 0.5,
    confidence: 0.98,
    passes: isCard,
  },
  {
    use: 'email',
    says: 'e-mail addresses',
    least: 0.3,
    confidence: 0.99,
    passes: text => text.includes('@') && wholeAddress.test(text),
  },
  {
    use: 'phpSerialized',
    says: 'PHP-serialized values',
    least: 0.3,
    confidence: 0.9,
    passes: text => /^(?:a:\d+:\{|O:\d+:"|s:\d+:")/.test(text),
  },
  { use: 'json', says: 'JSON documents', least: 0.3, confidence: 0.9, passes: isJsonDocument },
  {
    use: 'ip',
    says: 'network addresses',
    least: 0.5,
    confidence: 0.95,
    passes: text => text.length < 46 && /[.:]/.test(text) && isIP(text) !== 0,
  },
  {
    use: 'mac',
    says: 'hardware addresses',
    least: 0.5,
    confidence: 0.95,
    passes: text => /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
  },
  { use: 'phone', says: 'phone numbers', least: 0.5, confidence: 0.9, passes: isPhone },
];

/** What is looked for in values that are no names either. */
const loose: readonly Test[] = [
  { use: 'street', says: 'streets with a number', least: 0.25, confidence: 0.8, passes: isStreet },
  { use: 'postcode', says: 'post codes', least: 0.5, confidence: 0.75, passes: isPostcode },
  {
    use: 'text',
    says: 'what browsers call themselves',
    least: 0.3,
    confidence: 0.8,
    passes: text => /^(?:Mozilla|Opera)\/\d/.test(text),
  },
  {
    use: 'text',
    says: 'texts with e-mail addresses inside',
    least: 0.01,
    confidence: 0.85,
    passes: text => text.includes('@') && isLiveAddress(anyAddress.exec(text)?.[0] ?? ''),
  },
  {
    use: 'text',
    says: 'texts with phone numbers inside',
    least: 0.05,
    confidence: 0.7,
    passes: text => text.length > 25 && text.includes('+') && /(?:^|\s)\+\d[\d ()/-]{7,}/.test(text),
  },
];

/** What is looked for in texts. */
const prose: readonly Test[] = [
  {
    use: 'text',
    says: 'texts that greet, sign or address somebody',
    least: 0.03,
    fewest: 2,
    confidence: 0.75,
    passes: addressesSomebody,
  },
  {
    use: 'text',
    says: 'texts with names of people inside',
    least: 0.05,
    fewest: 2,
    confidence: 0.6,
    passes: mentionsSomebody,
  },
  {
    use: 'text',
    says: 'texts of somebody about themselves',
    least: 0.15,
    fewest: 2,
    confidence: 0.5,
    passes: speaksOfItself,
  },
];

/** Names and prose are looked at in fewer values: that takes longest, and every column gets there. */
const fewer = 80;

/**
 * What the sampled values of a column say: nothing for fewer than three values that are not blank.
 *
 * @param leniency what the shares that must pass are multiplied with: fewer do where the column's name gives reason to doubt
 */
export function evidenceOf(values: readonly string[], leniency = 1): ValueEvidence | undefined {
  const texts = values.map(value => value.trim()).filter(value => value !== '');
  if (texts.length < 3) return undefined;
  return (
    firstOf(exact, texts, leniency) ??
    namesOf(texts.slice(0, fewer), leniency) ??
    firstOf(loose, texts, leniency) ??
    firstOf(prose, texts.slice(0, fewer), leniency)
  );
}

function firstOf(
  tests: readonly Test[],
  texts: readonly string[],
  leniency: number,
): ValueEvidence | undefined {
  for (const { use, says, least, fewest = 1, confidence, passes } of tests) {
    const needed = Math.max(least * leniency * texts.length, Math.min(fewest, texts.length));
    const found = countUpTo(texts, passes, needed);
    const share = found / texts.length;
    if (found >= needed) return { use, share, reason: said(share, texts.length, says), confidence };
  }
  return undefined;
}

/** How many pass; gives up where no more than too few still can: most tests fail for most columns. */
function countUpTo(texts: readonly string[], passes: (text: string) => boolean, needed: number): number {
  let found = 0;
  for (const [index, text] of texts.entries()) {
    if (found + texts.length - index < needed) return found;
    if (passes(text)) found++;
  }
  return found;
}

const said = (share: number, of: number, what: string): string =>
  `${Math.round(share * 100)} % of ${of} sampled values are ${what}`;

const nameKinds = {
  fullName: { says: 'names of people', confidence: 0.85 },
  givenName: { says: 'given names', confidence: 0.8 },
  familyName: { says: 'family names', confidence: 0.75 },
} as const;

function namesOf(texts: readonly string[], leniency: number): ValueEvidence | undefined {
  const found = namesIn(texts, leniency);
  if (found === undefined) return undefined;
  const { says, confidence } = nameKinds[found.use];
  return { use: found.use, share: found.share, reason: said(found.share, texts.length, says), confidence };
}

function isCard(text: string): boolean {
  if (text.length > 25) return false;
  const digits = text.replace(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && isLuhnValid(digits) && isCardShape(digits);
}

function isJsonDocument(text: string): boolean {
  // A template's `{$NAME}` and an expression's `{1234}>5` are none.
  return /^(?:\{\s*"|\[\s*["{[\d-])[\s\S]*[}\]]$/.test(text);
}

/** Groups of digits as they are dialled, without a sign that says so: `599-798-3065 x32`, `972 588 120`. */
const grouped = /^\(?\d{2,3}\)?([-. ])\d{2,3}\1\d{2,4}(?:\1\d{2,4})?(?: ?(?:x|ext\.?) ?\d{1,6})?$/;

function isPhone(text: string): boolean {
  if (text.length > 28) return false;
  const digits = text.replace(/\D/g, '').length;
  if (grouped.test(text) && digits >= 9 && digits <= 16) return true;
  return /^[+(\d][\d\s()./-]{5,24}$/.test(text) && looksLikePhone(text, digits);
}
