import { NumberPlan } from '../phonePlan.ts';
import type { ColumnPlan, TransformerName } from '../plan.ts';
import { isCardShape, isLiveAddress, isLuhnValid, isTestCard } from '../reserved.ts';
import { mayBeginName } from './filters.ts';
import type { OriginalsIndex } from './originalsIndex.ts';
import { isHostAt, type ScanVisitor, scanValue } from './scan.ts';
import { endOfWord, hashWord, isWordByte, isWordStart } from './words.ts';

export type LeakKind =
  | 'address'
  | 'phone'
  | 'card'
  | 'iban'
  | 'name'
  | 'value'
  | 'live-address'
  | 'live-card'
  | 'live-iban'
  | 'live-key';

const longestName = 160;
const shaped: ReadonlySet<TransformerName> = new Set<TransformerName>([
  'nationalId',
  'taxNumber',
  'postcode',
  'token',
  'userName',
]);

/**
 * Searches the values of one column. Originals count wherever they stand. What merely looks live, and words that are
 * somebody's name or value elsewhere, count unless the column's rule allows it
 * (`{ "use": "text", "allow": ["email"] }`).
 */
export class ColumnSearch implements ScanVisitor {
  readonly name: string;
  readonly readsEncoded = true;
  readonly #column: ColumnPlan;
  readonly #index: OriginalsIndex;
  readonly #searched: boolean;
  /** Keyed values of the originals' own shape: among a million short ones some are others' originals by chance. */
  readonly #isShaped: boolean;
  readonly #plan = new NumberPlan();
  readonly #counts = new Map<LeakKind, number>();
  readonly #inValue = new Set<LeakKind>();
  readonly #seeksValues: boolean;
  /** Of the originals' names, where they are looked for. */
  readonly pairs: Uint8Array | undefined;
  readonly #allowed: ReadonlySet<string>;
  /** Runs of digits as long as a card's, and how many of them pass as one: identifiers pass one time in ten. */
  #cardLike = 0;
  #cards = 0;

  constructor(column: ColumnPlan, index: OriginalsIndex, searched: boolean) {
    this.name = column.name;
    this.#column = column;
    this.#index = index;
    this.#searched = searched;
    this.#isShaped = shaped.has(column.use);
    const allow = column.options['allow'];
    this.#allowed = new Set(Array.isArray(allow) ? allow.map(String) : []);
    this.#seeksValues = index.holds('value') && !this.#allowed.has('value');
    this.pairs = index.holds('name') && !this.#allowed.has('name') ? index.pairs : undefined;
  }

  /** Takes the value `bytes[start, end)`. */
  add(bytes: Buffer, start: number, end: number): void {
    if (!this.#searched) return;
    scanValue(bytes, this, start, end);
    if (this.#seeksValues && this.#mayBeValue(end - start) && this.#index.hasValue(bytes, start, end))
      this.#hit('value');
    if (this.#column.use === 'phone' && this.#isOriginalPhone(bytes, start, end)) this.#hit('phone');
    if (this.#inValue.size === 0) return;
    for (const kind of this.#inValue) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#inValue.clear();
  }

  #mayBeValue(length: number): boolean {
    return length >= (this.#isShaped ? 16 : 8) && length <= 1024;
  }

  found(): { kind: LeakKind; count: number }[] {
    const found = [...this.#counts].map(([kind, count]) => ({ kind, count }));
    if (this.#cards * 2 > this.#cardLike && !this.#allowed.has('card'))
      found.push({ kind: 'live-card', count: this.#cards });
    return found;
  }

  address(bytes: Buffer, start: number, end: number, to: number): void {
    if (!isLiveAddress(bytes.toString('latin1', start, end))) return;
    if (this.#index.has('address', bytes, start, end)) this.#hit('address');
    // `git@host:path` names a repository.
    else if (
      !this.#allowed.has('email') &&
      !(end < to && bytes[end] === 0x3a && bytes.toString('latin1', start, start + 4) === 'git@')
    )
      this.#hit('live-address');
  }

  isOwnHost(bytes: Buffer, at: number, to: number): boolean {
    return isHostAt(bytes, at, to, ownHost);
  }

  number(bytes: Buffer, start: number, end: number, digits: number): void {
    if (digits >= 13 && digits <= 19) this.#card(bytes, start, end);
    // Bare digits in a kept column are order numbers as likely as phone numbers: only what is written as one counts there.
    const first = bytes[start] as number;
    const written = first === 0x2b || first === 0x30 || end - start > digits;
    if (digits <= 15 && (written || this.#column.use !== 'keep') && this.#isOriginalPhone(bytes, start, end))
      this.#hit('phone');
  }

  iban(bytes: Buffer, start: number, end: number): void {
    if (this.#index.has('iban', bytes, start, end)) this.#hit('iban');
    else if (!this.#allowed.has('iban') && !isTestIban(bytes.toString('latin1', start, end)))
      this.#hit('live-iban');
  }

  secret(): void {
    if (!this.#allowed.has('key')) this.#hit('live-key');
  }

  #card(bytes: Buffer, start: number, end: number): void {
    this.#cardLike++;
    const digits = bytes.toString('latin1', start, end).replace(/\D/g, '');
    if (!isLuhnValid(digits) || !isCardShape(digits) || isTestCard(digits)) return;
    if (this.#index.has('card', bytes, start, end)) this.#hit('card');
    else this.#cards++;
  }

  #isOriginalPhone(bytes: Buffer, start: number, end: number): boolean {
    return (
      this.#index.has('phone', bytes, start, end) &&
      !this.#plan.isUncallable(bytes.toString('utf8', start, end))
    );
  }

  #hit(kind: LeakKind): void {
    this.#inValue.add(kind);
  }

  /** Windows of two to four words, hashed only where a collected name begins with the first. */
  word(value: Buffer, start: number, from: number, to: number): void {
    if (!isWordStart(value, start, from)) return;
    const end = endOfWord(value, start, to);
    if (mayBeginName(this.#index.filters, hashWord(value, start, end)))
      this.#searchWindows(value, start, end, to);
  }

  #searchWindows(value: Buffer, start: number, firstEnd: number, to: number): void {
    let end = firstEnd;
    const stop = Math.min(to, start + longestName);
    for (let words = 2; words <= 4; words++) {
      let next = end;
      while (next < stop && !isWordByte(value[next] as number)) next++;
      if (next - end > 3) return;
      end = next;
      while (end < stop && isWordByte(value[end] as number)) end++;
      if (end === next) return;
      if (this.#index.has('name', value, start, end)) this.#hit('name');
    }
  }
}

/** What the scrubber writes, told by bytes: most addresses of a base are of this host. */
const ownHost = Buffer.from('@example.com');

/** Accounts whose bank code no bank has: what the scrubber writes. */
function isTestIban(text: string): boolean {
  return /^[A-Z]{2}\d\d(?:0{4}|[A-Z]{4}0|TEST|9{4})/.test(text.replace(/ /g, '').toUpperCase());
}
