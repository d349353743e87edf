import assert from 'node:assert/strict';
import { column, valueScrubber } from './support.ts';

const php = (text: string): string => `s:${Buffer.byteLength(text)}:"${text}";`;

describe('names in documents, under keys that say no more than name', () => {
  const json = valueScrubber('json', column('doc', 'longtext'));
  const serialized = valueScrubber('phpSerialized', column('doc', 'longtext'));
  const fullName = valueScrubber('fullName');

  it('are a person’s where an address or a number stands beside them', () => {
    for (const beside of [
      { email: 'ilse@firma.de' },
      { phone: '+49 171 5550123' },
      { address: { street: 'Hauptstraße 1' } },
      { birthday: '1984-05-17' },
    ]) {
      const after = JSON.parse(json(JSON.stringify({ name: 'Ilse Quandt', ...beside }))) as { name: string };
      assert.equal(after.name, fullName('Ilse Quandt'), JSON.stringify(beside));
    }
    const parts = JSON.parse(
      json('{"first":"Ilse","last":"Quandt","title":"Ms","email":"ilse@firma.de"}'),
    ) as Record<string, string>;
    assert.equal(parts['first'], valueScrubber('givenName')('Ilse'));
    assert.equal(parts['last'], valueScrubber('familyName')('Quandt'));
    assert.equal(parts['title'], 'Ms');
  });

  it('stay a thing’s otherwise, in the same document too', () => {
    const order = {
      name: 'Order 7',
      items: [{ name: 'Blue shirt' }],
      buyer: { name: 'Ilse Quandt', mail: 'ilse@firma.de', first: 20240101 },
      settings: { name: 'Newsletter', email: true, phone: '' },
    };
    const after = JSON.parse(json(JSON.stringify(order))) as typeof order;
    assert.equal(after.name, 'Order 7');
    assert.equal(after.items[0]?.name, 'Blue shirt');
    assert.equal(after.settings.name, 'Newsletter');
    assert.equal(after.buyer.name, fullName('Ilse Quandt'));
    assert.equal(after.buyer.first, 20240101);
  });

  it('are found in what PHP serialized, in forms, and in one inside the other', () => {
    const array = `a:2:{${php('name')}${php('Ilse Quandt')}${php('email')}${php('ilse@firma.de')}}`;
    const replaced = fullName('Ilse Quandt');
    assert.ok(serialized(array).includes(php('name') + php(replaced)), serialized(array));
    const thing = `a:2:{${php('name')}${php('Blue shirt')}${php('email')}b:1;}`;
    assert.equal(serialized(thing), thing);
    const outer = JSON.stringify({ name: 'Box', inside: array });
    assert.ok(json(outer).includes(JSON.stringify(replaced).slice(1, -1)));
    assert.ok(json(outer).includes('"name":"Box"'));
    const form = valueScrubber('formEncoded', column('form', 'text'));
    assert.ok(
      form('name=Ilse+Quandt&email=ilse%40firma.de').startsWith(
        `name=${encodeURIComponent(replaced).replaceAll('%20', '+')}&`,
      ),
    );
    assert.equal(form('name=shirt&size=L'), 'name=shirt&size=L');
  });

  it('are found in XML, beside elements and attributes', () => {
    const xml = valueScrubber('xml', column('doc', 'text'));
    const replaced = fullName('Ilse Quandt');
    const order =
      '<order><name>Order seven</name><buyer><name>Ilse Quandt</name><email>ilse@firma.de</email></buyer><item><name>Blue shirt</name></item></order>';
    const after = xml(order);
    assert.ok(after.includes(`<buyer><name>${replaced}</name>`), after);
    assert.ok(after.includes('<order><name>Order seven</name>'), after);
    assert.ok(after.includes('<item><name>Blue shirt</name></item>'), after);
    assert.ok(xml('<c name="Ilse Quandt" phone="0171 5550123"/>').includes(`name="${replaced}"`));
    assert.equal(xml('<c name="Blue shirt" phone=""/>'), '<c name="Blue shirt" phone=""/>');
    assert.equal(xml('<br><name>x</b></name><a'), '<br><name>x</b></name><a');
  });

  it('survive repeated keys and values that are no names', () => {
    const twice = '{"a":{"name":"x","email":"i@firma.de"},"a":{"name":"Blue shirt"},"email":"i@firma.de"}';
    assert.ok(json(twice).includes('"name":"Blue shirt"'));
    const odd = JSON.parse(
      json('{"name":"https://firma.de/x","email":"i@firma.de","last":"2024-10-11"}'),
    ) as Record<string, string>;
    assert.equal(odd['last'], '2024-10-11');
  });
});
