import assert from 'node:assert/strict';
import { compareSync } from 'bcryptjs';
import fc from 'fast-check';
import { isValidIBAN } from 'ibantools';
import { parsePhoneNumber } from 'libphonenumber-js/max';
import { describeTransformers } from '../../../server/scrub/describe.ts';
import { NumberPlan } from '../../../server/scrub/phonePlan.ts';
import type { ScrubRule, TransformerName } from '../../../server/scrub/plan.ts';
import { isCardShape, isLuhnValid, isReservedAddress, isTestCard } from '../../../server/scrub/reserved.ts';
import { column, valueScrubber } from './support.ts';

/** Rules of every kind that takes text. */
const textRules: readonly ScrubRule[] = [
  'email',
  'givenName',
  'familyName',
  'fullName',
  'userName',
  'phone',
  'street',
  'city',
  'postcode',
  'company',
  'birthDate',
  'date',
  'ip',
  'mac',
  'url',
  'iban',
  'cardNumber',
  'nationalId',
  'taxNumber',
  'geoPoint',
  'passwordHash',
  'token',
  'text',
  'json',
  'phpSerialized',
  'xml',
  'formEncoded',
  'blob',
  { use: 'constant', value: 'x' },
  'hash',
  { use: 'template', template: 'C {digits:4} {given}' },
];

/** What people and programs put where it does not belong. */
const hostile: readonly (string | Buffer)[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '💩'.repeat(40),
  'Zoë\u0301\u0327',
  '\u202eabc\u202c',
  'محمد علي',
  '李小龙',
  'ß',
  'İstanbul',
  '\ufeffx',
  "Robert'); DROP TABLE",
  '%s%n',
  'x'.repeat(65_536),
  Buffer.from([0xff, 0xfe, 0x80, 0x41]),
  Buffer.from('Müller', 'latin1'),
  '{"a":',
  'a:1:{s:9:"x";}',
  's:5:"abc";',
  '<a><b',
  '%zz&=&&',
  'a@b',
  '@',
  'a@@b.de',
  '+',
  '+999999999999999999',
  '0000-00-00',
  '9999-12-31',
  '-1',
  '{"a":"\\ud800"}',
  'a:1:{i:0;O:3:"Foo":0:{}}',
  '[[[[[[[[[[[[]]]]]]]]]]]]',
];

describe('every transformer', () => {
  for (const rule of textRules) {
    const name = typeof rule === 'string' ? rule : JSON.stringify(rule);
    it(`${name}: bears hostile values and says the same twice`, () => {
      for (const facts of [
        column('v', 'varchar(40)'),
        column('v', 'longtext'),
        column('v', 'varchar(9)', { charset: 'ascii', collation: 'ascii_bin' }),
      ]) {
        const scrub = valueScrubber(rule, facts);
        const again = valueScrubber(rule, facts);
        for (const value of hostile) {
          const replaced = scrub(value);
          assert.equal(again(value), replaced);
          if (facts.maxLength !== null && facts.maxLength < 100)
            assert.ok(
              [...replaced].length <= Math.max(facts.maxLength, [...value.toString()].length),
              `${name}: ${replaced.slice(0, 80)}`,
            );
        }
      }
    });

    it(`${name}: stays within length and character set`, () => {
      const facts = column('v', 'varchar(24)', { charset: 'ascii', collation: 'ascii_general_ci' });
      const scrub = valueScrubber(rule, facts);
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 24 }), value => {
          const replaced = scrub(value);
          assert.ok(replaced.length <= 24, replaced);
          assert.ok(/^[\x00-\x7f]*$/.test(replaced), replaced);
        }),
        { numRuns: 150, seed: 11 },
      );
    });
  }

  it('is described with an example', () => {
    for (const { summary, example } of describeTransformers()) {
      assert.ok(summary.endsWith('.'));
      assert.ok(example.before !== '' && example.after !== '');
    }
  });

  it('is idempotent where that is promised', () => {
    for (const rule of [{ keep: 'x' }, { use: 'constant', value: 'x' }, 'blob'] as const) {
      const scrub = valueScrubber(rule);
      assert.equal(scrub(scrub('value')), scrub('value'));
    }
  });

  it('leaves no name, address or number as it was', () => {
    const rules: TransformerName[] = ['givenName', 'familyName', 'city', 'fullName', 'email', 'street'];
    for (const rule of rules) {
      const scrub = valueScrubber(rule);
      for (const value of [
        'Anna',
        'Oskar',
        'Müller',
        'Keller',
        'Adelsheim',
        'Weston',
        'Anna Müller',
        'x@example.com',
      ])
        assert.notEqual(scrub(value).toLowerCase(), value.toLowerCase());
    }
  });
});

describe('replacements of numbers', () => {
  it('phones cannot be called: reserved, unknown to the numbering plan, or of an unassigned code', () => {
    const plan = new NumberPlan();
    const scrub = valueScrubber('phone', column('v', 'varchar(40)'));
    for (const country of [
      '1212',
      '44207',
      '4930',
      '491715',
      '331',
      '336',
      '614',
      '3538',
      '4670',
      '3906',
      '3491',
      '31612',
      '43664',
      '417',
      '55119',
      '9198',
      '8190',
      '86138',
      '7916',
      '2721',
      '3247',
      '4860',
      '351912',
      '97150',
    ])
      for (let i = 0; i < 40; i++) {
        const original = `+${country}${String(1_234_567 + i * 7919).slice(0, 12 - country.length)}`;
        const replaced = scrub(original);
        assert.ok(plan.isUncallable(replaced), `${original} became ${replaced}`);
        assert.notEqual(replaced, original);
      }
  });

  it('phones of the reserved ranges are what a full numbering plan says they are', () => {
    const scrub = valueScrubber('phone', column('v', 'varchar(40)'));
    for (const original of [
      '+1 212 555 7890',
      '+44 20 7123 4567',
      '+44 7712 345678',
      '+33 1 42 68 53 00',
      '+61 2 9374 4000',
    ]) {
      const replaced = scrub(original);
      assert.equal(replaced.replace(/\d/g, '9'), original.replace(/\d/g, '9'), 'the shape is kept');
      assert.equal(
        parsePhoneNumber(replaced).countryCallingCode,
        parsePhoneNumber(original).countryCallingCode,
      );
    }
  });

  it('phones take the option’s country, and no country stays unassigned', () => {
    assert.match(valueScrubber({ use: 'phone', country: 'DE' })('0171 5550123'), /^0171 39200/);
    assert.match(valueScrubber('phone')('0171 5550123'), /^\+990 /);
    assert.match(valueScrubber('phone', column('v', 'bigint(20)'))('491715550123'), /^990\d+$/);
  });

  it('IBANs are valid, of a bank that does not exist, in their own grouping', () => {
    const scrub = valueScrubber('iban', column('v', 'varchar(42)'));
    for (const original of [
      'DE89370400440532013000',
      'GB29NWBK60161331926819',
      'AT611904300234573201',
      'NL91ABNA0417164300',
      'CH9300762011623852957',
      'PL61109010140000071219812874',
    ]) {
      const replaced = scrub(original);
      assert.ok(isValidIBAN(replaced) || replaced.slice(0, 2) === 'PL', replaced);
      assert.match(replaced.slice(4), /^0{4}|^TEST/);
    }
    assert.match(scrub('DE89 3704 0044 0532 0130 00'), /^DE\d\d 0000 0000 \d{4} \d{4} \d\d$/);
  });

  it('card numbers are valid, of test ranges, of their scheme and length', () => {
    const scrub = valueScrubber('cardNumber', column('v', 'varchar(23)'));
    for (const original of [
      '4539 1488 0343 6467',
      '5500005555555559',
      '378282246310005',
      '6011000990139424',
      '30569309025904',
      '3530111333300000',
    ]) {
      const digits = scrub(original).replace(/\D/g, '');
      assert.ok(isLuhnValid(digits) && isCardShape(digits) && isTestCard(digits), digits);
      assert.equal(digits.length, original.replace(/\D/g, '').length);
    }
  });

  it('addresses are reserved ones', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom(8, 14, 20, 30, 60, 255), (address, length) => {
        const replaced = valueScrubber('email', column('v', `varchar(${length})`))(address);
        assert.ok(length < 9 || isReservedAddress(replaced), replaced);
      }),
      { numRuns: 200, seed: 3 },
    );
    assert.match(valueScrubber('ip')('87.122.4.9'), /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    assert.match(valueScrubber('ip')('2a02:8108::7'), /^2001:db8:/);
    assert.match(valueScrubber('mac')('3c:22:fb:9a:10:04'), /^00:00:5e:00:53:/);
    assert.match(valueScrubber('url')('https://anna.de/x.jpg?y'), /^https:\/\/www\.example\.com\/\w+\.jpg$/);
  });

  it('dates move, exist, and move alike for one subject', () => {
    const scrub = valueScrubber('birthDate', column('v', 'date'));
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1910-01-01'), max: new Date('2020-01-01'), noInvalidDate: true }),
        date => {
          const original = date.toISOString().slice(0, 10);
          const replaced = scrub(original);
          const days = Math.abs(Date.parse(replaced) - Date.parse(original)) / 86_400_000;
          assert.ok(days >= 1 && days <= 182, `${original} ${replaced}`);
          assert.equal(new Date(replaced).toISOString().slice(0, 10), replaced);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  it('password hashes fit nobody, or the known login', () => {
    const bcrypt = '$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
    const known = valueScrubber({ use: 'passwordHash', login: 'let me in' })(bcrypt);
    assert.ok(compareSync('let me in', known.replace('$2y$', '$2b$')));
    const unknown = valueScrubber('passwordHash')(bcrypt);
    assert.ok(unknown.startsWith('$2y$10$') && unknown.length === 60 && unknown !== bcrypt);
    assert.match(
      valueScrubber({ use: 'passwordHash', login: 'x' })('$P$BWqHRyBmjAxvEsUIfkWmVlbMoUHrZH0'),
      /^\$P\$B.{30}$/,
    );
    // WordPress accepts bare MD5 and upgrades it.
    assert.equal(
      valueScrubber({ use: 'passwordHash', login: 'x' })('5f4dcc3b5aa765d61d8327deb882cf99'),
      '9dd4e461268c8034f5c8564e155c67a6',
    );
  });
});
