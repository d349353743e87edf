/** Top-level and second-level names that RFC 2606 and RFC 6761 keep out of the real world. */
const reservedDomain = /(?:^|[.@])(?:example\.(?:com|net|org)|test|example|invalid|localhost|local)$/;

/** File endings that make `icon@2x.png` no address. */
const fileEnding =
  /\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|css|less|scss|js|mjs|cjs|ts|jsx|tsx|map|json|xml|html?|php|py|rb|go|rs|sh|md|txt|pdf|zip|gz|woff2?|ttf|eot|mp[34]|so|dll|exe|jar|class|conf|cfg|ini|yml|yaml|lock|log|sql)$/;

/** True for an address that nobody can receive mail at: `anna@example.com`, `x@y.test`, `root@localhost`. */
export function isReservedAddress(address: string): boolean {
  return reservedDomain.test(address.toLowerCase());
}

/** True for text that mail could be delivered to: a domain with a top level that is no file ending and not reserved. */
export function isLiveAddress(address: string): boolean {
  const lower = address.toLowerCase();
  const domain = lower.slice(lower.lastIndexOf('@') + 1);
  return /\.[a-z]{2,24}$/.test(domain) && !fileEnding.test(domain) && !reservedDomain.test(lower);
}

/** The check digit rule of ISO/IEC 7812, over a string of digits. */
export function isLuhnValid(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (i % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Issuer ranges of the card schemes, with their lengths. */
export function isCardShape(digits: string): boolean {
  return (
    /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12}|(?:50|5[6-9]|6\d)\d{14}|35\d{14})$/.test(
      digits,
    ) && !/^(\d)\1+$/.test(digits)
  );
}

/** Test ranges that payment providers publish: begin with these digits and are followed by zeros or a repeated test pattern. */
export const testCardPrefixes: readonly string[] = [
  '400000',
  '424242',
  '520082',
  '555555',
  '378282',
  '371449',
  '601111',
  '305693',
  '353011',
  '411111',
];

export function isTestCard(digits: string): boolean {
  return testCardPrefixes.some(prefix => digits.startsWith(prefix));
}

/** The check digit that makes `body` valid by Luhn's rule. */
export function luhnDigit(body: string): string {
  for (let digit = 0; digit < 10; digit++) if (isLuhnValid(body + digit)) return String(digit);
  throw new RangeError('not digits');
}
