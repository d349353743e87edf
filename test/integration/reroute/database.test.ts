import assert from 'node:assert/strict';
import { type Connection, connect } from '../../../server/database/connection.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { rerouteDatabase } from '../../../server/reroute/database.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { facts, planted } from '../../unit/reroute/site.ts';

const serialized = (entries: Record<string, string>) =>
  `a:${Object.keys(entries).length}:{${Object.entries(entries)
    .map(([key, value]) => `s:${Buffer.byteLength(key)}:"${key}";s:${Buffer.byteLength(value)}:"${value}";`)
    .join('')}}`;

describe('settings kept in the database', () => {
  let server: TestServer;
  let connection: Connection;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const statements: string[] = [];

  before(async () => {
    directory = await temporaryDirectory();
    server = await startMariadb();
    await server.execute('CREATE DATABASE shop CHARACTER SET utf8mb4');
    const real = await connect(testHost(directory.path), {
      socketPath: server.socketPath,
      user: 'root',
      database: 'shop',
    });
    const noted =
      <T>(send: (sql: string, values?: readonly unknown[]) => Promise<T>) =>
      (sql: string, values?: readonly unknown[]) => {
        statements.push(sql);
        return send(sql, values);
      };
    connection = Object.create(real, {
      rows: { value: noted((sql, values) => real.rows(sql, values)) },
      execute: { value: noted((sql, values) => real.execute(sql, values)) },
      close: { value: () => real.close() },
    });
  });
  after(async () => {
    await connection?.close();
    await server?.stop();
    await directory.remove();
  });

  const inShop = async (sql: string): Promise<void> => {
    const session = await server.connection('shop');
    try {
      await session.query(sql);
    } finally {
      await session.end();
    }
  };
  const read = (sql: string) => server.query<Record<string, string>>(sql);

  it('WordPress and WooCommerce: address, gateways, mail and webhooks, in one look and one change a table', async () => {
    await inShop('CREATE TABLE wp_posts (ID INT PRIMARY KEY)');
    await inShop(
      'CREATE TABLE wp_options (option_id INT AUTO_INCREMENT PRIMARY KEY, option_name VARCHAR(191) UNIQUE, option_value LONGTEXT, autoload VARCHAR(20))',
    );
    await inShop(
      'CREATE TABLE wp_wc_webhooks (webhook_id INT PRIMARY KEY, status VARCHAR(200), delivery_url TEXT, secret TEXT)',
    );
    const options: Record<string, string> = {
      siteurl: 'https://shop.example/wp',
      home: 'https://shop.example',
      blogname: 'Shop',
      blog_public: '1',
      woocommerce_stripe_settings: serialized({ testmode: 'no', secret_key: planted.stripe, title: 'Kärte' }),
      'woocommerce_ppcp-gateway_settings': serialized({ sandbox_on: '0' }),
      woocommerce_currency: 'EUR',
      wp_mail_smtp: serialized({ host: 'smtp.example.com' }),
      some_plugin: `key=${planted.stripe}`,
    };
    const session = await server.connection('shop');
    for (const [name, value] of Object.entries(options))
      await session.query('INSERT INTO wp_options (option_name, option_value) VALUES (?, ?)', [name, value]);
    await session.query(
      "INSERT INTO wp_wc_webhooks VALUES (1, 'active', 'https://erp.example/orders?token=abc', 'topsecret')",
    );
    await session.end();

    statements.length = 0;
    const { changes } = await rerouteDatabase(connection, facts, []);
    assert.equal(statements.length, 1 + 2 + 3, statements.join('\n'));
    const rows = await read('SELECT option_name, option_value FROM shop.wp_options');
    const after = Object.fromEntries(rows.map(row => [row['option_name'], row['option_value']]));
    assert.equal(after['siteurl'], 'http://127.0.0.1:29000/wp');
    assert.equal(after['home'], 'http://127.0.0.1:29000');
    assert.equal(after['blog_public'], '0');
    assert.equal(after['blogname'], 'Shop');
    assert.equal(
      after['woocommerce_stripe_settings'],
      serialized({ testmode: 'yes', secret_key: 'sk_test_greenroomplaceholder', title: 'Kärte' }),
    );
    assert.equal(after['wp_mail_smtp'], serialized({ host: '127.0.0.1' }));
    assert.equal(after['some_plugin'], 'key=sk_test_greenroomplaceholder');
    const [webhook] = await read('SELECT * FROM shop.wp_wc_webhooks');
    assert.equal(webhook?.['delivery_url'], 'http://127.0.0.1:28025/to/erp.example/orders');
    assert.equal(webhook?.['secret'], 'greenroom-placeholder');
    assert.ok(changes.includes('siteurl → tag (wp_options)'));
    assert.ok(!JSON.stringify(changes).includes(planted.stripe));
    assert.deepEqual((await rerouteDatabase(connection, facts, [])).changes, []);
    // A warm spare that becomes an environment with other ports.
    const other = { ...facts, http: { url: 'http://127.0.0.1:28026' }, siteUrl: 'http://127.0.0.1:29001' };
    await rerouteDatabase(connection, other, []);
    const [again] = await read('SELECT delivery_url AS u FROM shop.wp_wc_webhooks');
    assert.equal(again?.['u'], 'http://127.0.0.1:28026/to/erp.example/orders');
    const [home] = await read("SELECT option_value AS u FROM shop.wp_options WHERE option_name = 'siteurl'");
    assert.equal(home?.['u'], 'http://127.0.0.1:29001/wp');
  });

  it('Magento: base addresses, cookies and payment modes', async () => {
    await inShop(
      'CREATE TABLE core_config_data (config_id INT AUTO_INCREMENT PRIMARY KEY, scope VARCHAR(8), scope_id INT, path VARCHAR(255), value TEXT)',
    );
    await inShop(`INSERT INTO core_config_data (scope, scope_id, path, value) VALUES
      ('default', 0, 'web/unsecure/base_url', 'https://shop.example/'),
      ('stores', 1, 'web/secure/base_url', 'https://shop.example/de/'),
      ('default', 0, 'web/secure/base_static_url', '{{secure_base_url}}static/'),
      ('default', 0, 'web/cookie/cookie_domain', '.shop.example'),
      ('default', 0, 'payment/braintree/environment', 'production'),
      ('default', 0, 'payment/braintree/private_key', '0:3:encrypted'),
      ('default', 0, 'system/smtp/host', 'smtp.example.com'),
      ('default', 0, 'general/store/name', 'Shop'),
      ('default', 0, 'web/nothing', NULL)`);
    await rerouteDatabase(connection, facts, []);
    const rows = await read('SELECT path, value FROM shop.core_config_data');
    assert.deepEqual(Object.fromEntries(rows.map(row => [row['path'], row['value']])), {
      'web/unsecure/base_url': 'http://127.0.0.1:29000/',
      'web/secure/base_url': 'http://127.0.0.1:29000/de/',
      'web/secure/base_static_url': '{{secure_base_url}}static/',
      'web/cookie/cookie_domain': '',
      'payment/braintree/environment': 'sandbox',
      'payment/braintree/private_key': 'greenroom-placeholder',
      'system/smtp/host': '127.0.0.1',
      'general/store/name': 'Shop',
      'web/nothing': null,
    });
  });

  it('empties queued mail and jobs of known applications; a table that only sounds like one stays', async () => {
    await inShop('CREATE DATABASE queues');
    const work = await server.connection('queues');
    await work.query(
      'CREATE TABLE jobs (id INT PRIMARY KEY, queue VARCHAR(9), payload TEXT, attempts INT, reserved_at INT, available_at INT)',
    );
    await work.query("INSERT INTO jobs VALUES (1, 'mail', '{}', 0, NULL, 1), (2, 'mail', '{}', 0, NULL, 1)");
    await work.query('CREATE TABLE career_jobs (id INT PRIMARY KEY, title VARCHAR(99), queue VARCHAR(9))');
    await work.query("INSERT INTO career_jobs VALUES (1, 'Baker', 'x')");
    await work.query(
      'CREATE TABLE wp_actionscheduler_actions (action_id INT PRIMARY KEY, hook VARCHAR(99), status VARCHAR(20), args TEXT)',
    );
    await work.query(
      "INSERT INTO wp_actionscheduler_actions VALUES (1, 'mail', 'pending', ''), (2, 'mail', 'complete', '')",
    );
    await work.end();
    const queues = await connect(testHost(directory.path), {
      socketPath: server.socketPath,
      user: 'root',
      database: 'queues',
    });
    try {
      const { changes } = await rerouteDatabase(queues, facts);
      assert.deepEqual(changes, [
        'jobs → emptied (Laravel’s queue, 2 rows)',
        'wp_actionscheduler_actions → emptied (Action Scheduler’s queue, 1 rows)',
      ]);
      assert.deepEqual((await rerouteDatabase(queues, facts)).changes, []);
      assert.deepEqual(await read('SELECT action_id FROM queues.wp_actionscheduler_actions'), [
        { action_id: 2 },
      ]);
      assert.equal((await read('SELECT * FROM queues.career_jobs')).length, 1);
    } finally {
      await queues.close();
    }
  });

  it('configured rules change and empty rows; a rule that is none, or has no table, is named', async () => {
    await inShop('CREATE TABLE `mail``queue` (id INT PRIMARY KEY, state VARCHAR(20), target VARCHAR(99))');
    await inShop(
      "INSERT INTO `mail``queue` VALUES (1, 'waiting', 'x'), (2, 'sent', 'y'), (3, 'waiting', 'z')",
    );
    const { changes } = await rerouteDatabase(connection, facts, [
      { table: 'mail`queue', where: { state: ['waiting'] }, empty: true, reason: 'queued mail' },
      {
        table: 'mail`queue',
        where: { target: { like: 'y%' } },
        set: { target: '{{httpUrl}}/hook', state: null },
      },
    ]);
    assert.deepEqual(await read('SELECT * FROM shop.`mail``queue`'), [
      { id: 2, state: null, target: 'http://127.0.0.1:28025/hook' },
    ]);
    assert.deepEqual(changes, [
      'mail`queue → emptied by reroute.database[0] (2 rows)',
      'mail`queue → set by reroute.database[1] (1 rows)',
    ]);
    for (const [rule, where] of [
      [{ table: 'absent', empty: true }, 'reroute.database[0]'],
      [{ table: 'mail`queue' }, 'reroute.database[0]'],
      [{ table: 'mail`queue', empty: true, set: { a: 1 } }, 'reroute.database[0]'],
      [{ table: 'mail`queue', emtpy: true, set: { a: 1 } }, 'reroute.database[0]'],
      [{ table: 'mail`queue', set: { absent: 1 } }, 'reroute.database[0]'],
    ] as const)
      await assert.rejects(
        rerouteDatabase(connection, facts, [rule]),
        error => hasReason(error, 'configuration-invalid') && error.subject === where,
      );
  });
});
