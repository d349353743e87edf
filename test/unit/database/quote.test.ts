import assert from 'node:assert/strict';
import fc from 'fast-check';
import { qualify, quoteName, quoteString } from '../../../server/database/quote.ts';

/** Reads a quoted token back as a server would, under both settings of NO_BACKSLASH_ESCAPES. */
function readString(sql: string): string {
  const hex = /^_utf8mb4 0x([0-9a-f]*)$/.exec(sql);
  if (hex) return Buffer.from(hex[1] ?? '', 'hex').toString('utf8');
  const inner = /^'((?:[^'\\]|'')*)'$/.exec(sql);
  assert.ok(inner, `not one literal: ${sql}`);
  return (inner[1] ?? '').replaceAll("''", "'");
}

describe('quoting', () => {
  it('keeps any name inside its backticks', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const inner = /^`((?:[^`]|``)*)`$/su.exec(quoteName(name));
        assert.equal(inner?.[1]?.replaceAll('``', '`'), name);
      }),
    );
    assert.equal(qualify('a`b', 'c.d'), '`a``b`.`c.d`');
  });

  it('keeps any string inside its literal, whatever backslashes mean to the server', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^['"\\\0\x1a`;-]*$/)), value =>
        assert.equal(readString(quoteString(value)), value),
      ),
    );
    assert.equal(quoteString("it's"), "'it''s'");
    assert.equal(quoteString("\\' OR 1=1 -- "), '_utf8mb4 0x5c27204f5220313d31202d2d20');
  });
});
