import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placesFor } from '../../../server/scrub/place.ts';
import type { ScrubRule, TablePlan } from '../../../server/scrub/plan.ts';
import { scanValue } from '../../../server/scrub/proof/scan.ts';
import { mayHoldNames } from '../../../server/scrub/salutations.ts';
import { createTableScrubber } from '../../../server/scrub/scrubber.ts';
import { TextSigns } from '../../../server/scrub/textSigns.ts';
import { column, plan, table, testKey } from './support.ts';

const rules = {
  email: 'email',
  name: 'fullName',
  given: 'givenName',
  street: 'street',
  city: 'city',
  phone: { use: 'phone', country: 'DE' },
  login: 'userName',
  note: 'text',
} as const satisfies Record<string, ScrubRule>;
const names = Object.keys(rules);

const piece = fc.oneof(
  fc
    .constantFrom(
      ...[
        'Anna',
        'Müller',
        'Dr. ',
        'Łódź',
        'anna@firma.de',
        'A@B.de, c@d.de',
        '@',
        '%40',
        ' ',
        '  ',
        '\n',
        ':',
        '::1',
        ',',
      ],
      ...[
        '1',
        '12',
        '1234',
        '+49 171 5550123',
        '0171 5550123',
        'DE89370400440532013000',
        'de89',
        'Hauptstr. 12a',
        '192.168.0.1',
      ],
      ...[
        'Dear',
        'Hi Anna,',
        'CHÈRE Eva',
        'GRUẞ',
        'Regards',
        'gate number',
        'mein Name ist Bob',
        '\u00a0',
        '\u2028',
        'e\u0301',
      ],
      ...[
        'BEGIN:VCARD\nFN:Eva Groß\nEND:VCARD',
        'b',
        'sk_live_abcdefghijklmnop',
        '4111 1111 1111 1111',
        '😀',
      ],
    )
    .map(text => Buffer.from(text)),
  fc.constantFrom([0xff], [0xc3], [0xe2], [0xe2, 0x80], [0xf0, 0x9f], [0]).map(bytes => Buffer.from(bytes)),
);
const value = fc.array(piece, { maxLength: 6 }).map(pieces => Buffer.concat(pieces));
const row = fc.array(fc.option(value, { freq: 9 }), { minLength: names.length, maxLength: names.length });

function planFor(charset: string): TablePlan {
  const columns = names.map(name => column(name, 'varchar(200)', { charset, collation: `${charset}_bin` }));
  const rulesByColumn = Object.fromEntries(Object.entries(rules).map(([name, rule]) => [`t.${name}`, rule]));
  return plan([table('t', columns)], rulesByColumn).tables['t'] as TablePlan;
}

describe('values that are scrubbed where they lie', () => {
  it('give what they give alone, whatever lies beside them', () => {
    const compiled = planFor('utf8mb4');
    const alone = createTableScrubber(compiled, testKey);
    const inPlace = createTableScrubber(compiled, testKey);
    const places = placesFor(names.length);
    fc.assert(
      fc.property(row, fc.constantFrom(0x20, 0x31, 0x40, 0x61, 0x80, 0x81, 0xc3), (values, neighbour) => {
        const packet = Buffer.concat(
          values
            .flatMap(bytes => [Buffer.alloc(3, neighbour), bytes ?? Buffer.alloc(0)])
            .concat(Buffer.alloc(3, neighbour)),
        );
        let at = 0;
        for (const [index, bytes] of values.entries()) {
          at += 3;
          if (bytes === null) places[index]?.clear();
          else places[index]?.set(packet, at, at + bytes.length);
          at += bytes?.length ?? 0;
        }
        const before = Buffer.from(packet);
        inPlace.scrubPlaces(places);
        const expected = [...values];
        alone.scrub(expected);
        assert.deepEqual(
          places.map(place => place.copyOut()),
          expected,
        );
        assert.deepEqual(packet, before);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep their accents in a column without any where a transform has left them alone', () => {
    const scrubber = createTableScrubber(planFor('ascii'), testKey);
    const values = names.map(name => (name === 'note' ? Buffer.from('Grüße 17, 18:30, 2021-01-01') : null));
    scrubber.scrub(values);
    assert.equal(values[names.indexOf('note')]?.toString(), 'Grüße 17, 18:30, 2021-01-01');
  });

  it('do not depend on what a cache has seen before', () => {
    const compiled = planFor('utf8mb4');
    const towns = Array.from({ length: 20_000 }, (_, index) =>
      Buffer.from(`Ort ${index % 7000}${'x'.repeat(index % 60)}`),
    );
    const scrubAll = (list: readonly Buffer[]) => {
      const scrubber = createTableScrubber(compiled, testKey);
      return list.map(town => {
        const values: (Buffer | null)[] = names.map(name =>
          name === 'city' || name === 'given' ? town : null,
        );
        scrubber.scrub(values);
        return values.map(String).join('|');
      });
    };
    assert.deepEqual(scrubAll(towns), scrubAll([...towns].reverse()).reverse());
  });
});

describe('one look at a text', () => {
  it('misses nothing that a search would find', () => {
    const signs = new TextSigns();
    let searched = 0;
    fc.assert(
      fc.property(value, bytes => {
        signs.read(bytes, 0, bytes.length);
        assert.equal(signs.mayHoldNames, mayHoldNames(bytes));
        assert.equal(signs.hasAt, bytes.includes(0x40));
        if (signs.mayHoldValues) return;
        searched++;
        const found = () => assert.fail(`found in ${JSON.stringify(bytes.toString('latin1'))}`);
        scanValue(bytes, {
          address: found,
          number: found,
          shortNumber: found,
          iban: found,
          secret: () => undefined,
        });
        assert.ok(!bytes.includes('%40') && bytes.toString('latin1').split(':').length <= 2);
      }),
      { numRuns: 3000 },
    );
    assert.ok(searched > 100);
  });
});
