import assert from 'node:assert/strict';
import { Glance } from '../../../server/scrub/glance.ts';

describe('a glance at a text', () => {
  const letters = [
    ...'aAbBkKzZ09@.- ,',
    'é',
    'É',
    'ß',
    'ẞ',
    'ż',
    '\u212a',
    'ж',
    'Ж',
    '花',
    '😀',
    '\u0301',
    '\u00a0',
  ];
  /** The same texts in each run. */
  const drawer = () => {
    let state = 7;
    return (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  };

  it('never says no of what stands in it, in whatever capitals', () => {
    const glance = new Glance();
    const draw = drawer();
    const word = (length: number) =>
      Array.from({ length }, () => letters[draw(letters.length)] ?? '').join('');
    let standing = 0;
    for (let turn = 0; turn < 20_000; turn++) {
      const value = word(1 + draw(4));
      const cased = draw(2) === 0 ? value.toUpperCase() : value.toLowerCase();
      const text = `${word(draw(8))}${draw(2) === 0 ? cased : ''}${word(draw(8))}`;
      glance.at(Buffer.from(text));
      const bytes = Buffer.from(value);
      if (!text.toLowerCase().includes(value.toLowerCase())) continue;
      standing++;
      assert.ok(glance.mayHold(bytes, 0, bytes.length), JSON.stringify([text, value]));
    }
    assert.ok(standing > 5000, `${standing} values stood in their text`);
  });

  it('says no of nearly all else', () => {
    const glance = new Glance();
    glance.at(Buffer.from('please ring twice, leave it at the door of the house behind the yard'));
    for (const value of ['Anna Schmidt', 'anna.schmidt@firma.de', '+49 171 5550123', 'Hauptstraße 12'])
      assert.equal(glance.mayHold(Buffer.from(value), 0, Buffer.byteLength(value)), false, value);
    glance.at(Buffer.from('another text'));
    assert.equal(glance.mayHold(Buffer.from('yard'), 0, 4), false, 'the text before this one');
  });
});
