import { isValidPhoneNumber, type MetadataJson } from 'libphonenumber-js/core';
import metadataJson from 'libphonenumber-js/min/metadata';

export const phoneMetadata = metadataJson as MetadataJson & {
  country_calling_codes: Record<string, string[]>;
};

/** Places in libphonenumber's packed numbering plans (its METADATA.md, version 4). */
const place = { pattern: 2, prefix: 5, prefixForParsing: 7, types: 11 } as const;

interface CountryPlan {
  /** What every national number of the country matches. */
  pattern: RegExp;
  /** What parsing may strip from the front of a national number. */
  prefix: RegExp | undefined;
  /** Whether the pattern alone decides. */
  isWhole: boolean;
}

/** The plans of a calling code's countries; compiled once, because a table has millions of numbers of few countries. */
const plans = new Map<string, CountryPlan[]>();

/**
 * Whether a number is one of its country's plan: `isValidPhoneNumber` of libphonenumber, which takes some 50 µs a number because it compiles
 * its patterns anew. Here they are compiled once and decide where they can; the library is asked for the rest: countries that share a
 * calling code, and numbers with what may be a trunk prefix.
 *
 * @param callingCode one of the metadata's
 * @param national digits
 */
export function isInNumberPlan(callingCode: string, national: string): boolean {
  if (national.length < 2 || national.length > 17) return false;
  let countries = plans.get(callingCode);
  if (countries === undefined) {
    countries = (phoneMetadata.country_calling_codes[callingCode] ?? []).map(planOf);
    plans.set(callingCode, countries);
  }
  // Loops: a dozen numbers may be tried for one of a table's millions.
  let isStripped = false;
  let isOfPattern = false;
  for (const { prefix, pattern } of countries) {
    isStripped ||= prefix?.test(national) === true;
    isOfPattern ||= pattern.test(national);
  }
  if (!isStripped) {
    if (!isOfPattern) return false;
    if (countries.length === 1 && countries[0]?.isWhole === true) return true;
  }
  return isValidPhoneNumber(`+${callingCode}${national}`, phoneMetadata);
}

function planOf(country: string): CountryPlan {
  const packed: readonly unknown[] = Object.entries(phoneMetadata.countries).find(
    ([name]) => name === country,
  )?.[1] as unknown[];
  const text = (index: number): string | undefined => {
    const value = packed[index];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const prefix = text(place.prefixForParsing) ?? text(place.prefix);
  return {
    pattern: new RegExp(`^(?:${text(place.pattern) ?? ''})$`),
    // Patterns of some countries match nothing at all, which strips nothing.
    prefix: prefix === undefined ? undefined : new RegExp(`^(?:${prefix})(?<=.)`),
    isWhole: !packed[place.types],
  };
}
