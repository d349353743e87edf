import assert from 'node:assert/strict';
import { planted, type TestSite, testSite } from './site.ts';

const { database, smtp } = planted;

/** Settings of applications that the list of frameworks does not know, as they write them. */
const applications: Record<string, string> = {
  // Roundcube
  'config/config.inc.php': `<?php
$config['db_dsnw'] = 'mysql://shop_app:${encodeURIComponent(database)}@db.internal/shop';
$config['smtp_host'] = 'tls://smtp.example.com:587';
$config['smtp_pass'] = '${smtp}';
$config['des_key'] = 'rcmail-!24ByteDESkey*Str';
`,
  // CodeIgniter
  'application/config/database.php': `<?php
$db['default'] = array('hostname' => 'db.internal', 'username' => 'shop_app', 'password' => '${database}', 'database' => 'shop', 'dbdriver' => 'mysqli');
`,
  // Yii
  'protected/config/main.php': `<?php
return ['components' => ['db' => ['connectionString' => 'mysql:host=db.internal;dbname=shop', 'username' => 'shop_app', 'password' => '${database}']]];
`,
  // Somebody's own
  'inc/dbconnect.php': `<?php
$link = mysqli_connect('db.internal', 'shop_app', '${database}', 'shop');
$pdo = new PDO('mysql:host=db.internal;dbname=shop', 'shop_app', '${database}');
$dsn = 'mysql://shop_app:${encodeURIComponent(database)}@db.internal:3306/shop';
`,
  'backend/conf/local.yml': `db: { host: db.internal, name: shop, user: shop_app, password: "${database}" }\n`,
};
/** Nothing here leads to production's database, though it is named like settings. */
const others: Record<string, string> = {
  'inc/settings.php':
    "<?php return ['DB_HOST' => 'Database host', 'DB_PASSWORD' => 'Password of the shop'];\n",
  'config/routes.json': '{ "shop": { "path": "/shop", "token": "shop-token" } }\n',
  'includes/database.php': '<?php // the shop’s\nclass Database { function query($sql) { return $sql; } }\n',
};

describe('configuration of applications that nobody told us of', () => {
  let site: TestSite;
  afterEach(() => site.remove());

  for (const [file, text] of Object.entries(applications))
    it(`${file} leads to the clone, and holds no secret of production’s`, async () => {
      site = await testSite({ [file]: text });
      const report = await site.fork();
      assert.deepEqual(report.files, [file]);
      const forked = await site.read(file);
      for (const secret of [database, encodeURIComponent(database), smtp, 'rcmail-!24'])
        assert.ok(!forked.includes(secret), forked);
      assert.match(forked, /127\.0\.0\.1|\/tmp\/gr\/s/);
    });

  it('what only looks like it stays the branch’s own', async () => {
    site = await testSite({ ...others, 'deep/er/config/app.json': '{ "db": { "name": "shop" } }' });
    const report = await site.fork();
    assert.deepEqual(report.files, []);
    for (const [file, text] of Object.entries(others)) assert.equal(await site.read(file), text);
  });
});
