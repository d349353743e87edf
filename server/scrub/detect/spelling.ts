import type { TransformerName } from '../plan.ts';
import { ipOwners } from './contextWords.ts';
import { phrases } from './vocabulary.ts';

/** Kinds whose words mean what they say whatever stands around them. */
const plain: readonly TransformerName[] = [
  'email',
  'givenName',
  'familyName',
  'userName',
  'phone',
  'street',
  'birthDate',
  'nationalId',
  'passwordHash',
];
/** What is one slip away from a word for something personal, and a word itself. */
const englishWords = new Set(
  'varname direction directions direccional creation relation passwords addressed stress'.split(' '),
);
/** `cname`, `upass`: whose it is, by one letter. */
const withInitial = /^[a-z](name|pass|password|phone|mobile|mail|address|addr|tel|city)$/;
/** What people write, at the end of a word: `awayreason`. */
const saidTails = ['reason', 'comment', 'comments', 'remark', 'remarks', 'message'];
/** Shorter words are too near to others to be guessed at. */
const shortestGuessed = 7;
const shortestHead = 6;

/**
 * Reads words that no list has: `pasword` and `adress` are misspelt, `telefonoempl` is a word with a word run into it that is none we
 * know. Guesses only at long words of kinds that are hardly ever anything else.
 */
export class Spelling {
  readonly #long: ReadonlySet<string>;
  readonly #heads: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #read = new Map<string, string[]>();

  constructor(known: ReadonlySet<string>) {
    this.#known = known;
    const words = plain.flatMap(kind =>
      (phrases[kind] ?? '')
        .split('|')
        .map(phrase => phrase.trim())
        .filter(phrase => /^[a-z]+$/.test(phrase)),
    );
    this.#long = new Set(words.filter(word => word.length >= shortestGuessed));
    this.#heads = [...new Set(words.filter(word => word.length >= shortestHead))].sort(
      (a, b) => b.length - a.length,
    );
  }

  read(word: string): string[] {
    if (this.#known.has(word) || word.length < 4) return [word];
    let found = this.#read.get(word);
    if (found === undefined) {
      if (this.#read.size > 10_000) this.#read.clear();
      found = this.#guess(word);
      this.#read.set(word, found);
    }
    return found;
  }

  #guess(word: string): string[] {
    const abbreviated = withInitial.exec(word);
    if (abbreviated !== null) return [abbreviated[1] as string];
    const whose = ipOwner(word);
    if (whose !== undefined) return whose;
    if (word.length < shortestGuessed - 1) return [word];
    for (const known of this.#long)
      if (isOneSlipAway(word, known)) return englishWords.has(word) ? [word] : [known];
    const head = this.#heads.find(known => word.length >= known.length + 4 && word.startsWith(known));
    if (head !== undefined) return [head, word.slice(head.length)];
    const tail = this.#heads.find(known => word.length >= known.length + 4 && word.endsWith(known));
    if (tail !== undefined) return [word.slice(0, -tail.length), tail];
    const said = saidTails.find(known => word.length >= known.length + 4 && word.endsWith(known));
    return said === undefined ? [word] : [word.slice(0, -said.length), said];
  }
}

/** `regip`, `iplastlogin`: an address with whose it is run into it. */
function ipOwner(word: string): string[] | undefined {
  if (word.endsWith('ip') && ipOwners.has(word.slice(0, -2))) return [word.slice(0, -2), 'ip'];
  if (!word.startsWith('ip')) return undefined;
  const rest = word.slice(2);
  for (let length = 3; length < rest.length; length++)
    if (ipOwners.has(rest.slice(0, length)) && ipOwners.has(rest.slice(length)))
      return ['ip', rest.slice(0, length), rest.slice(length)];
  return ipOwners.has(rest) ? ['ip', rest] : undefined;
}

/** One letter left out, added, or replaced, or two next to each other swapped; the first letter is right. */
function isOneSlipAway(word: string, known: string): boolean {
  const difference = word.length - known.length;
  if (difference < -1 || difference > 1 || word[0] !== known[0]) return false;
  let at = 0;
  while (at < word.length && word[at] === known[at]) at++;
  const rest = (text: string, skip: number) => text.slice(at + skip);
  if (difference < 0) return rest(word, 0) === rest(known, 1);
  if (difference > 0) return rest(word, 1) === rest(known, 0);
  if (rest(word, 1) === rest(known, 1)) return true;
  return word[at] === known[at + 1] && word[at + 1] === known[at] && rest(word, 2) === rest(known, 2);
}
