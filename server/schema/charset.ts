/** Default collation of each character set, as the server has it. */
export type CharsetDefaults = ReadonlyMap<string, string>;

/** `utf8` is the old spelling of `utf8mb3`; also in front of collations. */
export function normaliseCharsetName(name: string): string {
  return name.toLowerCase().replace(/^utf8(?=_|$)/, 'utf8mb3');
}

/** The character set a collation belongs to; undefined for MariaDB's `uca1400_…`, which fit several. */
export function charsetOf(collation: string): string | undefined {
  if (collation.startsWith('uca1400_')) return undefined;
  return collation.split('_')[0];
}

/** Bytes of the longest character; what a length in characters means in bytes. */
export function maxBytesPerCharacter(charset: string): number {
  return byteWidths[charset] ?? 1;
}

const byteWidths: Record<string, number> = {
  utf8mb4: 4,
  utf8mb3: 3,
  utf16: 4,
  utf16le: 4,
  utf32: 4,
  ucs2: 2,
  big5: 2,
  gbk: 2,
  sjis: 2,
  cp932: 2,
  euckr: 2,
  gb2312: 2,
  ujis: 3,
  eucjpms: 3,
  gb18030: 4,
};
