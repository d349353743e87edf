import assert from 'node:assert/strict';
import { compileScrub } from '../../../server/scrub/compile.ts';
import { OriginalsCollector } from '../../../server/scrub/originals.ts';
import { placesOf } from '../../../server/scrub/place.ts';
import type { ColumnFacts, ScrubKey, TableFacts } from '../../../server/scrub/plan.ts';

const column: ColumnFacts = {
  name: 'street',
  dataType: 'varchar',
  columnType: 'varchar(120)',
  charset: 'utf8mb4',
  maxLength: 120,
  nullable: false,
  generated: false,
};
const table: TableFacts = {
  name: 'people',
  columns: [column],
  uniqueKeys: [],
  foreignKeys: [],
  primaryKey: [],
};
const key: ScrubKey = { id: 'test', bytes: new Uint8Array(32).fill(7) };

describe('originals that the scrubber itself may draw', () => {
  it('are no proof of a leak: a street of the list with any number is not collected, another one is', () => {
    const plan = compileScrub({ rules: { 'people.street': 'street' }, presets: [], tables: [table] }).tables[
      'people'
    ];
    assert.ok(plan);
    const collector = new OriginalsCollector(plan, key, { sample: 1000 });
    for (const street of ['Ahornweg 12', '12 Ahornweg', 'Bahnhofstraße 7b', 'ahornweg  180'])
      collector.addRow(placesOf([Buffer.from(street)]));
    assert.equal(collector.result().columns['people.street']?.taken, 0);
    collector.addRow(placesOf([Buffer.from('Zwischen den Toren 3')]));
    assert.equal(collector.result().columns['people.street']?.taken, 1);
  });
});
