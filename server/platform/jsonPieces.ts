/** Characters per piece, about. */
const pieceSize = 65_536;
/** Levels of members that are written one by one. */
const levels = 2;

/**
 * The text of `JSON.stringify(value)`, piece by piece, for what has thousands of members two levels down: the whole of it would
 * take as much memory again, and its bytes once more.
 *
 * @param value plain data
 */
export function* jsonPieces(value: unknown): Generator<string> {
  let piece = '';
  for (const token of tokens(value, levels)) {
    piece += token;
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function* tokens(value: unknown, left: number): Generator<string> {
  if (left === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield JSON.stringify(value);
    return;
  }
  let before = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* tokens(member, left - 1);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}
