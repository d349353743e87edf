import assert from 'node:assert/strict';
import { describeLeak, TableSearch } from '../../../server/scrub/leaks.ts';
import {
  type CollectedOriginals,
  mergeOriginals,
  OriginalsCollector,
} from '../../../server/scrub/originals.ts';
import { placesOf } from '../../../server/scrub/place.ts';
import type { ScrubRule, TablePlan } from '../../../server/scrub/plan.ts';
import { Fingerprinter, FingerprintSet } from '../../../server/scrub/proof/fingerprints.ts';
import { OriginalsIndex } from '../../../server/scrub/proof/originalsIndex.ts';
import { createTableScrubber } from '../../../server/scrub/scrubber.ts';
import { column, plan, table, testKey } from './support.ts';

const people = table('people', [
  column('email'),
  column('name'),
  column('phone'),
  column('card'),
  column('iban'),
  column('street'),
  column('login'),
  column('note', 'text'),
]);
const rules: Record<string, ScrubRule> = {
  'people.email': 'email',
  'people.name': 'fullName',
  'people.phone': 'phone',
  'people.card': 'cardNumber',
  'people.iban': 'iban',
  'people.street': 'street',
  'people.login': 'userName',
  'people.note': 'text',
  'other.*': { keep: 'nothing personal' },
};
const other = table('other', [column('text', 'text')]);
const anna = [
  'anna@firma.de',
  'Anna Zwitscherling',
  '+49 171 5550123',
  '4539 1488 0343 6467',
  'DE89370400440532013000',
  'Nestweg 14',
  'aschmidt77',
  'see third@person.de',
];
const rowOf = (values: readonly string[]) => values.map(value => Buffer.from(value));

function planOf(name: string, more: Record<string, ScrubRule> = {}): TablePlan {
  const found = plan([people, other], { ...rules, ...more }).tables[name];
  if (found === undefined) throw new RangeError(name);
  return found;
}

function collect(rows: readonly (readonly string[])[]): CollectedOriginals {
  const collector = new OriginalsCollector(planOf('people'), testKey, { sample: 100 });
  for (const row of rows) collector.addRow(placesOf(rowOf(row)));
  return collector.result();
}

function leaksIn(
  tablePlan: TablePlan,
  originals: CollectedOriginals,
  rows: readonly (readonly string[])[],
): string[] {
  const search = new TableSearch(tablePlan, new OriginalsIndex(originals, testKey));
  for (const row of rows) search.addRow(rowOf(row));
  return search.leaks().map(describeLeak);
}

describe('the proof', () => {
  const originals = collect([anna]);

  it('finds every name again whatever it begins with, at the edges of a text too', () => {
    const names = [
      'J. Quandtberg',
      'Ilse Quandtberg',
      'Ö Müllerstein',
      'Öz Müllerstein',
      'al-Amin Zahrabad',
      "O'Hara Quandtberg",
      'x Quandtberg',
      'Лев Толстоевский',
      '李 小龍方方',
    ];
    for (const name of names) {
      const known = collect([anna.map((value, index) => (index === 1 ? name : value))]);
      for (const text of [
        name,
        `so ${name}`,
        `${name} called`,
        `(${name})`,
        name.replace('. ', ' '),
        name.replace(/[A-Z]/g, letter => letter.toLowerCase()),
      ])
        assert.match(leaksIn(planOf('other'), known, [[text]]).join(), /an original name/, text);
      assert.deepEqual(leaksIn(planOf('other'), known, [['Quandtberg alone'], ['nobody here'], ['']]), []);
    }
  });

  it('finds originals in any table, inside text, in another spelling', () => {
    const found = (text: string) => leaksIn(planOf('other'), originals, [[text]]).join();
    assert.match(found('write to ANNA@firma.de!'), /other\.text: an original e-mail address \(1 value\)/);
    assert.match(found('{"x":"ask\\nanna@firma.de"}'), /original e-mail/);
    assert.match(found('mail third@person.de'), /original e-mail/);
    assert.match(found('call +49 (171) 555-0123 now'), /original phone number/);
    assert.match(found('with anna ZWITSCHERLING, Berlin'), /original name/);
    assert.match(found('card 4539-1488-0343-6467'), /original card number/);
    assert.match(found('to DE89 3704 0044 0532 0130 00.'), /original IBAN/);
    assert.match(found('Nestweg 14'), /original value/);
    assert.match(found('aschmidt77'), /original value/);
  });

  it('finds what looks live though it is nobody’s original, unless the rule allows it', () => {
    const empty = mergeOriginals([]);
    const found = (text: string, more: Record<string, ScrubRule> = {}) =>
      leaksIn(planOf('other', more), empty, [[text]]).join();
    assert.match(found('info@firma.de'), /looks like a live e-mail/);
    assert.match(found('5500 0055 5555 5559'), /looks like a live card/);
    assert.match(found('GB29NWBK60161331926819'), /looks like a live IBAN/);
    assert.match(found('key sk_live_4eC39HqLyjWDarjtT1zdp7dc'), /live secret key/);
    assert.match(found('-----BEGIN RSA PRIVATE KEY-----\nMIIE'), /live secret key/);
    const allowed: ScrubRule = { use: 'keep', reason: 'our own', allow: ['email'] };
    assert.equal(found('info@firma.de', { 'other.text': allowed }), '');
  });

  it('lets a rule say that a word may stay though it is somebody’s name or value elsewhere, an address never', () => {
    const found = (text: string, allow: string[]) => {
      const found = (['keep', 'text'] as const).map(use => {
        const rule: ScrubRule = { use, reason: 'names of our houses', allow };
        return leaksIn(planOf('other', { 'other.text': rule }), originals, [[text]]).join();
      });
      assert.equal(found[0], found[1]);
      return found[0] ?? '';
    };
    assert.match(
      found('Anna Zwitscherling', []),
      /original name \(1 value; "allow": \["name"\] if it may stay\)/,
    );
    assert.equal(found('Anna Zwitscherling', ['name']), '');
    assert.match(found('Nestweg 14', ['name']), /original value/);
    assert.equal(found('Nestweg 14', ['value']), '');
    assert.match(found('anna@firma.de', ['name', 'value', 'email']), /original e-mail/);
  });

  it('takes for live neither reserved addresses, files, repositories, versions, order numbers nor dates', () => {
    const harmless = [
      'a@example.com b@x.test root@localhost',
      'icon@2x.png',
      'git@github.com:org/repo.git',
      'pkg@1.2.3',
      '2024-01-15 10:30:00 2024-02-16',
      'order 2024000123 of 1234567890',
      '9f2c1b7a60d34e5590aa1c3df0e87b42',
      '4000 0071 9382 5509',
      '+1 212 555 0147',
    ];
    for (const text of harmless) assert.deepEqual(leaksIn(planOf('other'), originals, [[text]]), [], text);
    const ids = Array.from({ length: 500 }, (_, i) => [String(4_000_000_000_000_000 + i * 104_729)]);
    assert.deepEqual(
      leaksIn(planOf('other'), originals, ids),
      [],
      'identifiers pass as cards one time in ten',
    );
  });

  it('finds nothing in what the scrubber wrote', () => {
    const rows = Array.from({ length: 2000 }, (_, i) => [
      `user${i}@firma.de`,
      `Vor${i % 50}name Nach${i}name`,
      `+49 171 ${5_000_000 + i}`,
      `4539 1488 03${i % 10} ${1000 + i}`,
      `DE89370400440532${String(i).padStart(6, '0')}`,
      `Hauptstraße ${i}`,
      `login_${i}`,
      `Vor${i % 50}name <user${i}@firma.de>`,
    ]);
    const scrubber = createTableScrubber(planOf('people'), testKey);
    const scrubbed = rows.map(row => {
      const bytes: (Buffer | null)[] = rowOf(row);
      scrubber.scrub(bytes);
      return bytes.map(value => value?.toString('utf8') ?? '');
    });
    assert.deepEqual(leaksIn(planOf('people'), collect(rows), scrubbed), []);
    assert.notDeepEqual(leaksIn(planOf('people'), collect(rows), rows), []);
  });

  it('reads a value where it lies among others, and nothing of its neighbours', () => {
    const texts = [
      'anna@firma.de',
      'git@host',
      'Anna',
      'Zwitscherling',
      'with Anna Zwitscherling',
      'Nestweg 14',
      '+49 171 555',
      '0123',
      '4539 1488 0343',
      '6467',
      'DE893704004405320',
      'DE89370400440532013000',
      'sk_live_4eC39Hq',
      'LyjWDarjtT1zdp7dcxxxxxx',
      'anna%40firma.de',
      'anna%40fir',
      'ma.de',
      ':path',
      '',
    ];
    const tablePlan = planOf('other');
    const index = new OriginalsIndex(originals, testKey);
    const found = (bytes: Buffer, start: number, end: number) => {
      const search = new TableSearch(tablePlan, index);
      search.addValue(0, bytes, start, end);
      return search.leaks().map(describeLeak);
    };
    for (const text of texts) {
      const alone = found(Buffer.from(text), 0, text.length);
      for (const before of texts)
        for (const after of texts) {
          const bytes = Buffer.from(before + text + after);
          const among = found(bytes, before.length, before.length + text.length);
          assert.deepEqual(among, alone, `${before}|${text}|${after}`);
        }
    }
  });

  it('brings workers’ originals together', () => {
    const bertha = ['bertha@firma.de', 'Bertha Piepmatz', '', '', '', '', '', ''];
    const merged = mergeOriginals([collect([anna]), collect([bertha])]);
    assert.match(leaksIn(planOf('other'), merged, [['bertha@firma.de']]).join(), /original e-mail/);
    assert.match(leaksIn(planOf('other'), merged, [['Anna Zwitscherling']]).join(), /original name/);
    assert.equal(merged.columns['people.email']?.seen, 2);
  });
});

describe('a set of fingerprints', () => {
  it('keeps all of them up to its limit, and an even sample beyond it', () => {
    const print = new Fingerprinter(testKey);
    const set = new FingerprintSet(1000);
    const whole = new FingerprintSet(100_000);
    const add = (target: FingerprintSet, index: number) => {
      const bytes = Buffer.from(`value ${index}`);
      print.text(bytes, 0, bytes.length);
      target.add(print.high, print.low);
      return target.has(print.high, print.low);
    };
    let kept = 0;
    for (let i = 0; i < 20_000; i++) {
      if (add(set, i)) kept++;
      assert.ok(add(whole, i));
    }
    assert.equal(whole.size, 20_000);
    assert.ok(set.size > 400 && set.size <= 1000, String(set.size));
    assert.ok(set.data.slots.length <= 8192, 'memory stays bounded');
    assert.ok(kept >= set.size);
    assert.equal(set.data.offered, 20_000);
  });
});
