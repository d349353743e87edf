import { findNames, mayHoldNames } from '../salutations.ts';
import { foldName, knownFamily, knownGiven } from './names.ts';

/** Fewer values that differ are a list of things which happen to be called like people: five brands. */
const fewestDistinct = 8;

const longestName = 80;
const longestNameWords = 8;

/** A name's words: `Anna`, `O’Brien`, `J.`, `Müller-Lüdenscheid`. */
const nameWord = /^\p{Lu}(?:[\p{L}’'-]*\p{L})?\.?,?$/u;
const particle =
  /^(?:von|van|vom|zu|zur|de|der|den|del|della|di|da|dos|das|do|du|la|le|el|al|bin|ibn|ter|ten|af|av|y|e|i)$/i;
const title =
  /^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Herr|Frau|Mme|Mlle|Sr|Sra|Sig|Ing|Mgr|PhD|DDS|MD|DVM|Jr|II|III|IV|V)\.?,?$/;

export interface NamesFound {
  use: 'fullName' | 'givenName' | 'familyName';
  /** 0 to 1, of the values. */
  share: number;
}

/** How many of the values are names of people, and of which kind: nothing where they are not. */
export function namesIn(texts: readonly string[], leniency = 1): NamesFound | undefined {
  if (new Set(texts).size < fewestDistinct) return undefined;
  let whole = 0;
  let known = 0;
  let given = 0;
  let family = 0;
  let single = 0;
  for (const text of texts) {
    if (text.length > longestName) continue;
    const all = text.split(/\s+/);
    if (all.length > longestNameWords) continue;
    const words = all.filter(word => !particle.test(word) && !title.test(word));
    const isShaped = words.length <= 4 && words.every(word => nameWord.test(word));
    if (words.length !== 1 && !isShaped) continue;
    const names = words.map(word => foldName(word.replace(/[,.]$/, '')));
    if (words.length === 1) {
      single++;
      if (isGiven(names[0])) given++;
      else if (isFamily(names[0])) family++;
    } else {
      whole++;
      // At either end: `Anna Quux`, `Quux, Anna`.
      if (isGiven(names[0]) || isGiven(names.at(-1)) || isFamily(names.at(-1))) known++;
    }
  }
  return kindOf({ all: texts.length, whole, known, given, family, single }, leniency);
}

const isGiven = (word: string | undefined): boolean => word !== undefined && knownGiven.has(word);
const isFamily = (word: string | undefined): boolean => word !== undefined && knownFamily.has(word);

/** Words of a name's shape, and enough of them known: products have the shape and none of the words. */
function kindOf(
  count: Record<'all' | 'whole' | 'known' | 'given' | 'family' | 'single', number>,
  leniency: number,
): NamesFound | undefined {
  const { all, whole, known, given, family, single } = count;
  const many = (found: number, fewest: number, share: number): boolean =>
    found >= Math.max(fewest, all * share * leniency);
  if (many(whole, 4, 0.6) && known >= Math.max(4, whole * 0.15 * leniency))
    return { use: 'fullName', share: whole / all };
  if (many(known, 5, 0.25)) return { use: 'fullName', share: known / all };
  if (single < all * 0.7) return undefined;
  if (many(given, 5, 0.2) && given >= family) return { use: 'givenName', share: given / all };
  if (many(family, 5, 0.12) && family > given) return { use: 'familyName', share: family / all };
  return undefined;
}

const streetWord =
  /(?:\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|boulevard|blvd|way|close|crescent|square|place|terrace|parkway|pkwy|highway|hwy|circle|trail|rue|chemin|allée|impasse|quai|route|place|calle|avenida|avda|paseo|plaza|camino|carrera|via|viale|corso|piazza|vicolo|strada|rua|travessa|largo|praça|ulica|ul|aleja|utca|út|sokak|cadde(?:si)?|jalan|jl|apt|apartment|suite|apto|wohnung)\b\.?|(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|plein|gracht|dijk|kade|gatan|vägen|gata|veien|vej|gade|allé|katu|tie|utca|ulice|náměstí))/iu;

/** `12 Main Street`, `Hauptstr. 5a`: a word for a street, and a number at one end. */
export function isStreet(text: string): boolean {
  if (text.length > 80 || text.length < 6 || !/\d/.test(text)) return false;
  if (!/^(?:[\w./-]{0,6}\d\S{0,4},? )|(?: ,?(?:n[°º.o]? ?)?\d{1,5}\s?[a-z]?)(?:\b|$)/iu.test(text))
    return false;
  return streetWord.test(text) && /\p{L}{3}/u.test(text);
}

/** Post codes that nothing else looks like: of the United Kingdom, Canada, the Netherlands, Poland, Portugal, Brazil; ZIP+4. */
export function isPostcode(text: string): boolean {
  return (
    text.length <= 10 &&
    /^(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|[A-Z]\d[A-Z] \d[A-Z]\d|\d{4} ?[A-Z]{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3,4}|(?:[A-Z]{1,2}-)\d{4,5})$/.test(
      text,
    )
  );
}

/** A text that greets somebody, signs, or gives somebody a title. */
export function addressesSomebody(text: string): boolean {
  return text.length > 15 && mayHoldNames(Buffer.from(text)) && findNames(text).length > 0;
}

/** A text in which a known given name stands before another word with a capital: `… told Anna Quux that …`. */
export function mentionsSomebody(text: string): boolean {
  if (text.length < 20 || !/\s\p{Ll}/u.test(text)) return false;
  for (const [, first = '', second = ''] of text.matchAll(
    /(?<![\p{L}])(\p{Lu}\p{Ll}+) (\p{Lu}[\p{L}’'-]+)/gu,
  ))
    if (knownGiven.has(foldName(first)) && (knownFamily.has(foldName(second)) || /\s\p{Ll}/u.test(text)))
      return true;
  return false;
}

/** Texts as somebody types them to somebody: in the first or the second person. */
export function speaksOfItself(text: string): boolean {
  return (
    text.length > 25 &&
    /(?:^|[\s,.!?])(?:I|I'm|I've|my|me|mine|ich|mein|meine|mir|mich|je|j'ai|mon|ma|mes|yo|mi|mis|io|mio|mia|ik|mijn|eu|meu|minha|jag|jeg|mitt|min|ja|můj|moje|ben|benim|saya)(?=[\s,.!?])/.test(
      text,
    )
  );
}
