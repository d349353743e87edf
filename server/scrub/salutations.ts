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

/** One of these words is in every text in which a pattern finds something. */
const signs = new Set(
  `dear hi hello hey good hallo liebe liebes lieber sehr guten moin servus grüezi bonjour bonsoir salut cher chère hola buenos buenas estimado estimada querido querida ciao buongiorno gentile
caro cara egregio beste geachte olá prezado prezada mr mrs ms miss mister dr prof monsieur madame mme mlle mademoiselle señor señora señorita srta signor signora signorina mevrouw meneer dhr mevr
senhor senhora m sr sra sig dott herr herrn frau fräulein hr fr regards best sincerely yours thanks thank cheers grüßen grüße gruß gruss grüssen grüsse lg vg mfg cordialement bien sincères
saludos saludo atentamente cordiali distinti saluti met groet groeten groetjes atenciosamente abraços name heiße appelle llamo chiamo heet nome chamo`.split(
    /\s+/,
  ),
);
const longestSign = 13;

/** Word by word, because an expression of all these costs more than everything else that is done to a text. */
function mayHold(text: string): boolean {
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x20;
    const isLetter = (code | 0x20) >= 0x61 && ((code | 0x20) <= 0x7a || code >= 0xc0);
    if (isLetter && start < 0) start = i;
    else if (!isLetter && start >= 0) {
      if (
        i - start <= longestSign &&
        maySign(text.charCodeAt(start)) &&
        signs.has(text.slice(start, i).toLowerCase())
      )
        return true;
      start = -1;
    }
  }
  return false;
}

/** Capitals, and what the few signs in lower case begin with. */
const maySign = (code: number): boolean =>
  code < 0x61 || code >= 0xc0 || 'nhalcrsm'.includes(String.fromCharCode(code));

/**
 * Names that a text itself says are names: after a title (`Mrs Novak`, `Herr Müller`), in a greeting (`Hi Anna,`), under a closing line
 * (`Regards,` and a name below), in an introduction (`my name is …`). Names that merely occur are not found: nothing tells them from other words.
 */
export function findNames(text: string): FoundName[] {
  if (!mayHold(text)) return [];
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
