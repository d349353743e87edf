import assert from 'node:assert/strict';
import { unserialize } from 'php-serialize';
import { column, plan, rowScrubber, table, testKey, valueScrubber } from './support.ts';

const address = 'Anna.Schmidt@Firma.de';
const replaced = valueScrubber('email')(address);

describe('the same e-mail address wherever it stands', () => {
  it('in another spelling', () => {
    for (const spelling of ['anna.schmidt@firma.de', ' ANNA.SCHMIDT@FIRMA.DE ', 'anna.schmidt@firma.de\n'])
      assert.equal(valueScrubber('email')(spelling), replaced);
  });

  it('inside free text, with punctuation around it', () => {
    const text = valueScrubber('text', column('value', 'text'));
    for (const frame of [
      'Mail %, please',
      '<%>',
      'mailto:%?subject=x',
      '"%".',
      "'%'",
      'https://x.test/?mail=%&b=1',
      '(%)',
      '%',
    ])
      assert.equal(text(frame.replace('%', address)), frame.replace('%', replaced), frame);
  });

  it('inside JSON, also escaped, nested and as JSON in a string of JSON', () => {
    const json = valueScrubber('json', column('value', 'longtext'));
    const document = {
      a: [{ email: address }],
      s: JSON.stringify({ mail: address }),
      n: 12.5,
      t: `to\n${address}`,
    };
    assert.deepEqual(JSON.parse(json(JSON.stringify(document))), {
      a: [{ email: replaced }],
      s: JSON.stringify({ mail: replaced }),
      n: 12.5,
      t: `to\n${replaced}`,
    });
  });

  it('inside a PHP-serialized array, and one inside JSON inside it', () => {
    const php = valueScrubber('phpSerialized', column('value', 'longtext'));
    const inner = JSON.stringify({ list: [address] });
    const source = `a:2:{s:5:"email";s:${address.length}:"${address}";i:0;s:${inner.length}:"${inner}";}`;
    const result: unknown = unserialize(php(source));
    assert.deepEqual(result, { email: replaced, 0: JSON.stringify({ list: [replaced] }) });
    const wrapped = valueScrubber('json', column('value', 'longtext'))(JSON.stringify({ v: source }));
    assert.deepEqual(unserialize(JSON.parse(wrapped).v), result);
  });

  it('inside XML and forms', () => {
    const xml = valueScrubber('xml', column('value', 'longtext'));
    assert.equal(
      xml(`<u mail="${address}"><e>${address}</e><![CDATA[${address}]]></u>`),
      `<u mail="${replaced}"><e>${replaced}</e><![CDATA[${replaced}]]></u>`,
    );
    const form = valueScrubber('formEncoded', column('value', 'text'));
    assert.equal(form(`a=1&m=${encodeURIComponent(address)}`), `a=1&m=${encodeURIComponent(replaced)}`);
  });

  it('as a login, and in a list with display names', () => {
    assert.equal(valueScrubber('userName')(address), replaced);
    const list = valueScrubber('email')(`"Anna Schmidt" <${address}>, ${address}`);
    assert.ok(list.endsWith(`<${replaced}>, ${replaced}`), list);
    assert.ok(!/Anna|Schmidt/.test(list), list);
  });

  it('in another table, and not under another key', () => {
    const compiled = plan([table('a', [column('x')]), table('b', [column('y', 'varchar(100)')])], {
      'a.x': 'email',
      'b.y': 'email',
    });
    assert.deepEqual(rowScrubber(compiled, 'a')(address), rowScrubber(compiled, 'b')(address));
    const other = { id: 'other', bytes: new Uint8Array(32).fill(9) };
    assert.notEqual(valueScrubber('email', column('v'), {}, other)(address), replaced);
    assert.equal(valueScrubber('email', column('v'), {}, testKey)(address), replaced);
  });
});

describe('the same person', () => {
  it('is one person in given, family and full name columns', () => {
    const given = valueScrubber('givenName')('Anna');
    const family = valueScrubber('familyName')('Schmidt');
    const full = valueScrubber('fullName');
    assert.equal(full('Anna Schmidt'), `${given} ${family}`);
    assert.equal(full('SCHMIDT, ANNA'), `${family}, ${given}`);
    assert.equal(full('Dr. Anna von Schmidt'), `Dr. ${given} von ${family}`);
  });

  it('is found in the text of its row, and replaced as its columns are', () => {
    const compiled = plan(
      [table('t', [column('first'), column('last'), column('phone'), column('note', 'text')])],
      { 't.first': 'givenName', 't.last': 'familyName', 't.phone': 'phone', 't.note': 'text' },
    );
    const scrub = rowScrubber(compiled, 't');
    const [first, last, phone, note] = scrub(
      'Søren',
      'Åkesson',
      '0171-5550123',
      'SØREN? No: Søren Åkesson, not Sørensen, called from 0171-5550123 about order 4711.',
    );
    assert.ok(
      note?.includes(`${first} ${last}, not Sørensen, called from ${phone} about order 4711.`),
      note ?? '',
    );
  });
});

describe('free text', () => {
  it('has links with encoded addresses replaced, and names once, not one after another', () => {
    const text = valueScrubber('text', column('value', 'text'));
    const encoded = encodeURIComponent(address);
    assert.equal(
      text(`https://x.test/?m=${encoded}&a=1`),
      `https://x.test/?m=${replaced.replace('@', '%40')}&a=1`,
    );
    const compiled = plan([table('t', [column('a'), column('b'), column('note', 'text')])], {
      't.a': 'givenName',
      't.b': 'familyName',
      't.note': 'text',
    });
    const scrub = rowScrubber(compiled, 't');
    const [given = ''] = scrub('Anna', 'Schmidt', '');
    // The family name is what the given name becomes: each is replaced where it stood, and only once.
    const [, family, note] = scrub('Anna', given ?? '', `Anna ${given} wrote`);
    assert.equal(note, `${given} ${family} wrote`);
  });
});
