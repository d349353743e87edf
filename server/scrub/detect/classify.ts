import { isBytes, isCharacter, isInteger } from '../columnType.ts';
import type { TransformerName } from '../plan.ts';
import {
  ambiguousPhrases,
  ambiguousWords,
  contentWords,
  doneTables,
  humans,
  ipOwners,
  loneWords,
  machineWords,
  nameWords,
  networkWords,
  notByWhom,
  noteWords,
  objectWords,
  personMarkers,
  pictureWords,
  senders,
  thingWords,
  writtenTables,
} from './contextWords.ts';
import { inDoubt } from './doubt.ts';
import { fitsType, type TypedColumn } from './fitsType.ts';
import { contactKinds, listable, numbered, ofSomebody, valueWords } from './kinds.ts';
import { Lexicon, type Phrase } from './lexicon.ts';
import { sharedPrefix } from './prefix.ts';
import { isSessionKey, opensDoor } from './sessionKeys.ts';
import { wordsOfName } from './tokens.ts';
import { type Topic, topicOfColumns } from './topic.ts';

export interface Classified {
  use: TransformerName;
  reason: string;
  /** 0 to 1. */
  confidence: number;
}

/** What there is to know of a table for each of its columns. */
export interface About {
  topic: Topic;
  /** Whether it has a column that is called `name`, `title` or `label`. */
  isCatalogue: boolean;
  /** A column's name without what all of them begin with. */
  without(name: string): string;
}

interface Match {
  phrase: Phrase;
  at: number;
}

const singular = (word: string): string => word.replace(/(?:ies|y|s)$/, '');
/** Says from names and types alone whether a column is personal. Made once, then asked for every column: a schema takes milliseconds. */
export class NameClassifier {
  readonly #lexicon = new Lexicon();
  readonly #about = new WeakMap<readonly TypedColumn[], About>();

  /** What a table is about, and what its columns' names begin with. Worked out once for each list of columns. */
  about(table: string, columns: readonly TypedColumn[] = []): About {
    let about = this.#about.get(columns);
    if (about === undefined) {
      const without = sharedPrefix(
        columns.map(({ name }) => name),
        word => this.#lexicon.known.has(word),
      );
      const isCatalogue = columns.some(({ name }) => /^(?:name|title|label|question)$/i.test(without(name)));
      about = { topic: this.#topicOf(table, columns, without), isCatalogue, without };
      this.#about.set(columns, about);
    }
    return about;
  }

  #topicOf(table: string, columns: readonly TypedColumn[], without: About['without']): Topic {
    const named = this.#topicOfName(table);
    if (named === 'people' || columns.length === 0) return named;
    const read = columns.map(column => {
      const words = this.#lexicon.wordsOf(without(column.name));
      return {
        words,
        use: this.#bestPhrase(words, column, 'things', table)?.use,
        isPersonKey: this.#isPersonKey(words, column),
      };
    });
    const isOfMachines = this.#lexicon.wordsOf(table).some(word => machineWords.has(word.replace(/s$/, '')));
    return topicOfColumns(named, read, isOfMachines);
  }

  /** `user_id`, `customerId`, `pid`: says whose row it is. */
  #isPersonKey(words: readonly string[], column: TypedColumn): boolean {
    if (!isInteger(column) && !isCharacter(column) && !isBytes(column)) return false;
    // Whose row it is, not who wrote it.
    if (words.some(word => /^authors?$/.test(word))) return false;
    return /^(?:p|u)id$/.test(column.name.toLowerCase()) || this.#isWhoseKey(words);
  }

  #isWhoseKey(words: readonly string[]): boolean {
    // `parent_id` is of a tree.
    return (
      words.at(-1) === 'id' &&
      words.some(word => word !== 'parent' && this.#lexicon.people.has(word) && !objectWords.has(word))
    );
  }

  #topicOfName(table: string): Topic {
    const words = wordsOfName(table, this.#lexicon.known);
    const last = words.at(-1) ?? '';
    if (objectWords.has(last)) return 'things';
    const head = words.slice(-2).join(' ');
    const isOfObjects = words.slice(0, -1).some(word => objectWords.has(word));
    if ((this.#lexicon.people.has(last) || this.#lexicon.people.has(head)) && !isOfObjects) return 'people';
    if (this.#lexicon.speech.has(last) || this.#lexicon.speech.has(head)) return 'speech';
    if (words.some(word => this.#lexicon.people.has(word)) && !isOfObjects) return 'people';
    if (words.some(word => this.#lexicon.speech.has(word))) return 'speech';
    return 'things';
  }

  /** @param about the table, where the caller has it already */
  classify(table: string, column: TypedColumn, about: About = this.about(table)): Classified | undefined {
    const words = this.#lexicon.wordsOf(about.without(column.name));
    return (
      this.#certain(table, words, column, about.topic) ??
      inDoubt(words, column, about, {
        table: this.#lexicon.wordsOf(table),
        isHarmless: said => this.#isHarmless(said, table),
        isWhoseKey: said => this.#isWhoseKey(said),
        isPerson: said => this.#lexicon.people.has(said),
      })
    );
  }

  #certain(
    table: string,
    words: readonly string[],
    column: TypedColumn,
    topic: Topic,
  ): Classified | undefined {
    if (isSessionKey(table, words, column))
      return { use: 'token', reason: 'the key of a session', confidence: 0.9 };
    if (opensDoor(this.#lexicon.wordsOf(table), words, column))
      return { use: 'token', reason: 'the key of what its table is about', confidence: 0.8 };
    const match = this.#bestPhrase(words, column, topic, table) ?? this.#byTable(words, column, topic, table);
    if (match !== undefined) return match;
    return this.#byContext(words, column, topic, table);
  }

  /** `notify_by`, `email_sent`; `report_name` in a table of reports: what its table lists is called so. */
  #isHarmless(words: readonly string[], table: string): boolean {
    // `drug_use` is no flag, `use_drugs` is one.
    if (words.some((word, at) => this.#lexicon.any.has(word) && !(at > 0 && /^uses?$/.test(word))))
      return true;
    if (this.#lexicon.last.has(words.at(-1) ?? '')) return true;
    if (words.length < 2 || !nameWords.has(words.at(-1) ?? '')) return false;
    if (this.#lexicon.last.has(words.at(-2) ?? '')) return true;
    const listed = this.#lexicon.wordsOf(table).map(singular);
    return words.slice(0, -1).every(word => listed.includes(singular(word)));
  }

  /** `phones.number`, beside whose it is: what the table is called says which. */
  #byTable(
    words: readonly string[],
    column: TypedColumn,
    topic: Topic,
    table: string,
  ): Classified | undefined {
    if (topic !== 'linked' || words.length !== 1 || !valueWords.has(words[0] ?? '')) return undefined;
    const found = this.#bestPhrase(this.#lexicon.wordsOf(table), column, topic, '');
    return found !== undefined && contactKinds.has(found.use) ? found : undefined;
  }

  /** The kind of a key inside JSON, XML or a form. */
  kindOfKey(key: string): TransformerName | undefined {
    const column = { name: key, dataType: 'text', columnType: 'text', maxLength: null };
    return this.#certain('', this.#lexicon.wordsOf(key), column, 'things')?.use;
  }

  /** Which name a key means inside something that is about a person: `name`, `first`, `nom`. */
  nameInPerson(key: string): TransformerName | undefined {
    const words = this.#lexicon.wordsOf(key);
    const only = words.length === 1 ? (words[0] ?? '') : '';
    if (/^(?:first|given|middle|vor|second)$/.test(only)) return 'givenName';
    if (/^(?:last|family|nach)$/.test(only)) return 'familyName';
    return /^(?:full|who|person|customer|contact)$/.test(only) || this.#isName(words)
      ? 'fullName'
      : undefined;
  }

  #bestPhrase(
    words: readonly string[],
    column: TypedColumn,
    topic: Topic,
    table: string,
  ): Classified | undefined {
    const matches: Match[] = [];
    for (let at = 0; at < words.length; at++)
      for (const phrase of this.#lexicon.phrasesFrom(words[at] as string))
        if (phrase.words.every((word, i) => words[at + i] === word) && fitsType(phrase.kind, column))
          matches.push({ phrase, at });
    // `comment_author`: the longest says it, and a text last, which would leave a name that stands alone.
    matches.sort(
      (a, b) =>
        b.phrase.words.length - a.phrase.words.length ||
        Number(a.phrase.kind === 'text') - Number(b.phrase.kind === 'text'),
    );
    const match = matches.find(({ phrase, at }) => this.#holds(phrase, at, words, topic, table));
    if (match === undefined) return undefined;
    const { phrase } = match;
    const sure = phrase.words.length > 1 || topic === 'people' || topic === 'speech';
    return {
      use: phrase.kind,
      reason: `its name says "${phrase.words.join(' ')}"${topic === 'people' ? ', its table is about people' : ''}`,
      confidence: sure ? 0.95 : 0.85,
    };
  }

  /** Whether a phrase that was found means what it says, by the words around it and by the table. */
  #holds(phrase: Phrase, at: number, words: readonly string[], topic: Topic, table: string): boolean {
    const before = words.slice(0, at);
    const after = words.slice(at + phrase.words.length);
    const isAddress = phrase.kind === 'email' && after.length === 0;
    // `default_location` of somebody is one of his.
    const speaksOfIt = (word: string) =>
      this.#lexicon.any.has(word) &&
      !(isAddress && senders.has(word)) &&
      !(topic === 'people' && word === 'default');
    if (before.some(speaksOfIt)) return false;
    if (after.some(word => this.#lexicon.last.has(word) && !isPartOf(phrase.kind, word))) return false;
    // `email_verified`, `user_touched`: about an event; `password_encrypted` is the thing itself.
    if (after.some(word => word.endsWith('ed') && !/^(?:encrypted|hashed|crypted)$/.test(word))) return false;
    const said = phrase.words.join(' ');
    if (loneWords.has(said) && after.length > 0) return false;
    if (phrase.kind === 'text' && after.at(-1) === 'code') return false;
    if (networkWords.has(said) && topic !== 'people') return false;
    if (topic === 'people' || topic === 'speech') return true;
    if (said === 'ip' && this.#isSomebodys(before, table)) return true;
    if (topic === 'linked' && (noteWords.has(said) || ofSomebody.has(phrase.kind))) return true;
    if (ambiguousWords.has(said) || ambiguousPhrases.has(said)) return false;
    if (phrase.kind === 'text' && after.includes('url')) return false;
    if (said === 'address' && before.some(word => machineWords.has(word))) return false;
    // `city.city`, `company.company`: a list of such things.
    const isList =
      topic !== 'linked' && words.length === 1 && singular(table.toLowerCase()).endsWith(singular(said));
    return !(isList && listable.has(phrase.kind));
  }

  /** `poster_ip`, and what `ip` is in a log. */
  #isSomebodys(before: readonly string[], table: string): boolean {
    return (
      ipOwners.has(before.at(-1) ?? '') || this.#lexicon.wordsOf(table).some(word => doneTables.has(word))
    );
  }

  /** `message_text`, `desc_rec`; not `content_type`, `meta_key`. */
  #isContent(words: readonly string[]): boolean {
    const last = words.at(-1) ?? '';
    if (contentWords.has(last)) return true;
    return (
      words.length === 2 &&
      contentWords.has(words[0] ?? '') &&
      !this.#lexicon.last.has(last) &&
      !/^(?:key|hash|sum)$/.test(last)
    );
  }

  /** `kellner`, `lecturer_names`, `nombre_paciente`: a person, whatever the table is about. */
  #namesHuman(words: readonly string[], table: string): boolean {
    const [first = '', second = ''] = words;
    if (words.length === 1) return humans.has(first) && singular(table.toLowerCase()) !== singular(first);
    return (
      words.length === 2 &&
      ((humans.has(first) && nameWords.has(second)) || (nameWords.has(first) && humans.has(second)))
    );
  }

  /** A word for a name, and beside it whose it is: a known word, or one of any kind but a thing's. */
  #isName(words: readonly string[]): boolean {
    if (!words.some(word => nameWords.has(word))) return false;
    const isShort = words.length <= 2 && (nameWords.has(words.at(-1) ?? '') || nameWords.has(words[0] ?? ''));
    if (isShort && !words.some(word => objectWords.has(word) || thingWords.has(word))) return true;
    return words.every(
      word => nameWords.has(word) || personMarkers.has(word) || this.#lexicon.people.has(word),
    );
  }

  /** `comments.name`, `guestbook.url`. */
  #ofWriter(words: readonly string[], table: string): Classified | undefined {
    const [only = '', ...more] = words;
    if (more.length > 0 || !writtenTables.has(this.#lexicon.wordsOf(table).at(-1) ?? '')) return undefined;
    if (nameWords.has(only)) return { use: 'fullName', reason: `who wrote it (${table})`, confidence: 0.7 };
    if (only === 'url') return { use: 'url', reason: `of whoever wrote it (${table})`, confidence: 0.6 };
    return undefined;
  }

  /** A picture or other bytes of whoever the row is about, or that they sent. */
  #bytesOf(
    words: readonly string[],
    column: TypedColumn,
    topic: string,
    table: string,
  ): Classified | undefined {
    if (!isBytes(column) || !/blob$/.test(column.dataType)) return undefined;
    if (topic !== 'people' && topic !== 'speech') return undefined;
    if (
      !contentWords.has(words.at(-1) ?? '') &&
      !(topic === 'people' && words.some(word => pictureWords.has(word)))
    )
      return undefined;
    return {
      use: 'blob',
      reason: `binary content in a table about people or what they write (${table})`,
      confidence: 0.6,
    };
  }

  #byContext(
    words: readonly string[],
    column: TypedColumn,
    topic: string,
    table: string,
  ): Classified | undefined {
    if (!isCharacter(column) && !isBytes(column) && column.dataType !== 'json') return undefined;
    const last = words.at(-1) ?? '';
    if (column.maxLength !== null && column.maxLength < 8) return undefined;
    if (words.some(word => this.#lexicon.any.has(word))) return undefined;
    if (last === 'by' && /(?:ed|ten|wn)$/.test(words.at(-2) ?? '') && !notByWhom.has(words.at(-2) ?? ''))
      return { use: 'userName', reason: 'it says by whom', confidence: 0.7 };
    if (this.#namesHuman(words, table)) return { use: 'fullName', reason: 'it says who', confidence: 0.7 };
    const written = this.#ofWriter(words, table);
    if (written !== undefined) return written;
    if (topic === 'people' && this.#isName(words))
      return { use: 'fullName', reason: `a name in a table about people (${table})`, confidence: 0.8 };
    const bytes = this.#bytesOf(words, column, topic, table);
    if (bytes !== undefined) return bytes;
    if (
      topic === 'people' &&
      words.length <= 2 &&
      (words.some(word => word === 'url' || word === 'uri') || pictureWords.has(last))
    )
      return { use: 'url', reason: `an address in a table about people (${table})`, confidence: 0.7 };
    if ((topic === 'people' || topic === 'speech') && this.#isContent(words) && words.length <= 3) {
      const use = column.dataType === 'json' ? 'json' : 'text';
      return {
        use,
        reason: `free content in a table about people or what they write (${table})`,
        confidence: 0.65,
      };
    }
    return undefined;
  }
}

/** Whose number a `num` is that ends such a name, and what an `id` is: the thing itself, not a count or a key. */
function isPartOf(kind: TransformerName, word: string): boolean {
  return (word === 'id' && kind === 'token') || (word === 'num' && numbered.has(kind));
}
