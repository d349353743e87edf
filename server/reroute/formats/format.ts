import { GreenroomError } from '../../platform/errors.ts';

/** A replacement of one piece of text; everything outside stays byte for byte. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** One value of a configuration file, whatever the format. */
export interface Setting {
  /** Names from the outside in: `['db', 'connection', 'default', 'host']`. Indexes of lists are left out. */
  path: readonly string[];
  /** What it holds; `undefined` when it is computed (`getenv('X')`, `<%= … %>`, `$(…)`). */
  value: string | undefined;
  type: 'string' | 'number' | 'boolean' | 'null';
  /** The environment variable it reads, where it is `env('X')` or the like. */
  reads?: string;
  /** What it holds when that variable is not set, where that is written there. */
  fallback?: string;
  /** Where the value stands in the text. */
  start: number;
  end: number;
  line: number;
}

/** A parsed file that can say how to change itself. */
export interface ConfigDocument {
  settings: Setting[];
  /** True where the file is more than can be followed: it has no settings then. */
  isUnread?: true;
  /** How the value would be written there, quoted as the format wants it. */
  encode(setting: Setting, value: string): string;
  /** A new setting in the same group, right behind this one; `undefined` where the format has no such place. */
  insertAfter(setting: Setting, key: string, value: string): Edit | undefined;
  /** A new setting of the file itself; `undefined` where there is no safe place. */
  append(key: string, value: string): Edit | undefined;
}

export interface Format {
  name: string;
  /** True for programs, of which only what looks like a setting is read. */
  isProgram?: true;
  parse(text: string, file: string): ConfigDocument;
}

/** Applies edits that do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  let result = text;
  let limit = text.length;
  for (const edit of sorted) {
    if (edit.end > limit) throw new RangeError(`edits overlap at ${edit.start}`);
    result = result.slice(0, edit.start) + edit.text + result.slice(edit.end);
    limit = edit.start;
  }
  return result;
}

/** Where in the old text an offset of the new text lies. */
export function originalOffset(edits: readonly Edit[], offset: number): number {
  let shift = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (offset < edit.start + shift) break;
    if (offset < edit.start + shift + edit.text.length) return edit.start;
    shift += edit.text.length - (edit.end - edit.start);
  }
  return offset - shift;
}

/** 1 is the first line. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export function endOfLine(text: string): '\r\n' | '\n' {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The offset behind the line break that ends the line at `offset`, and whether there is one. */
export function lineEnd(text: string, offset: number): { at: number; broken: boolean } {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? { at: text.length, broken: false } : { at: newline + 1, broken: true };
}

export function indentOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/**
 * The file cannot be read as what it says it is. The parser's words are kept, except what they quote: that could be a
 * secret.
 */
export function unparsable(file: string, line: number, why: string, cause?: unknown): GreenroomError {
  const words = why.replace(/(["'`])(?:(?!\1).)*\1/g, '…').split('\n')[0] ?? '';
  return new GreenroomError('configuration-unparsable', {
    subject: `${file}:${line}`,
    detail: words.replace(/\s+(on|at) line \d+.*$/i, '').trim() || 'syntax error',
    // The cause is dropped when it may quote the file; its type is enough.
    ...(cause instanceof Error && { cause: new Error(cause.name) }),
  });
}

const booleans = /^(true|false|yes|no|on|off)$/i;

export function typeOf(text: string): Setting['type'] {
  if (/^(null|~|nil|none)$/i.test(text)) return 'null';
  if (booleans.test(text)) return 'boolean';
  return /^-?\d+(\.\d+)?$/.test(text) ? 'number' : 'string';
}
