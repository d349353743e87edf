/** Quotes one SQL identifier: `` a`b `` becomes `` `a``b` ``. Right under every sql_mode. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `` `database`.`name` `` */
export function qualify(database: string, name: string): string {
  return `${quoteName(database)}.${quoteName(name)}`;
}

/**
 * A string literal that means the same under every sql_mode: a backslash would escape or not (NO_BACKSLASH_ESCAPES),
 * so a value with one, or with NUL, is written as hexadecimal in utf8mb4.
 */
export function quoteString(value: string): string {
  if (!/[\\\0\x1a]/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return `_utf8mb4 0x${Buffer.from(value, 'utf8').toString('hex')}`;
}
