import { isBytes, isCharacter } from '../columnType.ts';
import { doorWords } from './contextWords.ts';
import type { TypedColumn } from './fitsType.ts';

/** `sessions.id`, `session.sess_id`: who knows it is signed in. */
export function isSessionKey(table: string, words: readonly string[], column: TypedColumn): boolean {
  if (!/sess(?:ions?)?(?:_?keys?)?$/i.test(table) || !(isCharacter(column) || isBytes(column))) return false;
  return /^(?:(?:session|sess|s|session data)? ?(?:id|key|hash|sid))$/.test(words.join(' '));
}

/** `activations.code`, `password_resets.token`. */
export function opensDoor(table: readonly string[], words: readonly string[], column: TypedColumn): boolean {
  if (!isCharacter(column) && !isBytes(column)) return false;
  if (words.length !== 1 || !/^(?:code|key|hash|value)$/.test(words[0] ?? '')) return false;
  return table.some(word => doorWords.has(word));
}
