import assert from 'node:assert/strict';
import { OriginalsStore } from '../../../server/base/originalsStore.ts';
import { TableSearch } from '../../../server/scrub/leaks.ts';
import { placesOf } from '../../../server/scrub/place.ts';
import { OriginalsIndex } from '../../../server/scrub/proof/originalsIndex.ts';
import { column, plan, table, testKey } from '../scrub/support.ts';

describe('the originals that a worker has seen', () => {
  const names = ['users', 'orders'];
  const tables = names.map(name => table(name, [column('email'), column('name')]));
  const rules = { '*.email': 'email' as const, '*.name': 'fullName' as const };
  const plans = plan([...tables, table('notes', [column('text', 'text')])], {
    ...rules,
    'notes.*': { keep: 'a test' },
  });
  const planOf = (name: string) => {
    const found = plans.tables[name];
    if (found === undefined) throw new RangeError(name);
    return found;
  };
  const row = (...values: string[]) => values.map(value => Buffer.from(value));

  it('are those of all its tables, whatever order their parts came in, and are forgotten when taken', () => {
    const store = new OriginalsStore(testKey, 100);
    store.collectorOf(planOf('users'))(placesOf(row('anna@firma.de', 'Anna Zwitscherling')));
    store.collectorOf(planOf('orders'))(placesOf(row('bertha@firma.de', 'Bertha Piepmatz')));
    store.collectorOf(planOf('users'))(placesOf(row('carl@firma.de', 'Carl Zeisig')));
    const taken = store.take();
    assert.equal(taken.columns['users.email']?.seen, 2);
    assert.equal(taken.columns['orders.email']?.seen, 1);
    assert.equal(taken.sets.address?.size, 3);
    const search = new TableSearch(planOf('notes'), new OriginalsIndex(taken, testKey));
    for (const text of ['to bertha@firma.de', 'with Carl Zeisig', 'anna@firma.de']) search.addRow(row(text));
    assert.deepEqual(
      search.leaks().map(({ kind, count }) => [kind, count]),
      [
        ['address', 2],
        ['name', 1],
      ],
    );
    const empty = store.take();
    assert.deepEqual([empty.sets, empty.columns], [{}, {}]);
    assert.ok(empty.filters.every(bits => bits === 0));
  });
});
