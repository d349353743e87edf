import assert from 'node:assert/strict';
import { buildBase } from '../../../server/base/build.ts';
import { GreenroomError } from '../../../server/platform/errors.ts';
import { unattended } from '../../../server/platform/progress.ts';
import type { ScrubRule } from '../../../server/scrub/plan.ts';
import { baseContext, lookIntoBase } from '../../support/base.ts';
import { type Canary, CanarySearch, makeCanaries, valuesOf } from '../../support/canaries.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const marker = 'blue-teapot-4711';
const kept = { keep: 'nothing personal' };

const rules: Record<string, ScrubRule> = {
  'users.email': 'email',
  'users.given': 'givenName',
  'users.family': 'familyName',
  'users.full': 'fullName',
  'users.phone': 'phone',
  'users.iban': 'iban',
  'users.card': 'cardNumber',
  'users.ssn': 'nationalId',
  'users.login': 'userName',
  'users.street': 'street',
  'users.token': 'token',
  'users.note': 'text',
  'users.latin': { use: 'fullName' },
  'users.photo': 'blob',
  'orders.contact': 'email',
  'orders.buyer': 'fullName',
  'orders.mobile': 'phone',
  'orders.note': 'text',
  'orders.json': 'json',
  'orders.php': 'phpSerialized',
  'orders.xml': 'xml',
  'orders.form': 'formEncoded',
  'usermeta.meta_key': kept,
  'usermeta.meta_value': { use: 'phpSerialized', key: 'meta_key' },
  'products.*': kept,
};

const schema = [
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'USE shop',
  `CREATE TABLE users (
     email VARCHAR(120) NOT NULL PRIMARY KEY, given VARCHAR(60), family VARCHAR(60), full VARCHAR(120), phone VARCHAR(40),
     iban VARCHAR(42), card VARCHAR(24), ssn CHAR(11), login VARCHAR(40) UNIQUE, street VARCHAR(120), token VARCHAR(80),
     birth DATE, note TEXT, latin VARCHAR(80) CHARACTER SET latin1, photo LONGBLOB,
     mirror VARCHAR(120) AS (LOWER(email)) STORED, KEY (family, given), FULLTEXT (note)) ENGINE=InnoDB`,
  `CREATE TABLE orders (
     id INT AUTO_INCREMENT PRIMARY KEY, contact VARCHAR(120), buyer VARCHAR(120), mobile VARCHAR(40), note TEXT, json LONGTEXT, php LONGTEXT,
     xml TEXT, form TEXT, FOREIGN KEY (contact) REFERENCES users (email)) ENGINE=InnoDB`,
  'CREATE TABLE usermeta (id INT AUTO_INCREMENT PRIMARY KEY, meta_key VARCHAR(60), meta_value LONGTEXT)',
  'CREATE TABLE products (id INT PRIMARY KEY, name VARCHAR(60))',
];

const php = (text: string): string => `s:${Buffer.byteLength(text)}:"${text}";`;

function userOf(canary: Canary): unknown[] {
  const full = `${canary.given} ${canary.family}`;
  const note = `${full} <${canary.email}> called from ${canary.phone}, pays by ${canary.iban}, lives at ${canary.street}.`;
  const photo = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47]),
    Buffer.from(`exif ${canary.email} ${full}`),
  ]);
  return [
    canary.email,
    canary.given,
    canary.family,
    full,
    canary.phone,
    canary.iban,
    canary.card,
    canary.ssn,
    canary.login,
    canary.street,
    canary.token,
    '1984-05-17',
    note,
    full,
    photo,
  ];
}

function orderOf(canary: Canary): unknown[] {
  const full = `${canary.given} ${canary.family}`;
  const inner = JSON.stringify({ to: canary.email });
  const json = {
    customer: {
      first_name: canary.given,
      lastName: canary.family,
      email: canary.email,
      phone: canary.phone,
      iban: canary.iban,
      ssn: canary.ssn,
      login_name: canary.login,
      street: canary.street,
    },
    card: { number: 1, card_number: canary.card },
    free: `ask ${full} at ${canary.email}`,
    nested: inner,
  };
  const serialized = `a:4:{${php('user_email')}${php(canary.email)}${php('first_name')}${php(canary.given)}${php('billing')}a:1:{i:0;${php(canary.phone)}}${php('doc')}${php(inner)}}`;
  const xml = `<order mail="${canary.email}"><family-name>${canary.family}</family-name><![CDATA[${canary.email}]]><iban>${canary.iban}</iban></order>`;
  const form = `email=${encodeURIComponent(canary.email)}&last_name=${canary.family}&tel=${encodeURIComponent(canary.phone)}&size=L`;
  return [
    canary.email,
    full,
    canary.phone,
    `card ${canary.card} of ${full}, ${canary.phone}`,
    JSON.stringify(json),
    serialized,
    xml,
    form,
  ];
}

describe('a thousand planted personal values', () => {
  const canaries = makeCanaries(100);
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let search: CanarySearch;

  before(async function () {
    this.timeout(400_000);
    server = await startMariadb();
    directory = await temporaryDirectory();
    search = await CanarySearch.create(valuesOf(canaries));
    const session = await server.connection();
    try {
      for (const statement of schema) await session.query(statement);
      await session.query(
        'INSERT INTO users (email, given, family, full, phone, iban, card, ssn, login, street, token, birth, note, latin, photo) VALUES ?',
        [canaries.map(userOf)],
      );
      await session.query(
        'INSERT INTO orders (contact, buyer, mobile, note, json, php, xml, form) VALUES ?',
        [canaries.map(orderOf)],
      );
      const meta = canaries.flatMap(({ email, given, phone, street }) => [
        ['billing_email', email],
        ['first_name', given],
        ['billing_phone', phone],
        ['billing_address_1', street],
        ['broken', `a:1:{s:5:"email";s:99:"${email}";}`],
      ]);
      await session.query('INSERT INTO usermeta (meta_key, meta_value) VALUES ?', [meta]);
      await session.query('INSERT INTO products VALUES (1, ?)', [marker]);
      // Writes the pages out: the search has to find them in production's files.
      await session.query('FLUSH TABLES orders, usermeta FOR EXPORT');
      await session.query('UNLOCK TABLES');
    } finally {
      await session.end();
    }
  });
  after(async () => {
    await server.stop();
    await search.remove();
    await directory.remove();
  });

  const contextWith = (more: Record<string, ScrubRule>, projectId: string) =>
    baseContext(
      directory.path,
      { socketPath: server.socketPath, user: 'root', database: 'shop' },
      { rules: { ...rules, ...more }, projectId },
    );

  it('can be planted and found: they are in production', async () => {
    assert.equal(new Set(valuesOf(canaries)).size, 1000);
    assert.ok((await search.filesIn(server.dataDirectory)).length > 0);
  });

  it('are in no file while the base is built and none afterwards, and the base is whole', async function () {
    this.timeout(400_000);
    const context = contextWith({}, 'clean');
    const state = { building: true };
    const watching = (async () => {
      const found: string[] = [];
      while (state.building && found.length === 0) found.push(...(await search.filesIn(directory.path)));
      return found;
    })();
    const built = await buildBase(context, unattended).finally(() => {
      state.building = false;
    });
    assert.deepEqual(await watching, [], 'while it was built');
    assert.deepEqual(await search.filesIn(directory.path), [], 'afterwards');
    assert.equal(built.rows, 701);
    assert.match(built.warnings.join('\n'), /usermeta/, 'the damaged values are reported');
    const said = [...context.host.lines, ...built.warnings].join('\n');
    assert.deepEqual(
      valuesOf(canaries).filter(value => said.includes(value)),
      [],
    );
    const store = await CanarySearch.create([marker]);
    assert.ok((await store.filesIn(directory.path)).length > 0, 'what is kept is found: the search works');
    await store.remove();
  });

  it('are in no row of a clone, whose columns stay joined, unique and readable', async function () {
    this.timeout(400_000);
    const context = contextWith({}, 'clean');
    await lookIntoBase(context, async clone => {
      const values = valuesOf(canaries);
      for (const table of ['users', 'orders', 'usermeta']) {
        const rows = JSON.stringify(await clone.rows(`SELECT * FROM ${table}`));
        assert.deepEqual(
          values.filter(value => rows.includes(value)),
          [],
          table,
        );
      }
      const [joined] = await clone.rows(
        'SELECT COUNT(*), COUNT(DISTINCT u.email), SUM(u.mirror = u.email) FROM orders o JOIN users u ON u.email = o.contact',
      );
      assert.deepEqual(joined?.map(Number), [100, 100, 100]);
      const [same] = await clone.rows(
        "SELECT SUM(JSON_VALUE(json, '$.customer.email') = contact), SUM(INSTR(php, contact) > 0), SUM(INSTR(xml, contact) > 0), SUM(INSTR(form, REPLACE(contact, '@', '%40')) > 0) FROM orders",
      );
      assert.deepEqual(same?.map(Number), [100, 100, 100, 100]);
    });
  });

  it('fail the build without being told, where a rule keeps them', async function () {
    this.timeout(400_000);
    const context = contextWith({ 'orders.note': kept }, 'leaky');
    const error = await buildBase(context, unattended).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    assert.ok(error instanceof GreenroomError && error.reason === 'proof-failed', String(error));
    assert.match(error.items.join('\n'), /orders\.note: an original phone number/);
    const said = [
      error.message,
      error.detail,
      error.next,
      error.stack,
      ...error.items,
      ...context.host.lines,
    ].join('\n');
    assert.deepEqual(
      valuesOf(canaries).filter(value => said.includes(value)),
      [],
    );
    assert.deepEqual(await search.filesIn(directory.path), []);
  });

  it('stop the build before a row is read, where a column has no rule', async () => {
    const { 'orders.note': _, ...rest } = rules;
    const context = baseContext(
      directory.path,
      { socketPath: server.socketPath, user: 'root', database: 'shop' },
      { rules: rest, projectId: 'open' },
    );
    await assert.rejects(buildBase(context, unattended), (error: unknown) => {
      assert.ok(error instanceof GreenroomError && error.reason === 'unclassified', String(error));
      assert.match(error.items.join('\n'), /"orders\.note": "text"/);
      return true;
    });
    assert.deepEqual(await search.filesIn(directory.path), []);
  });
});
