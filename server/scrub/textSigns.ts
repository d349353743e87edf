import { isSign, signBeginnings } from './salutations.ts';

const digit = 1;
/** A digit after a letter: an IBAN has one. */
const digitInWord = 2;
const at = 4;
const percent = 8;
const colon = 16;
const beginning = 32;

const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** By pair of bytes: what the second is, and whether the pair begins a word that says that a name follows. */
const marks = new Uint8Array(65_536);
for (let before = 0; before < 256; before++) {
  const row = before << 8;
  marks.fill(isLetter(before) ? digitInWord : digit, row + 0x30, row + 0x3a);
  marks[row + 0x40] = at;
  marks[row + 0x25] = percent;
  marks[row + 0x3a] = colon;
}
for (let pair = signBeginnings.indexOf(1); pair >= 0; pair = signBeginnings.indexOf(1, pair + 1))
  marks[pair] = (marks[pair] as number) | beginning;
/** A run of fewer digits is no number that is searched for. */
const shortestNumber = 4;

/** What one pass over a text tells of it. Nearly all texts have nothing that a search would find, and need no other pass. */
export class TextSigns {
  hasAt = false;
  /** Whether a search for addresses and numbers may find something. */
  mayHoldValues = false;
  /** Whether the text may greet, sign with or give a title to somebody. */
  mayHoldNames = false;

  read(bytes: Buffer, start: number, end: number): void {
    let digits = 0;
    let colons = 0;
    let seen = 0;
    let hasSign = false;
    let before = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      const mark = marks[(before << 8) | byte] as number;
      before = byte;
      if (mark === 0) continue;
      seen |= mark;
      if (mark === digit) digits++;
      else if (mark === colon) colons++;
      else if (mark >= beginning && !hasSign && i > start) hasSign = isSign(bytes, i - 1, start, end);
    }
    this.hasAt = (seen & at) !== 0;
    this.mayHoldValues =
      (seen & (at | percent | digitInWord)) !== 0 || digits >= shortestNumber || colons >= 2;
    this.mayHoldNames = hasSign;
  }
}
