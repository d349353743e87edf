import assert from 'node:assert/strict';
import { SearchSink } from '../../../server/base/searchSink.ts';
import type { TableSearch } from '../../../server/scrub/leaks.ts';

describe('rows on their way into the proof', () => {
  it('reach the column they belong to, whole, whether they come at once or in parts', () => {
    const seen: [number, string][] = [];
    const search = {
      rows: 0,
      addValue: (column: number, bytes: Buffer, start: number, end: number) =>
        seen.push([column, bytes.toString('utf8', start, end)]),
    };
    const sink = new SearchSink(search as unknown as TableSearch, [1, 4, 5]);
    sink.value(Buffer.from('xabcx'), 1, 4);
    sink.nullValue();
    sink.value(Buffer.from('d'), 0, 1);
    sink.endRow();
    sink.nullValue();
    sink.beginValue(5);
    sink.part(Buffer.from('..long'), 2, 5);
    sink.part(Buffer.from('g!'), 0, 2);
    sink.endValue();
    sink.beginValue(0);
    sink.endValue();
    sink.endRow();
    assert.deepEqual(seen, [
      [1, 'abc'],
      [5, 'd'],
      [4, 'long!'],
      [5, ''],
    ]);
    assert.equal(search.rows, 2);
  });
});
