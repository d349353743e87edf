import { isIP } from 'node:net';
import type { NameClassifier } from '../detect/classify.ts';
import type { ScrubRule, TransformerName } from '../plan.ts';
import { type NormalRule, RuleSet } from '../rules.ts';
import type { Row, Transform, TransformContext } from '../transformer.ts';
import { looksLikePhpSerialized } from './php.ts';

/** Kinds that a key's name alone decides only if the value looks like it: an application's settings are full of such names. */
const plausible: Readonly<Partial<Record<TransformerName, (text: string) => boolean>>> = {
  phone: text => text.replace(/\D/g, '').length >= 6 && /^[\d\s()+./-]+$/.test(text.trim()),
  ip: text => text.split(',').some(part => isIP(part.trim()) !== 0),
  mac: text => /^(?:[0-9a-f]{2}[:-]?){6}$/i.test(text),
  url: text => /^(?:https?:)?\/\//i.test(text),
  iban: text => /\d{5}/.test(text),
  cardNumber: text => text.replace(/\D/g, '').length >= 4,
  nationalId: text => /\d{3}/.test(text),
  taxNumber: text => /\d{3}/.test(text),
  postcode: text => text.length <= 12 && /\d/.test(text),
  birthDate: text => /^\d[\d./ :T+-]{3,}/.test(text),
  geoPoint: text => /-?\d+\.\d+/.test(text),
  token: text => text.length >= 6,
  passwordHash: text => text.length >= 4,
  json: () => false,
  formEncoded: () => false,
};

/** Kinds whose values may be numbers in JSON. */
const numeric: ReadonlySet<TransformerName> = new Set([
  'phone',
  'cardNumber',
  'nationalId',
  'geoPoint',
  'postcode',
  'taxNumber',
]);

/** What only objects about persons hold. */
const ofPeople: ReadonlySet<TransformerName> = new Set([
  'email',
  'phone',
  'street',
  'birthDate',
  'givenName',
  'familyName',
  'nationalId',
]);

const deepest = 12;

/**
 * Decides what happens to one value inside JSON, PHP-serialized data, XML or a form: the rule for its path, else what its
 * key says, else what the value is: another container, or text.
 */
export class LeafScrubber {
  readonly #context: TransformContext;
  readonly #classifier: NameClassifier;
  readonly #kinds = new Map<string, TransformerName | undefined>();
  readonly #isOfPeople = new Map<string, boolean>();
  readonly #names = new Map<string, TransformerName | undefined>();
  readonly #rules: RuleSet;
  #depth = 0;

  /** @param paths rules by path, `*` for any part: `{ "user.*": "fullName", "*.iban": "iban" }` */
  constructor(context: TransformContext, paths: Readonly<Record<string, ScrubRule>>) {
    this.#context = context;
    this.#classifier = context.classifier();
    this.#rules = new RuleSet(paths);
  }

  /**
   * The replacement of a text at `path`, whose last part is its nearest named key.
   *
   * @param isOfPerson something beside it is a person's: see {@link isOfPeople}
   */
  text(path: readonly string[], value: Buffer, row: Row, isOfPerson = false): Buffer | null {
    if (value.length === 0) return value;
    const rule = this.#ruleOf(path);
    if (rule !== undefined) return this.#apply(rule, value, row);
    const container = containerOf(value);
    if (container !== undefined && this.#depth < deepest) {
      this.#depth++;
      try {
        return this.#context.nested(container)(value, row);
      } finally {
        this.#depth--;
      }
    }
    const kind = this.#kindOf(path) ?? (isOfPerson ? this.#nameOf(path, value) : undefined);
    const fits = kind !== undefined && looksLike(kind, value);
    return this.#context.nested(fits ? kind : 'text')(value, row);
  }

  /** The replacement of a number's digits; the number itself where its key says nothing personal. */
  number(path: readonly string[], digits: string, row: Row): string {
    const rule = this.#ruleOf(path);
    const kind = rule?.use ?? this.#kindOf(path);
    if (kind === undefined || kind === 'keep') return digits;
    if (rule === undefined && (!numeric.has(kind) || digits.replace(/\D/g, '').length < 5)) return digits;
    const replaced = this.#apply(rule ?? { use: kind, options: {} }, Buffer.from(digits), row);
    const text = (replaced ?? Buffer.alloc(0)).toString('latin1').replace(/[^\d.-]/g, '');
    return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? text : `1${text.replace(/\D/g, '')}`;
  }

  /** Whether a key says that what it stands in is about a person: an address, a number, part of a name. */
  isOfPeople(key: string): boolean {
    let known = this.#isOfPeople.get(key);
    if (known === undefined) {
      const kind = this.#kindOf([key]);
      known = kind !== undefined && ofPeople.has(kind);
      if (this.#isOfPeople.size > 4096) this.#isOfPeople.clear();
      this.#isOfPeople.set(key, known);
    }
    return known;
  }

  /** `name`, `first`, `last`: a person's only where something else says that there is one. */
  #nameOf(path: readonly string[], value: Buffer): TransformerName | undefined {
    const key = path.at(-1);
    if (key === undefined || !isName(key) || value.length > 120) return undefined;
    if (!this.#names.has(key)) {
      if (this.#names.size > 4096) this.#names.clear();
      this.#names.set(key, this.#classifier.nameInPerson(key));
    }
    const kind = this.#names.get(key);
    return kind !== undefined && isNameLike(value.toString('utf8')) ? kind : undefined;
  }

  #apply(rule: NormalRule, value: Buffer, row: Row): Buffer | null {
    const hasOptions = Object.keys(rule.options).length > 0;
    const transform: Transform = this.#context.nested(rule.use, hasOptions ? rule.options : undefined);
    return transform(value, row);
  }

  #ruleOf(path: readonly string[]): NormalRule | undefined {
    return this.#rules.isEmpty ? undefined : this.#rules.findPath(path.join('.'));
  }

  /** The nearest key that is a name: list positions say nothing. */
  #kindOf(path: readonly string[]): TransformerName | undefined {
    const key = path.findLast(isName);
    if (key === undefined) return undefined;
    if (!this.#kinds.has(key)) {
      if (this.#kinds.size > 4096) this.#kinds.clear();
      this.#kinds.set(key, this.#classifier.kindOfKey(key));
    }
    return this.#kinds.get(key);
  }
}

function looksLike(kind: TransformerName, value: Buffer): boolean {
  if (kind === 'email') return value.includes(0x40);
  const isPlausible = plausible[kind];
  return isPlausible === undefined || isPlausible(value.toString('utf8'));
}

/** Letters, and nothing that names do not have. */
const isNameLike = (text: string): boolean => /\p{L}/u.test(text) && !/[@<>{}[\]=:/\\]|\d{3}/.test(text);

/** Anything but a position in a list. */
function isName(part: string): boolean {
  const code = part.charCodeAt(0) | 0x20;
  return (code >= 0x61 && code <= 0x7a) || /[a-z]/i.test(part);
}

function containerOf(value: Buffer): TransformerName | undefined {
  const first = value[0];
  const last = value[value.length - 1];
  if ((first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d)) return 'json';
  return looksLikePhpSerialized(value) ? 'phpSerialized' : undefined;
}
