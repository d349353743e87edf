import assert from 'node:assert/strict';
import { findNames, mayHoldNames } from '../../../server/scrub/salutations.ts';
import { column, plan, rowScrubber, table, valueScrubber } from './support.ts';

describe('names that a text itself says are names', () => {
  const found = (text: string) =>
    (mayHoldNames(Buffer.from(text)) ? findNames(text) : []).map(
      ({ start, end, use }) => `${use} ${text.slice(start, end)}`,
    );

  for (const [text, ...names] of [
    ['Dear Mrs. Novak, thank you', 'familyName Novak'],
    ['Hi Anna,\nyour parcel is here.', 'givenName Anna'],
    ['It broke.\nKind regards,\nJohn Smith\nCEO', 'fullName John Smith'],
    ['Sehr geehrte Frau Müller,', 'familyName Müller'],
    ['Herr Dr. Hans Meier rief an', 'fullName Hans Meier'],
    ['<p>Hi Bob,</p><p>Viele Grüße<br>Anna von Berg</p>', 'givenName Bob', 'fullName Anna von Berg'],
    ['Bonjour Monsieur Legrand,', 'familyName Legrand'],
    ['Estimada señora García:', 'familyName García'],
    ['Hello, my name is Pavel Novak and I', 'fullName Pavel Novak'],
    ['Danke, LG Petra', 'givenName Petra'],
    ['Je m’appelle Vera.', 'givenName Vera'],
    ['It works now.\nMany thanks,\nJohn Smith', 'fullName John Smith'],
    ['Chamo-me Georg', 'givenName Georg'],
  ] as const)
    it(JSON.stringify(text), () => assert.deepEqual(found(text).sort(), [...names].sort()));

  it('are not the greeted who have none, nor words that only look like it', () => {
    for (const text of [
      'Dear Customer,',
      'Hallo zusammen,',
      'Hello World!',
      'Dear Sir or Madam,',
      'Best Western Hotel',
      'Thanks, that works',
      'the dear departed',
      'Regards to all',
    ])
      assert.deepEqual(found(text), [], text);
  });

  it('are found in time that grows with the text alone', () => {
    for (const piece of ['Dear ', 'Regards\n ', 'Mr Aa', "Dear A'A-", 'Regards,\n<br>', 'Hi A ', '\n \t'])
      findNames(piece.repeat(Math.ceil(65_536 / piece.length)));
  });

  it('become what the name becomes in a column of its own', () => {
    const text = valueScrubber('text', column('note', 'text'));
    assert.equal(text('Hi Anna, bye'), `Hi ${valueScrubber('givenName')('Anna')}, bye`);
    assert.equal(text('Dear Mrs. Novak, bye'), `Dear Mrs. ${valueScrubber('familyName')('Novak')}, bye`);
    assert.equal(text('Yours,\nJohn Smith'), `Yours,\n${valueScrubber('fullName')('John Smith')}`);
  });

  it('give way to the persons of the row', () => {
    const columns = [column('name', 'varchar(80)'), column('note', 'text')];
    const scrub = rowScrubber(plan([table('t', columns)], { 't.name': 'fullName', 't.note': 'text' }), 't');
    const [name, note] = scrub('Anna Schmidt', 'Dear Anna Schmidt, see Herr Novak.');
    assert.equal(note, `Dear ${name}, see Herr ${valueScrubber('familyName')('Novak')}.`);
  });

  it('and so are numbers that are said to be telephone numbers', () => {
    const text = valueScrubber('text', column('note', 'text'));
    for (const said of ['Tel. 55501', 'Phone: 5550123', 'Handy 17155501', 'room A1 0171 5550123'])
      assert.doesNotMatch(text(said), /5550/, said);
    assert.equal(text('order 5550123'), 'order 5550123');
  });
});
