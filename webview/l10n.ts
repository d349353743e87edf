let strings: Readonly<Record<string, string>> = {};
let locale = 'en';

/** The extension sends VS Code's table once, before the first plan. */
export function setStrings(table: Readonly<Record<string, string>>, language: string): void {
  strings = table;
  locale = language;
}

/** Translates an English sentence and puts the values in its `{0}`, `{1}`. */
export function t(text: string, ...values: (string | number)[]): string {
  return (strings[text] ?? text).replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)] ?? ''));
}

export function number(value: number): string {
  return value.toLocaleString(locale);
}

export function date(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

export function milliseconds(value: number): string {
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toLocaleString(locale, { maximumFractionDigits: unit > 0 && size < 10 ? 1 : 0 })} ${units[unit]}`;
}
