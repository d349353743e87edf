import assert from 'node:assert/strict';
import { jsonPieces } from '../../../server/platform/jsonPieces.ts';

describe('jsonPieces', () => {
  const values: [string, unknown][] = [
    ['nothing but a number', 7],
    ['null', null],
    ['an empty object', {}],
    ['a list', [1, { a: 2 }]],
    ['members that are not there', { a: undefined, b: { c: undefined }, d: null, e: [undefined] }],
    ['names to be escaped', { 'a"\n': { '\u2028😀': 'x"y' } }],
    ['a schema', { tables: { a: { columns: [{ name: 'b' }] }, c: {} }, version: [1, 2], views: {} }],
  ];
  for (const [what, value] of values)
    it(`writes ${what} as JSON.stringify does`, () => {
      assert.equal([...jsonPieces(value)].join(''), JSON.stringify(value));
    });

  it('never holds much of it at once', () => {
    const tables = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, index) => [`t${index}`, { columns: ['x'.repeat(500)] }]),
    );
    const pieces = [...jsonPieces({ tables })];
    assert.equal(pieces.join(''), JSON.stringify({ tables }));
    assert.ok(Math.max(...pieces.map(piece => piece.length)) < 100_000);
  });
});
