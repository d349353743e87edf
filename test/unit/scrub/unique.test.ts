import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ColumnFacts, ScrubRule } from '../../../server/scrub/plan.ts';
import { collationKey } from '../../../server/scrub/unique.ts';
import { column, plan, rowScrubber, table, unique, valueScrubber } from './support.ts';

function assertDistinct(rule: ScrubRule, facts: ColumnFacts, values: Iterable<string>): number {
  const scrub = valueScrubber(rule, facts, unique);
  const seen = new Map<string, string>();
  const planned = {
    ...facts,
    collation: facts.collation ?? null,
    unique: true,
    use: 'keep',
    options: {},
    version: 1,
    source: 'rule',
  } as const;
  for (const value of values) {
    const replaced = scrub(value);
    const key = collationKey(planned, replaced);
    assert.ok(
      !seen.has(key),
      `${JSON.stringify(value)} and ${JSON.stringify(seen.get(key))} both became ${JSON.stringify(replaced)}`,
    );
    seen.set(key, value);
    if (facts.maxLength !== null) assert.ok([...replaced].length <= facts.maxLength, replaced);
  }
  return seen.size;
}

function* range(count: number, make: (index: number) => string): Generator<string> {
  for (let i = 0; i < count; i++) yield make(i);
}

const two = (index: number, alphabet: string): string =>
  `${alphabet[Math.floor(index / alphabet.length)]}${alphabet[index % alphabet.length]}`;
const lower = 'abcdefghijklmnopqrstuvwxyz';

describe('unique columns', () => {
  it('keep 100 000 e-mail addresses apart', () => {
    assert.equal(
      assertDistinct(
        'email',
        column('v'),
        range(100_000, i => `user${i}@shop${i % 7}.de`),
      ),
      100_000,
    );
  });

  it('keep every value of a whole small space apart, in columns with no room for a tail', () => {
    assert.equal(
      assertDistinct(
        'hash',
        column('v', 'varchar(4)'),
        range(10_000, i => String(i).padStart(4, '0')),
      ),
      10_000,
    );
    assert.equal(
      assertDistinct(
        'userName',
        column('v', 'varchar(2)'),
        range(676, i => two(i, lower)),
      ),
      676,
    );
    assert.equal(
      assertDistinct(
        'givenName',
        column('v', 'char(1)'),
        range(26, i => lower[i] ?? ''),
      ),
      26,
    );
    assert.equal(
      assertDistinct(
        'postcode',
        column('v', 'varchar(5)'),
        range(20_000, i => String(10_000 + i)),
      ),
      20_000,
    );
    assert.equal(
      assertDistinct(
        'nationalId',
        column('v', 'char(11)'),
        range(20_000, i => `123-${two(i % 100, '0123456789')}-${1000 + Math.floor(i / 100)}`),
      ),
      20_000,
    );
  });

  it('keep numbers within their type, apart, and of their length', () => {
    const facts = column('v', 'int(11)');
    const scrub = valueScrubber('hash', facts, unique);
    const seen = new Set<string>();
    for (const value of range(5000, i => String(2_147_480_000 + (i % 3648)).slice(0, 10))) {
      const replaced = scrub(value);
      assert.ok(Number(replaced) <= 2_147_483_647 && replaced.length === 10, replaced);
      seen.add(replaced);
    }
    assert.equal(seen.size, 3648);
  });

  it('keep phone, card and account numbers, addresses and adapters apart', () => {
    assertDistinct(
      'phone',
      column('v', 'varchar(32)'),
      range(20_000, i => `+49 171 ${5_000_000 + i}`),
    );
    assertDistinct(
      'phone',
      column('v', 'varchar(12)'),
      range(5000, i => `0171${5_000_000 + i}`),
    );
    assertDistinct(
      'cardNumber',
      column('v', 'varchar(20)'),
      range(20_000, i => `45391488${10_000_000 + i}`),
    );
    assertDistinct(
      'iban',
      column('v', 'varchar(34)'),
      range(20_000, i => `DE893704004405${10_000_000 + i}`),
    );
    assertDistinct(
      'ip',
      column('v', 'varchar(45)'),
      range(20_000, i => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    );
    assertDistinct(
      'ip',
      column('v', 'varchar(15)'),
      range(20_000, i => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
    );
    assertDistinct(
      'mac',
      column('v', 'char(17)'),
      range(
        5000,
        i =>
          `3c:22:fb:9a:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`,
      ),
    );
    assertDistinct(
      'date',
      column('v', 'varchar(10)'),
      range(2000, i => new Date(Date.UTC(2001, 0, 1 + i)).toISOString().slice(0, 10)),
    );
    for (const rule of [
      'fullName',
      'city',
      'company',
      'street',
      'userName',
      'url',
      'taxNumber',
      'token',
    ] as const)
      assertDistinct(
        rule,
        column('v', 'varchar(80)'),
        range(3000, i => `value ${i}`),
      );
  });

  it('keep apart what the collation keeps apart, though the transformer would not', () => {
    const bin = { collation: 'utf8mb4_bin' };
    for (const rule of ['email', 'userName', 'fullName'] as const) {
      assertDistinct(rule, column('v', 'varchar(80)', bin), [
        'bob@x.de',
        'Bob@x.de',
        'BOB@X.DE',
        ' bob@x.de',
        'bób@x.de',
      ]);
      assertDistinct(rule, column('v', 'varchar(80)'), ['bob@x.de', ' bob@x.de', 'bob @x.de']);
      assertDistinct(rule, column('v', 'varchar(80)', { collation: 'utf8mb4_0900_ai_ci' }), [
        'bob',
        'bob ',
        ' bob',
      ]);
      assertDistinct(rule, column('v', 'varchar(80)', { collation: 'utf8mb4_0900_as_ci' }), ['bob', 'böb']);
    }
  });

  it('hold for any texts, under any of the common collations', () => {
    const collations = [
      'utf8mb4_general_ci',
      'utf8mb4_unicode_ci',
      'utf8mb4_bin',
      'utf8mb4_0900_ai_ci',
      'latin1_swedish_ci',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...collations),
        fc.constantFrom<ScrubRule>('email', 'userName', 'hash', 'fullName', 'token', 'city'),
        fc.constantFrom(12, 24, 60, 255),
        fc.uniqueArray(fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 12 }), {
          minLength: 2,
          maxLength: 12,
        }),
        (collation, rule, length, texts) => {
          const facts = column('v', `varchar(${length})`, { collation });
          const planned = {
            ...facts,
            collation,
            unique: true,
            use: 'keep',
            options: {},
            version: 1,
            source: 'rule',
          } as const;
          const values = new Map(texts.map(text => [collationKey(planned, text), text]));
          assertDistinct(
            rule,
            facts,
            [...values.values()].filter(text => text.trim() !== ''),
          );
        },
      ),
      { numRuns: 300, seed: 20_260_101 },
    );
  });
});

describe('columns joined by foreign keys', () => {
  const users = table('users', [column('email', 'varchar(120)')], { primaryKey: ['email'] });
  const orders = table('orders', [column('user_email', 'varchar(60)'), column('note', 'text')], {
    foreignKeys: [{ columns: ['user_email'], refTable: 'users', refColumns: ['email'] }],
  });

  it('share the rule of their parent, and its length', () => {
    const compiled = plan([users, orders], { 'users.email': 'email', 'orders.note': 'text' });
    const long = `${'very.long.name.'.repeat(3)}anna@a-rather-long-domain.example.de`;
    const [parent] = rowScrubber(compiled, 'users')(long);
    assert.equal(rowScrubber(compiled, 'orders')(long, null)[0], parent);
    assert.ok((parent ?? '').length <= 60);
    assert.deepEqual(compiled.unclassified, []);
  });

  it('stay joined for any value', () => {
    const compiled = plan([users, orders], { 'users.email': 'email', 'orders.note': 'text' });
    const parent = rowScrubber(compiled, 'users');
    const child = rowScrubber(compiled, 'orders');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), value => {
        assert.equal(parent(value)[0], child(value, null)[0]);
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
