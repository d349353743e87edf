import { isIP } from 'node:net';
import { isIbanValid } from '../iban.ts';
import { toAscii } from '../normalize.ts';
import type { TransformerName } from '../plan.ts';
import { isCardShape, isLiveAddress, isLuhnValid } from '../reserved.ts';
import { looksLikePhone } from '../textReplacer.ts';
import { familyNames, givenNames } from '../values/names.ts';

export interface ValueEvidence {
  use: TransformerName;
  reason: string;
  confidence: number;
}

interface Test {
  use: TransformerName;
  says: string;
  /** Share of the values that must pass. */
  least: number;
  confidence: number;
  passes(text: string): boolean;
}

const wholeAddress = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[a-z]{2,24}$/i;
const anyAddress = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/i;

/** In order: the first that holds decides. Those with a checksum come first. */
const tests: readonly Test[] = [
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
    passes: text => wholeAddress.test(text),
  },
  {
    use: 'phpSerialized',
    says: 'PHP-serialized values',
    least: 0.3,
    confidence: 0.9,
    passes: text => /^(?:a:\d+:\{|O:\d+:"|s:\d+:")/.test(text),
  },
  { use: 'json', says: 'JSON documents', least: 0.3, confidence: 0.9, passes: isJsonDocument },
  { use: 'ip', says: 'network addresses', least: 0.5, confidence: 0.95, passes: text => isIP(text) !== 0 },
  {
    use: 'mac',
    says: 'hardware addresses',
    least: 0.5,
    confidence: 0.95,
    passes: text => /^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
  },
  { use: 'phone', says: 'phone numbers', least: 0.5, confidence: 0.9, passes: isPhone },
  { use: 'fullName', says: 'names of people', least: 0.25, confidence: 0.85, passes: isFullName },
  {
    use: 'givenName',
    says: 'given names',
    least: 0.3,
    confidence: 0.8,
    passes: text => givenSet.has(fold(text)),
  },
  {
    use: 'familyName',
    says: 'family names',
    least: 0.3,
    confidence: 0.75,
    passes: text => familySet.has(fold(text)),
  },
  {
    use: 'text',
    says: 'texts with e-mail addresses inside',
    least: 0.01,
    confidence: 0.85,
    passes: text => isLiveAddress(anyAddress.exec(text)?.[0] ?? ''),
  },
  {
    use: 'text',
    says: 'texts with phone numbers inside',
    least: 0.05,
    confidence: 0.7,
    passes: text => text.length > 25 && /(?:^|\s)\+\d[\d ()/-]{7,}/.test(text),
  },
];

const fold = (text: string): string => toAscii(text).toLowerCase();
const givenSet = new Set(givenNames.map(fold));
const familySet = new Set(familyNames.map(fold));

/** What the sampled values of a column say: nothing for fewer than three values that are not blank. */
export function evidenceOf(values: readonly string[]): ValueEvidence | undefined {
  const texts = values.map(value => value.trim()).filter(value => value !== '');
  if (texts.length < 3) return undefined;
  for (const { use, says, least, confidence, passes } of tests) {
    const found = texts.filter(passes).length;
    const distinct = new Set(texts).size;
    // Five brands may be called like people; five names do not make a column of names.
    const named = use === 'fullName' || use === 'givenName' || use === 'familyName';
    if (found / texts.length < least || found < (named ? 5 : 1) || (named && distinct < 8)) continue;
    const share = Math.round((found / texts.length) * 100);
    return { use, reason: `${share} % of ${texts.length} sampled values are ${says}`, confidence };
  }
  return undefined;
}

function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && isLuhnValid(digits) && isCardShape(digits);
}

function isJsonDocument(text: string): boolean {
  // A template's `{$NAME}` and an expression's `{1234}>5` are none.
  return /^(?:\{\s*"|\[\s*["{[\d-])[\s\S]*[}\]]$/.test(text);
}

function isPhone(text: string): boolean {
  if (!/^[+(\d][\d\s()./-]{5,24}$/.test(text)) return false;
  return looksLikePhone(text, text.replace(/\D/g, '').length);
}

function isFullName(text: string): boolean {
  const words = text.split(/[\s,]+/);
  if (words.length < 2 || words.length > 4 || /\d/.test(text)) return false;
  return words.some(word => givenSet.has(fold(word))) && words.some(word => /^\p{Lu}/u.test(word));
}
