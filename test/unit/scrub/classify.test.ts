import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { NameClassifier } from '../../../server/scrub/detect/classify.ts';
import { evidenceOf } from '../../../server/scrub/detect/values.ts';
import { weigh } from '../../../server/scrub/detect/weigh.ts';
import { measure, measureWhole, readLabels } from '../../support/scrubLabels.ts';
import { column } from './support.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/scrub');

describe('detecting personal columns by their names', () => {
  for (const [set, by, measured, recall, precision] of [
    ['tune', 'names', measure, 0.98, 0.88],
    ['holdout', 'names', measure, 0.96, 0.86],
    ['tune', 'names and values', measureWhole, 0.99, 0.89],
    ['holdout', 'names and values', measureWhole, 0.98, 0.86],
  ] as const)
    it(`does not fall behind on the labelled schemas of ${set}, by ${by}`, function () {
      this.timeout(60_000);
      const directory = path.join(fixtures, set);
      const labels = readdirSync(directory).flatMap(file =>
        readLabels(readFileSync(path.join(directory, file), 'utf8')),
      );
      const found = measured(new NameClassifier(), labels);
      assert.ok(found.recall >= recall, `recall ${found.recall}: missed ${found.missed.join(' ')}`);
      assert.ok(found.precision >= precision, `precision ${found.precision}: false ${found.wrong.join(' ')}`);
      const vague = found.onlyText.length / found.personal;
      assert.ok(
        vague <= (by === 'names' ? 0.04 : 0.025),
        `${vague} only as text: ${found.onlyText.join(' ')}`,
      );
    });

  const kinds: readonly (readonly [string, string, string | undefined])[] = [
    ['users', 'emailAddress', 'email'],
    ['users', 'EMAIL', 'email'],
    ['kunden', 'vorname', 'givenName'],
    ['customers', 'lastname', 'familyName'],
    ['clienti', 'codiceFiscale', 'nationalId'],
    ['orders', 'billing_phone_number', 'phone'],
    ['clients', 'adresse_postale', 'street'],
    ['klanten', 'woonplaats', 'city'],
    ['wp_users', 'user_pass', 'passwordHash'],
    ['users', 'remember_token', 'token'],
    ['users', 'email_verified', undefined],
    ['users', 'phone_type', undefined],
    ['products', 'name', undefined],
    ['customer_groups', 'name', undefined],
    ['cities', 'city', undefined],
    ['settings', 'email_template', undefined],
    ['tbl_customer', 'cust_b_name', 'fullName'],
    ['customers', 'customer_adress', 'street'],
    ['empleados', 'telefonoempledo', 'phone'],
    ['users', 'upass', 'passwordHash'],
    ['automation_networks', 'notification_email', 'email'],
    ['login_attempts', 'attempt_ip', 'ip'],
    ['bestellungen', 'kellner', 'fullName'],
    ['mitarbeiter', 'JobName', undefined],
    ['user_domains', 'domain_name', undefined],
    ['bbcodes', 'first_pass_match', undefined],
    ['reports', 'report_name', undefined],
    ['plans', 'plan_nickname', undefined],
    ['mailqueue', 'toaddress', 'email'],
    ['employees', 'emp_ssn_num', 'nationalId'],
    ['emp_children', 'ec_name', 'fullName'],
    ['borrowers', 'img', 'url'],
    ['comments', 'name', 'fullName'],
    ['log_actions', 'ip', 'ip'],
    ['raum', 'etage', undefined],
    ['users', 'regip', 'ip'],
    ['user', 'iplastlogin', 'ip'],
    ['users', 'awayreason', 'text'],
    ['orders', 'created_by', 'userName'],
    ['searchlog', 'result_type', undefined],
    ['reports', 'reason_code', undefined],
    ['wp_comments', 'comment_author', 'fullName'],
    ['medarbejdere', 'fornavn', 'givenName'],
    ['pracownicy', 'nr_telefonu', 'phone'],
    ['members', 'peculiarity', 'text'],
    ['members', 'gender', undefined],
    ['members', 'theme', undefined],
    ['tickets', 'workaround', 'text'],
    ['ticket_types', 'workaround', undefined],
    ['customer_preferences', 'user_id', 'userName'],
    ['papers', 'author_information', 'text'],
    ['borrowers', 'altcontactzipcode', 'postcode'],
    ['borrowers', 'altcontactcountry', undefined],
    ['patients', 'drug_use', 'text'],
    ['patients', 'guardian_relation', undefined],
    ['articles', 'varname', undefined],
    ['agenda_view', 'cal_owner', 'fullName'],
    ['pictures', 'pic_raw_ip', 'ip'],
    ['hosts', 'ip', undefined],
    ['users', 'script_key', 'token'],
    ['usermeta', 'meta_key', undefined],
    ['remember_me_cookies', 'code', 'token'],
    ['order_sequence', 'name', undefined],
    ['order', 'delivery_ref', undefined],
  ];
  for (const [table, name, use] of kinds)
    it(`${table}.${name} is ${use ?? 'nothing personal'}`, () => {
      assert.equal(new NameClassifier().classify(table, column(name))?.use, use);
    });

  it('looks past what the columns of a table all begin with', () => {
    const of = (table: string, names: string[], types: Record<string, string> = {}) => {
      const columns = names.map(name => column(name, types[name]));
      const classifier = new NameClassifier();
      const about = classifier.about(table, columns);
      return columns.map(facts => classifier.classify(table, facts, about)?.use);
    };
    const [fname, city, zip] = of('zzshipto', ['ZZFNAME', 'ZZCITY', 'ZZZIP', 'ZZSTREET', 'ZZMAIL']);
    assert.deepEqual([fname, city, zip], ['givenName', 'city', 'postcode']);
    assert.deepEqual(of('t_place', ['s_address', 's_zip', 's_city', 'd_lat'], { d_lat: 'decimal(10,6)' }), [
      'street',
      'postcode',
      'city',
      'geoPoint',
    ]);
    assert.deepEqual(of('phones', ['person_id', 'number'], { person_id: 'int' }), [undefined, 'phone']);
    assert.deepEqual(of('phones', ['model', 'number']), [undefined, undefined], 'nobody’s');
    assert.deepEqual(
      of('fines', ['driver_id', 'description'], { driver_id: 'char(36)', description: 'text' }),
      [undefined, 'text'],
    );
    const written = { author_id: 'int', summary: 'text' };
    assert.deepEqual(
      of('revisions', ['author_id', 'summary'], written),
      [undefined, undefined],
      'not about the author',
    );
    assert.deepEqual(of('pledge_qqq', ['qqq_comment', 'qqq_sum', 'qqq_method']), [
      'text',
      undefined,
      undefined,
    ]);
  });

  it('says when it is in doubt, with little confidence, and what describes an entry of a list is none of it', () => {
    const classifier = new NameClassifier();
    const found = classifier.classify('members', column('peculiarity'));
    assert.match(found?.reason ?? '', /^in doubt: /);
    assert.equal(found?.confidence, 0.4);
    const list = [column('name'), column('comments')];
    assert.equal(
      classifier.classify('queues', column('comments'), classifier.about('queues', list)),
      undefined,
    );
    assert.equal(classifier.classify('queues', column('comments'))?.confidence, 0.4);
    // What is read inside documents is certain or nothing: a rule's result does not hang on a doubt.
    assert.equal(classifier.kindOfKey('comments'), undefined);
  });

  it('takes a birth date only where a date can stand', () => {
    const classifier = new NameClassifier();
    assert.equal(classifier.classify('people', column('date_of_birth', 'date'))?.use, 'birthDate');
    assert.equal(classifier.classify('people', column('email', 'tinyint(1)')), undefined);
  });
});

describe('detecting personal columns by their values', () => {
  const of = (values: string[]) => evidenceOf(values)?.use;

  it('knows checksums, addresses and containers', () => {
    assert.equal(
      of(['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'FR1420041010050500013M02606']),
      'iban',
    );
    assert.equal(of(['4539148803436467', '378282246310005', '5555 5555 5555 4444']), 'cardNumber');
    assert.equal(
      of(['DE89370400440532013001', 'GB29NWBK60161331926818', 'FR1420041010050500013M02607']),
      undefined,
    );
    assert.equal(of(['a@firma.de', 'b@x.org', '']), undefined);
    assert.equal(of(['a@firma.de', 'b@x.org', 'c@y.fr', 'none']), 'email');
    assert.equal(of(['87.1.2.3', '2a02::1', '10.0.0.1']), 'ip');
    assert.equal(of(['a:1:{i:0;s:1:"x";}', 'b:1;', 'a:0:{}']), 'phpSerialized');
    assert.equal(of(['+49 171 5550123', '(212) 555-7890', '0171/5550123']), 'phone');
    assert.equal(of(['$2y$10$abc', '$P$Babc', '$argon2id$v=19$m']), 'passwordHash');
  });

  it('does not take products for people, nor numbers for phones', () => {
    assert.equal(of(Array.from({ length: 60 }, (_, i) => `Blue shirt ${i}`)), undefined);
    assert.equal(of(Array.from({ length: 60 }, (_, i) => String(100_000_000 + i))), undefined);
    assert.equal(
      of(Array.from({ length: 60 }, (_, i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')}`)),
      undefined,
    );
  });

  it('knows names by their shape and a few known ones, streets, post codes and texts to somebody', () => {
    const family = ['Quux', 'Xyzzy', 'Plugh', 'Thud', 'Grault', 'Waldo', 'Garply', 'Fred', 'Corge'];
    const given = ['Anna', 'Wuprecht', 'Zdenobia', 'Peter', 'Quillon', 'Maria', 'Oswin', 'Ludger', 'Bob'];
    assert.equal(of(family.map((name, i) => `${given[i]} ${name}`)), 'fullName');
    assert.equal(of(family.map((name, i) => `${name}, ${given[i]}`)), 'fullName');
    assert.equal(of(family.map(name => `Handcrafted ${name} Table`)), undefined);
    assert.equal(of(['12 Main Street', '5 Station Rd', 'Hauptstr. 5a', 'Rue de la Paix 9']), 'street');
    assert.equal(of(['SW1A 1AA', 'M1 1AE', 'K1A 0B1']), 'postcode');
    assert.equal(of(['Dear Anna,\nall well.', 'Herr Quux rief an, bitte melden', 'closed', 'open']), 'text');
    assert.equal(of(['The dear old house stands.', 'closed', 'open', 'half open']), undefined);
  });

  it('tells people from things in public sample databases', () => {
    // Northwind's customers and products; Sakila's films and cities.
    const customers =
      'Maria Anders|Ana Trujillo|Antonio Moreno|Thomas Hardy|Christina Berglund|Hanna Moos|Frédérique Citeaux|Martín Sommer|Laurence Lebihan|Elizabeth Lincoln|Victoria Ashworth|Patricio Simpson';
    const products =
      "Chai|Chang|Aniseed Syrup|Chef Anton's Cajun Seasoning|Grandma's Boysenberry Spread|Uncle Bob's Organic Dried Pears|Northwoods Cranberry Sauce|Mishi Kobe Niku|Ikura|Queso Cabrales|Konbu|Tofu";
    const films =
      'ACADEMY DINOSAUR|ACE GOLDFINGER|ADAPTATION HOLES|AFFAIR PREJUDICE|AFRICAN EGG|AGENT TRUMAN|AIRPLANE SIERRA|AIRPORT POLLOCK|ALABAMA DEVIL|ALADDIN CALENDAR|ALAMO VIDEOTAPE|ALASKA PHANTOM';
    const cities =
      'A Corua (La Corua)|Abha|Abu Dhabi|Acua|Adana|Addis Abeba|Aden|Adoni|Ahmadnagar|Akishima|Akron|al-Ayn|al-Hawiya|Alessandria';
    assert.equal(of(customers.split('|')), 'fullName');
    for (const things of [products, films, cities]) assert.equal(of(things.split('|')), undefined, things);
  });

  it('takes a proposal back that was made in doubt, and no other, where the values are plainly codes', () => {
    const classifier = new NameClassifier();
    const doubtful = { use: 'text' as const, reason: 'in doubt', confidence: 0.4, options: {} };
    const certain = { ...doubtful, confidence: 0.9 };
    const by = { use: 'userName' as const, reason: 'by whom', confidence: 0.7, options: {} };
    const keys = Array.from({ length: 30 }, (_, i) => `60b7c1e2f3a4b5c6d7e8f9${10 + i}`);
    const choices = Array.from({ length: 60 }, (_, i) => ['open', 'closed', 'new'][i % 3] ?? '');
    const facts = column('x');
    assert.equal(weigh(classifier, doubtful, facts, keys).use, 'keep');
    assert.equal(weigh(classifier, doubtful, facts, choices).use, 'keep');
    assert.equal(weigh(classifier, doubtful, facts, choices.slice(0, 5)).use, 'text', 'too few to say');
    assert.equal(
      weigh(
        classifier,
        doubtful,
        facts,
        keys.map(key => `${key} and a word`),
      ).use,
      'text',
    );
    assert.equal(weigh(classifier, certain, facts, choices).use, 'text');
    assert.equal(weigh(classifier, by, facts, keys).use, 'keep', 'a key says not by what name');
    assert.equal(
      weigh(
        classifier,
        doubtful,
        facts,
        keys.map((_, i) => `a${i}@firma.de`),
      ).use,
      'email',
    );
  });

  it('is content with fewer values where a name made it doubt, and says more than text where each value is one thing', () => {
    const classifier = new NameClassifier();
    const proposed = (use: 'text' | 'keep', confidence: number) => ({
      use,
      reason: '',
      confidence,
      options: {},
    });
    const some = (few: string, of: number) =>
      Array.from({ length: 40 }, (_, i) => (i % 10 < of ? few.replace('#', String(i + 10)) : `word ${i}`));
    const facts = column('x');
    const phones = some('599-798-30#', 3);
    assert.equal(weigh(classifier, proposed('keep', 0.6), facts, phones).use, 'keep');
    assert.equal(weigh(classifier, proposed('text', 0.4), facts, phones).use, 'phone');
    const mostly = some('+49 171 55501#', 8);
    assert.equal(weigh(classifier, proposed('text', 0.95), facts, mostly).use, 'phone');
    assert.equal(weigh(classifier, proposed('text', 0.95), facts, some('+49 171 55501#', 5)).use, 'text');
    assert.equal(of(['599-798-3065', '(725) 981-2040', '726.605.2426 x41573', '972 588 120']), 'phone');
    assert.equal(of(['10-20-30', '1-2-3', '44-55-66', '978-3-16-148410-0']), undefined);
  });

  it('looks into documents before it takes them for somebody’s', () => {
    const classifier = new NameClassifier();
    const unknown = { use: 'keep' as const, reason: '', confidence: 0.6, options: {} };
    const found = (text: string) => weigh(classifier, unknown, column('x'), [text, text, text]).use;
    assert.equal(found('{"colour":"red","size":4}'), 'keep');
    assert.equal(found('{"colour":"red","vorname":"Quaxine"}'), 'json');
    assert.equal(found('{"colour":"red","to":"quax@firma.de"}'), 'json');
    assert.equal(found('a:1:{s:4:"size";i:4;}'), 'keep');
    assert.equal(found('a:1:{s:9:"last_name";s:4:"Quax";}'), 'phpSerialized');
  });

  it('never says a value', () => {
    const evidence = evidenceOf(['secret.person@firma.de', 'b@x.org', 'c@y.fr']);
    assert.ok(!JSON.stringify(evidence).includes('secret'));
  });
});
