import { countrySpecs, isValidIBAN } from 'ibantools';

/** Countries of ISO 13616's registry that have IBANs. */
export const ibanCountryCodes: readonly string[] = Object.keys(countrySpecs).filter(
  country => ibanLength(country) > 0,
);

/** Length of a country's IBAN by its two upper-case letters; 0 where the registry of ISO 13616 has none. */
export function ibanLength(country: string): number {
  return countrySpecs[country as keyof typeof countrySpecs]?.chars ?? 0;
}

/** Checksum, length and bank structure of an IBAN without spaces. */
export function isIbanValid(text: string): boolean {
  return isValidIBAN(text.toUpperCase());
}

/** The two check digits that make country and account a valid IBAN (mod 97, ISO 7064). */
export function ibanCheckDigits(country: string, account: string): string {
  let rest = 0;
  for (const letter of `${account}${country}00`.toUpperCase()) {
    const value = letter >= 'A' ? letter.charCodeAt(0) - 55 : Number(letter);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return String(98 - rest).padStart(2, '0');
}
