import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { NameClassifier } from '../../../server/scrub/detect/classify.ts';
import { evidenceOf } from '../../../server/scrub/detect/values.ts';
import { measure, measureWhole, readLabels } from '../../support/scrubLabels.ts';
import { column } from './support.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/scrub');

describe('detecting personal columns by their names', () => {
  for (const [set, by, measured, recall, precision] of [
    ['tune', 'names', measure, 0.98, 0.87],
    ['holdout', 'names', measure, 0.9, 0.8],
    ['tune', 'names and values', measureWhole, 0.99, 0.88],
    ['holdout', 'names and values', measureWhole, 0.92, 0.8],
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
  ];
  for (const [table, name, use] of kinds)
    it(`${table}.${name} is ${use ?? 'nothing personal'}`, () => {
      assert.equal(new NameClassifier().classify(table, column(name))?.use, use);
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

  it('never says a value', () => {
    const evidence = evidenceOf(['secret.person@firma.de', 'b@x.org', 'c@y.fr']);
    assert.ok(!JSON.stringify(evidence).includes('secret'));
  });
});
