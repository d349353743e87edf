import assert from 'node:assert/strict';
import fc from 'fast-check';
import { column, valueScrubber } from './support.ts';

const text = valueScrubber('text', column('carddata', 'longtext'));
const of = (kind: Parameters<typeof valueScrubber>[0], value: string) => valueScrubber(kind)(value);

const card = `BEGIN:VCARD\r
VERSION:3.0\r
UID:6f1c1a52-7b1e-4a39-9c62-1a52f00aa001\r
FN:Ilse Quandt\r
N:Quandt;Ilse;Maria;Dr.;\r
NICKNAME:Ilsi\r
item1.EMAIL;TYPE=INTERNET;TYPE=HOME:ilse@firma.de\r
TEL;TYPE=cell;VALUE=uri:tel:+491715550123\r
ADR;TYPE=home:;;Nestweg 14;Köln;NRW;50667;Germany\r
BDAY:1984-05-17\r
ORG:Quandt Bau\\, Köln;Einkauf\r
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQ\r
 AAQABAAD/2wBDAAgG\r
NOTE:Calls herself Ilsi\\; write to ilse@firm\r
 a.de\r
CATEGORIES:customers\r
END:VCARD\r
`;

describe('contact cards in a text', () => {
  it('are replaced by their properties, each as in a column of its own', () => {
    const after = text(card);
    for (const original of [
      'Ilse',
      'Quandt',
      'Maria',
      'Ilsi\r',
      'firma.de',
      '5550123',
      'Nestweg',
      'Köln',
      '50667',
      '1984-05-17',
      '9j/4',
      'wBDA',
    ])
      assert.ok(!after.includes(original), `${original} in ${after}`);
    for (const line of [
      'BEGIN:VCARD',
      `FN:${of('fullName', 'Ilse Quandt')}`,
      `N:${of('familyName', 'Quandt')};${of('givenName', 'Ilse')};${of('givenName', 'Maria')};Dr.;`,
      `item1.EMAIL;TYPE=INTERNET;TYPE=HOME:${of('email', 'ilse@firma.de')}`,
      `TEL;TYPE=cell;VALUE=uri:tel:${of('phone', '+491715550123')}`,
      `ADR;TYPE=home:;;${of('street', 'Nestweg 14')};${of('city', 'Köln')};NRW;${of('postcode', '50667')};Germany`,
      `BDAY:${of('birthDate', '1984-05-17')}`,
      'PHOTO;ENCODING=b;TYPE=JPEG:',
      'CATEGORIES:customers',
      'END:VCARD',
    ])
      assert.ok(after.split('\r\n').includes(line), `${line} in ${after}`);
    assert.equal(after.split('\r\n').length, card.split('\r\n').length - 2, 'two lines were folded');
  });

  it('of old versions lose what is encoded', () => {
    const after = text(
      'BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Anna=\n;;;\nTITLE:Chef\nEND:VCARD\n',
    );
    assert.equal(
      after,
      'BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:\nTITLE:Chef\nEND:VCARD\n',
    );
  });

  it('and calendars: who attends', () => {
    const after = text(
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260301T100000Z\nSUMMARY:Planning\nORGANIZER;CN=Ilse Quandt:mailto:ilse@firma.de\nATTENDEE;CN="Quandt, Ilse";ROLE=CHAIR:mailto:ilse@firma.de\nEND:VEVENT\nEND:VCALENDAR\n',
    );
    assert.ok(!/Ilse|Quandt|firma/.test(after), after);
    assert.ok(after.includes('DTSTART:20260301T100000Z\nSUMMARY:Planning\n'));
    assert.equal(after.split(of('email', 'ilse@firma.de')).length, 3);
    assert.ok(after.includes(`ORGANIZER;CN="${of('fullName', 'Ilse Quandt')}":mailto:`));
  });

  it('that are broken come to no harm', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), rest => {
        assert.equal(typeof text(`BEGIN:VCARD${rest}`), 'string');
      }),
    );
    const long = `BEGIN:VCARD\nN;X="${'a'.repeat(200_000)}\nADR:${';'.repeat(200_000)}`;
    assert.ok(text(long).startsWith('BEGIN:VCARD'));
  });
});
