import { toAscii } from '../normalize.ts';

/**
 * The words of a name: `billingEMail2` → `billing`, `e`, `mail`; `user_lastname` → `user`, `lastname`; digits are left out. Words
 * that are several known ones run together (`mobilephonenumber`) are taken apart.
 */
export function wordsOfName(name: string, known: ReadonlySet<string>): string[] {
  return toAscii(germanUmlauts(name))
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(word => word !== '')
    .flatMap(word => (known.has(word) ? [word] : takeApart(word, known)));
}

/** `ae` and `ä` are one spelling; lists hold the one without. */
function germanUmlauts(name: string): string {
  return name.replace(/stra(?:ß|sz)e/gi, 'strasse');
}

/** `toaddress`, `idno`. */
const shortHeads = new Set(['id', 'no', 'nr', 'to', 'by']);

/** Splits into known words from the left, longest first; the word itself where that leaves a rest. */
function takeApart(word: string, known: ReadonlySet<string>): string[] {
  if (word.length < 5) return [word];
  const found = split(word, known);
  if (found !== undefined) return found;
  // `altcontactzip`: a short beginning that nobody knows, and long words that are known.
  for (let length = 2; length <= longestUnknown && word.length - length >= shortestRest; length++) {
    const rest = split(word.slice(length), known);
    if (rest !== undefined && rest.length > 1 && rest.every(part => part.length >= 4))
      return [word.slice(0, length), ...rest];
  }
  return [word];
}

const longestUnknown = 4;
const shortestRest = 7;

function split(word: string, known: ReadonlySet<string>): string[] | undefined {
  if (word === '') return [];
  for (let length = word.length; length >= 2; length--) {
    const head = word.slice(0, length);
    // Two letters are in every word: `strip` is no street with an `ip`.
    if (!known.has(head) || (length < 3 && !shortHeads.has(head))) continue;
    const rest = split(word.slice(length), known);
    if (rest !== undefined) return [head, ...rest];
  }
  return undefined;
}
