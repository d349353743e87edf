import { getLocation, type JSONPath, type Location, parseTree } from 'jsonc-parser';
import type { Position, Range, TextDocument } from 'vscode-languageserver-textdocument';

/** Where in `greenroom.jsonc` the cursor stands, as far as language features care. */
export type Place =
  | { at: 'ruleName'; location: Location }
  | { at: 'ruleValue'; column: string; location: Location }
  | { at: 'preset'; location: Location }
  | { at: 'elsewhere' };

export function placeAt(document: TextDocument, position: Position): Place {
  const location = getLocation(document.getText(), document.offsetAt(position));
  const [first, second, third] = location.path;
  if (first !== 'scrub') return { at: 'elsewhere' };
  if (second === 'presets')
    return location.path.length === 3 ? { at: 'preset', location } : { at: 'elsewhere' };
  if (second !== 'rules' || third === undefined) return { at: 'elsewhere' };
  if (location.isAtPropertyKey && location.path.length === 3) return { at: 'ruleName', location };
  // The transformer itself, or the one of an object with options: not its reason, nor its other options.
  const isTransformer =
    !location.isAtPropertyKey &&
    (location.path.length === 3 || (location.path.length === 4 && location.path[3] === 'use'));
  return isTransformer ? { at: 'ruleValue', column: String(third), location } : { at: 'elsewhere' };
}

/** The range of the token under the cursor, quotes included. */
export function tokenRange(document: TextDocument, location: Location): Range | undefined {
  const { previousNode } = location;
  if (!previousNode) return undefined;
  return {
    start: document.positionAt(previousNode.offset),
    end: document.positionAt(previousNode.offset + previousNode.length),
  };
}

/** The range of a setting's name; of the nearest outer one where it is not there. */
export function keyRange(document: TextDocument, path: JSONPath): Range {
  const root = parseTree(document.getText());
  let node = root;
  let key = root;
  for (const part of path) {
    const property = node?.children?.find(
      child => child.type === 'property' && child.children?.[0]?.value === part,
    );
    if (!property) break;
    key = property.children?.[0];
    node = property.children?.[1];
  }
  const offset = key?.offset ?? 0;
  const length = key === root ? 1 : (key?.length ?? 1);
  return { start: document.positionAt(offset), end: document.positionAt(offset + length) };
}

/** Column names are written `table.column`; a table's own dots would be ambiguous and are quoted by nobody. */
export function splitColumn(name: string): { table: string; column: string } {
  const dot = name.lastIndexOf('.');
  return dot === -1
    ? { table: '', column: name }
    : { table: name.slice(0, dot), column: name.slice(dot + 1) };
}
