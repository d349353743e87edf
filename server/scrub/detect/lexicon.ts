import type { TransformerName } from '../plan.ts';
import { contentWords, humans, nameWords, objectWords, ownAddress } from './contextWords.ts';
import { Spelling } from './spelling.ts';
import { wordsOfName } from './tokens.ts';
import { harmless, personTables, phrases, speechTables } from './vocabulary.ts';
import { personTablesEurope, phrasesEurope } from './vocabularyEurope.ts';

export interface Phrase {
  words: string[];
  kind: TransformerName;
}

const list = (text: string): string[] =>
  text
    .split('|')
    .map(part => part.trim().replace(/\s+/g, ' '))
    .filter(part => part !== '');

const plainWords = ['user', 'customer', 'number', 'no', 'nr', 'id', 'hash', 'text', 'addr', 'login'];

/** The vocabulary, ready to be looked up in, and names read with it. Made once. */
export class Lexicon {
  /** Every word that is in a list. */
  readonly known = new Set<string>();
  /** At the end of a name they say that it is about something else. */
  readonly last: ReadonlySet<string> = new Set(list(harmless.last));
  /** Anywhere in a name. */
  readonly any: ReadonlySet<string> = new Set(list(harmless.any));
  /** What tables of people are called, and of what people write or do. */
  readonly people: ReadonlySet<string> = new Set([...list(personTables), ...list(personTablesEurope)]);
  readonly speech: ReadonlySet<string> = new Set(list(speechTables));
  readonly #phrases = new Map<string, Phrase[]>();
  readonly #spelling: Spelling;

  constructor() {
    for (const [kind, text] of [...Object.entries(phrases), ...Object.entries(phrasesEurope)])
      for (const phrase of list(text)) this.#add(phrase, kind as TransformerName);
    for (const words of [
      this.last,
      this.any,
      this.people,
      this.speech,
      nameWords,
      contentWords,
      objectWords,
      ownAddress,
      humans,
      plainWords,
    ])
      for (const word of words) this.known.add(word);
    this.#spelling = new Spelling(this.known);
  }

  /** A name's words, run-together and misspelt ones read. */
  wordsOf(name: string): string[] {
    return wordsOfName(name, this.known).flatMap(word => this.#spelling.read(word));
  }

  phrasesFrom(word: string): readonly Phrase[] {
    return this.#phrases.get(word) ?? [];
  }

  #add(phrase: string, kind: TransformerName): void {
    const words = phrase
      .replace(/\d+/g, '')
      .split(' ')
      .filter(word => word !== '');
    const [first] = words;
    if (first === undefined) return;
    for (const word of words) this.known.add(word);
    const from = this.#phrases.get(first);
    if (from === undefined) this.#phrases.set(first, [{ words, kind }]);
    else from.push({ words, kind });
  }
}
