import type { TransformerName } from './plan.ts';

/** A name in a text: offsets in its string. */
export interface FoundName {
  start: number;
  end: number;
  use: Extract<TransformerName, 'givenName' | 'familyName' | 'fullName'>;
}

const word = String.raw`(?:\p{Lu}[\p{L}’'-]*\p{L}|\p{Lu}\.)`;
const particle = String.raw`(?:(?:von|van|de|der|den|di|da|del|della|la|le|zu|dos)\s)*`;
const upToThree = String.raw`(${particle}${word}(?:[ \t]${particle}${word}){0,2})`;
const degree = String.raw`(?:(?:Dr|Prof|Dipl|Ing|Mag)\.?[ \t]){0,2}`;
const lineStart = String.raw`(?<=^|[\n>]|[.!?]\s)[ \t]*`;
const lineEnd = String.raw`(?=[ \t]*(?:[,!.:;<–-]|\r?\n|$))`;

/** Mr, Frau, Mme: what follows is a family name, or a whole one. Abbreviations that are words too need their point. */
const titles = String.raw`(?:Mr|Mrs|Ms|Miss|Mister|Dr|Prof|[Mm]onsieur|[Mm]adame|Mme|Mlle|Mademoiselle|[Ss]eñora?|[Ss]eñorita|Srta|[Ss]ignora?|Signorina|Mevrouw|Meneer|Dhr|Mevr|Senhora?|(?:M|Sr|Sra|Sig|Dott)(?=\.))\.?`;
const germanTitles = String.raw`(?:Herrn?|Frau|Fräulein|(?:Hr|Fr)(?=\.))\.?`;
const greetings = `(?:Dear|Hi|Hello|Hey|Good (?:morning|afternoon|evening)|Hallo|Liebe[rs]?|Sehr geehrte[rs]?|Guten (?:Tag|Morgen|Abend)|Moin|Servus|Grüezi|Bonjour|Bonsoir|Salut|Chère?|Cher|Hola|Buenos días|Buenas tardes|Estimad[oa]|Querid[oa]|Ciao|Buongiorno|Gentile|Car[oa]|Egregio|Beste|Geachte|Olá|Prezad[oa]|Car[oa])`;
const closings = `(?:(?:Kind(?:est)?|Best|Warm|With best)? ?[Rr]egards|Best(?: wishes)?|Sincerely|Yours(?: sincerely| truly| faithfully)?|Many thanks|Thanks|Thank you|Cheers|(?:Mit |Viele |Liebe |Beste |Schöne |Herzliche )?(?:freundlichen? |besten |herzlichen )?(?:Grüßen?|Gruß|Gruss|Grüssen?)|LG|VG|MfG|Cordialement|Bien (?:à vous|cordialement)|Sincères salutations|(?:Un )?[Ss]aludos?(?: cordiales)?|Atentamente|Cordiali saluti|Distinti saluti|Saluti|Met vriendelijke groet(?:en)?|Groet(?:en|jes)?|Atenciosamente|Abraços)`;
const introductions = `(?:[Mm]y name is|[Mm]ein Name ist|[Ii]ch heiße|[Jj]e m['’]appelle|[Mm]e llamo|[Mm]i chiamo|[Ii]k heet|[Mm]eu nome é|[Cc]hamo-me)`;

const patterns: readonly { find: RegExp; how: 'title' | 'germanTitle' | 'greeting' | 'whole' }[] = [
  {
    find: new RegExp(String.raw`(?<![\p{L}\p{N}])${germanTitles}[ \t]${degree}${upToThree}`, 'gdu'),
    how: 'germanTitle',
  },
  { find: new RegExp(String.raw`(?<![\p{L}\p{N}])${titles}[ \t]${degree}${upToThree}`, 'gdu'), how: 'title' },
  {
    find: new RegExp(String.raw`${lineStart}${greetings}[ \t]${upToThree}${lineEnd}`, 'gdmu'),
    how: 'greeting',
  },
  {
    find: new RegExp(
      String.raw`${lineStart}${closings}[ \t]*[,.!]?[ \t]*(?:\r?\n|<br ?/?>)(?:\s|<br ?/?>){0,8}${degree}${upToThree}(?=[ \t]*(?:\r?\n|[,<]|$))`,
      'gdmu',
    ),
    how: 'whole',
  },
  {
    find: new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:LG|VG|MfG|Gruß|Grüße|Cheers|Regards|Saludos|Cordialement),? ${upToThree}(?=\s*$)`,
      'gdmu',
    ),
    how: 'whole',
  },
  { find: new RegExp(String.raw`(?<![\p{L}\p{N}])${introductions} ${upToThree}`, 'gdu'), how: 'whole' },
];

/** Who is greeted without being named. */
const nobody = new Set(
  `customer customers client clients team all everyone everybody sir sirs madam friend friends there world guys folks colleague colleagues support service sales member members user users admin
subscriber reader readers valued student students parents guest guests kunde kunden kundin damen herren zusammen kollegen kollege kollegin kolleginnen freunde leser mitglied mitglieder eltern
equipe tous toutes collegues monsieur madame messieurs mesdames equipo todos todas amigos amigas clientes cliente señor señora señores tutti team squadra allen allemaal klant collega dank danke thanks
mr mrs ms miss dr prof herr herrn frau mme mlle sr sra señor señora
santa hr it dev web press accounting billing`.split(/\s+/),
);

/** One of these words is in every text in which a pattern finds something: with a capital … */
const signs = new Set(
  `dear hi hello hey good hallo liebe liebes lieber sehr guten moin servus grüezi bonjour bonsoir salut cher chère hola buenos buenas estimado estimada querido querida ciao buongiorno gentile
caro cara egregio beste geachte olá prezado prezada mr mrs ms miss mister dr prof monsieur madame mme mlle mademoiselle señor señora señorita srta signor signora signorina mevrouw meneer dhr mevr
senhor senhora m sr sra sig dott herr herrn frau fräulein hr fr regards best sincerely yours many thanks thank cheers grüßen grüße gruß gruss grüssen grüsse lg vg mfg cordialement bien sincères
saludos saludo atentamente cordiali distinti saluti met groet groeten groetjes atenciosamente abraços name chamo`.split(
    /\s+/,
  ),
);
/** … or without one. */
const smallSigns = new Set(
  `monsieur madame señor señora señorita signora signor regards saludos saludo saluti name heiße appelle llamo chiamo heet nome chamo`.split(
    ' ',
  ),
);
/** The longest sign, in bytes. */
const longestSign = 15;

/** The first two bytes that signs begin with: 1 at `first * 256 + second`. */
export const signBeginnings = new Uint8Array(65_536);
for (const sign of [...signs].map(word => word[0]?.toUpperCase() + word.slice(1)).concat(...smallSigns)) {
  const [first = 0, second] = Buffer.from(sign);
  // `M.` is a title, `M` is none.
  if (second === undefined) signBeginnings[(first << 8) | 0x2e] = 1;
  else for (const byte of [second, second & 0xdf]) signBeginnings[(first << 8) | byte] = 1;
}
/** 1 where some sign has the hash. */
const signHashes = new Uint8Array(4096);
for (const sign of [...signs, ...smallSigns]) signHashes[Buffer.from(sign).reduce(addToSign, 0)] = 1;

/**
 * Whether {@link findNames} is worth a string of the text: byte by byte, because an expression of all these costs more than everything else
 * that is done to a text.
 */
export function mayHoldNames(text: Buffer): boolean {
  let first = text[0] ?? 0;
  for (let i = 1; i < text.length; i++) {
    const second = text[i] as number;
    if (signBeginnings[(first << 8) | second] === 1 && isSign(text, i - 1, 0, text.length)) return true;
    first = second;
  }
  return false;
}

/** Whether the word that begins at `start` in the text `text[from, to)` is a sign. */
export function isSign(text: Buffer, start: number, from: number, to: number): boolean {
  if (start > from && isPartOfWord(text, start - 1, from, to)) return false;
  let end = start;
  let hash = 0;
  let isLatin = true;
  do {
    const byte = text[end] as number;
    hash = addToSign(hash, byte);
    if (byte >= 0x80 && byte !== 0xc3) isLatin &&= text[end - 1] === 0xc3;
    if (++end - start > longestSign) return false;
  } while (end < to && isPartOfWord(text, end, from, to));
  // Nearly all words that begin as a sign does are none.
  if (isLatin && signHashes[hash] === 0) return false;
  const word = text.toString('utf8', start, end);
  return smallSigns.has(word) || ((text[start] as number) < 0x61 && signs.has(word.toLowerCase()));
}

/** Takes a byte into a word's hash of 12 bits. Small and capital letters are one, in Latin-1 too: they differ in one bit of their last byte. */
function addToSign(hash: number, byte: number): number {
  return (Math.imul(hash, 33) ^ (byte | 0x20)) & 0xfff;
}

/** Letters, and what is outside ASCII but neither a sign of Latin-1 nor general punctuation (`’`). */
function isPartOfWord(text: Buffer, at: number, from: number, to: number): boolean {
  const byte = text[at] as number;
  if (byte < 0x80) return (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  let lead = at;
  while (lead > from && at - lead < 2 && ((text[lead] as number) & 0xc0) === 0x80) lead--;
  const first = text[lead] as number;
  return first !== 0xc2 && !(first === 0xe2 && lead + 1 < to && ((text[lead + 1] as number) | 1) === 0x81);
}

/**
 * Names that a text itself says are names: after a title (`Mrs Novak`, `Herr Müller`), in a greeting (`Hi Anna,`), under a closing line
 * (`Regards,` and a name below), in an introduction (`my name is …`). Names that merely occur are not found: nothing tells them from other words.
 */
export function findNames(text: string): FoundName[] {
  const found: FoundName[] = [];
  for (const { find, how } of patterns)
    for (const match of text.matchAll(find)) {
      const span = match.indices?.[1];
      if (span === undefined) continue;
      const name = nameIn(text, span[0], span[1], how);
      if (name !== undefined && !found.some(other => name.start < other.end && other.start < name.end))
        found.push(name);
    }
  return found;
}

function nameIn(
  text: string,
  start: number,
  end: number,
  how: (typeof patterns)[number]['how'],
): FoundName | undefined {
  const words = text.slice(start, end).split(/[ \t]/);
  const isTitled = how === 'title' || how === 'germanTitle';
  // German writes nouns with capitals too; a third word would nearly always be one.
  if (how === 'germanTitle') words.length = Math.min(words.length, 2);
  if (words.some(one => nobody.has(one.toLowerCase().replace('.', '')))) return undefined;
  const stop = start + words.join(' ').length;
  if (words.length > 1) return { start, end: stop, use: 'fullName' };
  return { start, end: stop, use: isTitled ? 'familyName' : 'givenName' };
}
