import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { hasReason } from '../../../server/platform/errors.ts';
import { formatOf } from '../../../server/reroute/formats/formatOf.ts';
import { needs } from '../../support/requirements.ts';
import { facts, forked, planted, type TestSite, testSite } from './site.ts';

const { stripe, awsId, awsSecret, smtp, database } = planted;

/** The same settings, planted secrets included, in every supported format. */
const files: Record<string, string> = {
  '.env': `APP_ENV=production
DB_HOST=db.internal
DB_DATABASE=shop
DB_USERNAME=shop_app
DB_PASSWORD='${database}'
MAIL_HOST=smtp.example.com
MAIL_PASSWORD="${smtp}"
STRIPE_SECRET=${stripe} # live
AWS_ACCESS_KEY_ID=${awsId}
AWS_SECRET_ACCESS_KEY=${awsSecret}
# once it was ${stripe}
DUMP="mysqldump -p${database} shop"
`,
  'wp-config.php': `<?php
define( 'DB_NAME', 'shop' );
define( 'DB_USER', 'shop_app' );
define( 'DB_PASSWORD', '${database}' );
define( 'DB_HOST', 'db.internal' );
define( 'SMTP_PASS', '${smtp}' );
define( 'SMTP_HOST', 'smtp.example.com' );
define( 'AWS_ACCESS_KEY_ID', '${awsId}' );
define( 'AWS_SECRET_ACCESS_KEY', '${awsSecret}' );
define( 'SPLIT', 'sk_${'li'}' . '${stripe.slice(5)}' );
\\Stripe\\Stripe::setApiKey( "${stripe}" ); // ${stripe}
`,
  'config/settings.json': `{ "database": { "host": "db.internal", "port": 3306, "name": "shop", "user": "shop_app", "password": "${database}" },
  "mail": { "host": "smtp.example.com", "password": "${smtp}" },
  "stripe": { "secret": "${stripe.replace('s', '\\u0073')}" },
  "aws": { "accessKeyId": "${awsId}", "secretAccessKey": "${awsSecret}" } }
`,
  'config/settings.yml': `database:
  host: db.internal
  name: shop
  user: shop_app
  password: "${database}"
mail: { host: smtp.example.com, password: "${smtp}" }
stripe:
  secret_key: >-
    ${stripe}
aws:
  access_key_id: ${awsId}
  secret_access_key: ${awsSecret}
`,
  'config.ini': `[database]
host = db.internal
name = shop
user = shop_app
password = "${database}"
[mail]
host = smtp.example.com
password = "${smtp}"
[payment]
something = ${stripe}
[aws]
access_key_id = ${awsId}
secret_access_key = "${awsSecret}"
`,
  'config.toml': `[database]
host = "db.internal"
name = "shop"
user = "shop_app"
password = '${database}'
[mail]
host = "smtp.example.com"
password = "${smtp}"
[payment]
note = "${Buffer.from(`{"key":"${stripe}"}`).toString('base64')}"
[aws]
access_key_id = "${awsId}"
secret_access_key = "${awsSecret}"
`,
  'application.properties': `spring.datasource.url=jdbc:mysql://db.internal:3306/shop?useSSL=true&serverTimezone=UTC
spring.datasource.username=shop_app
spring.datasource.password=${database}
spring.mail.host=smtp.example.com
spring.mail.port=587
spring.mail.password=${smtp}
stripe.api.key=${stripe}
cloud.aws.credentials.access-key=${awsId}
cloud.aws.credentials.secret-key=${awsSecret}
`,
  'shop/settings.py': `import os
SECRET_KEY = 'q#x9$abcdefghijklmnopqrstuvw(z)'
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop', 'USER': 'shop_app',
        'PASSWORD': '${database}',
        'HOST': 'db.internal',  # it's there
    },
}
CACHES = {'default': {'LOCATION': 'redis://:${database}@redis.internal:6379/1'}}
EMAIL_HOST = os.environ.get('EMAIL_HOST', 'smtp.example.com')
EMAIL_PORT = 587
EMAIL_HOST_PASSWORD = "${smtp}"
STRIPE_SECRET_KEY = ("sk_" "${stripe.slice(3)}")
AWS_ACCESS_KEY_ID = os.getenv('AWS_KEY', '${awsId}')
AWS_SECRET_ACCESS_KEY = r'${awsSecret}'
NOTE = """${stripe}
'''"""
if __name__ == '__main__':
    print(f"{EMAIL_HOST}")
`,
  'config/environments/production.rb': `Rails.application.configure do
  # it's live
  config.x.database = { adapter: 'mysql2', host: 'db.internal', :username => 'shop_app', password: "${database}", database: 'shop' }
  config.action_mailer.smtp_settings = {
    address: 'smtp.example.com', port: 587, user_name: ENV['SMTP_USER'],
    password: "${smtp}", authentication: :plain
  }
  Stripe.api_key = '${stripe}'
  config.aws = { :access_key_id => '${awsId}', 'secret_access_key' => "${awsSecret}" }
  config.text = <<~TEXT
    don't read "this
  TEXT
  config.js = Uglifier.new(harmony: true) unless ENV.fetch('X') { "it's" }
end
`,
  'config/database.js': `const path = require('path'); // it's a path
/* don't */
module.exports = ({ env }) => ({
  connection: {
    client: 'mysql',
    connection: {
      host: env('DATABASE_HOST', 'db.internal'), port: env.int('DATABASE_PORT', 3306), database: 'shop',
      user: "shop_app",
      password: '${database}',
      ca: \`\${__dirname}/ca.pem\`,
    },
    pattern: /['"]x/.test(process.argv[2]) ? 'a' : 'b',
  },
  mail: { host: 'smtp.example.com', port: 465, auth: { user: 'me', pass: '${smtp}' } },
  stripe: { secretKey: \`${stripe}\`, aws: { accessKeyId: '${awsId}', secretAccessKey: '${awsSecret}' } },
});
`,
};

describe('the fork of the configuration', () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await testSite();
  });
  afterEach(() => site.remove());

  for (const [file, text] of Object.entries(files))
    it(`${file}: planted secrets are gone, the clone and the inbox are in, and it still parses`, async () => {
      await site.write(file, text);
      const report = await site.fork({ files: [file] });
      const fork = await site.read(file);
      for (const secret of [stripe, awsId, awsSecret, smtp, database]) {
        assert.ok(!fork.includes(secret), `${secret.slice(0, 4)}… is left in ${fork}`);
        assert.ok(!fork.includes(Buffer.from(secret).toString('base64').slice(4, 24)));
      }
      assert.match(fork, /cl0nePassw0rd/);
      assert.match(fork, /21234/);
      assert.match(fork, /22525/);
      assert.doesNotMatch(fork, /db\.internal|smtp\.example\.com|shop_app/);
      const decoded =
        formatOf(file)
          ?.parse(fork, file)
          .settings.map(setting => setting.value ?? '') ?? [];
      assert.ok(decoded.length > 5);
      assert.ok(!decoded.some(value => value.includes(stripe)));
      assert.deepEqual(report.files, [file]);
      // Run again, it changes nothing.
      assert.deepEqual((await site.fork({ files: [file] })).changes, []);
      assert.equal(await site.read(file), fork);
    });

  it('PHP still runs, and its constants say what they should', async function () {
    needs(this, 'program:php');
    const text = files['wp-config.php']?.replace(/^.*setApiKey.*$/m, '') ?? '';
    await site.write('wp-config.php', text);
    await site.fork();
    const code =
      'include $argv[1]; echo json_encode([DB_HOST, DB_PASSWORD, WP_ENVIRONMENT_TYPE, GREENROOM_ENVIRONMENT, SPLIT]);';
    const output = execFileSync('php', ['-r', code, path.join(site.root, 'wp-config.php')], {
      encoding: 'utf8',
    });
    assert.deepEqual(JSON.parse(output), [
      '127.0.0.1:21234',
      'cl0nePassw0rd',
      'staging',
      'env-1',
      'sk_test_greenroomplaceholder',
    ]);
  });

  it('programs still compile, and say what they should', async function () {
    needs(this, 'program:python3');
    for (const file of ['shop/settings.py', 'config/database.js']) await site.write(file, files[file] ?? '');
    await site.fork({ files: ['shop/settings.py', 'config/database.js'] });
    const say =
      'import runpy,json,sys; s=runpy.run_path(sys.argv[1]); print(json.dumps([s[k] for k in sys.argv[2:]]))';
    const names = ['DATABASES', 'EMAIL_HOST', 'EMAIL_PORT', 'STRIPE_SECRET_KEY'];
    const python = execFileSync('python3', ['-c', say, path.join(site.root, 'shop/settings.py'), ...names]);
    const clone = {
      NAME: 'shop',
      USER: 'greenroom',
      PASSWORD: 'cl0nePassw0rd',
      HOST: '127.0.0.1',
      PORT: 21234,
    };
    assert.deepEqual(JSON.parse(python.toString()), [
      { default: { ENGINE: 'django.db.backends.mysql', ...clone } },
      '127.0.0.1',
      22525,
      'sk_test_greenroomplaceholder',
    ]);
    const code =
      "console.log(JSON.stringify(require(process.argv[1])({ env: () => 'no' }).connection.connection))";
    const script = execFileSync(process.execPath, ['-e', code, path.join(site.root, 'config/database.js')]);
    const { host, port, user, password } = JSON.parse(script.toString());
    assert.deepEqual([host, port, user, password], ['127.0.0.1', 21234, 'greenroom', 'cl0nePassw0rd']);
  });

  it('a program that was only found, and is more than can be followed, is still searched for credentials', async () => {
    await site.write('config.js', `const q = /["]/.x("${stripe}");\nconst s = 'never closed\n`);
    const report = await site.fork();
    assert.match(report.warnings.join(), /config\.js:2: .*never closed; only credentials of known shapes/);
    assert.doesNotMatch(await site.read('config.js'), /sk_live/);
    await assert.rejects(site.fork({ files: ['config.js'] }), error =>
      hasReason(error, 'configuration-unparsable'),
    );
  });

  it('names the keys that open what production has sealed', async () => {
    await site.write('config/master.key', 'abcdef');
    const { warnings } = await site.fork();
    assert.match(warnings.join(), /config\/master\.key is production’s and can be read here/);
  });

  it('changes values only: comments, order, quotes and line ends stay', async () => {
    const text = files['.env'] ?? '';
    const fork = await forked('.env', text.replaceAll('\n', '\r\n'));
    const keys = (of: string) => [...of.matchAll(/^(\w+)=/gm)].map(match => match[1]);
    assert.deepEqual(
      keys(fork).filter(key => !['DB_PORT', 'MAIL_PORT', 'GREENROOM_ENVIRONMENT'].includes(key ?? '')),
      keys(text),
    );
    assert.match(fork, /STRIPE_SECRET=sk_test_greenroomplaceholder # live\r\n/);
    assert.match(fork, /DB_PASSWORD='cl0nePassw0rd'\r\n/);
    assert.equal(fork.split('\r\n').length, fork.split('\n').length);
  });

  it('a configured sandbox value goes in; one that is itself live stops creation without saying it', async () => {
    const options = { sandbox: { STRIPE_SECRET: 'sk_test_ours' } };
    assert.match(await forked('.env', files['.env'] ?? '', options), /STRIPE_SECRET=sk_test_ours # live/);
    await site.write('.env', files['.env'] ?? '');
    await assert.rejects(site.fork({ sandbox: { STRIPE_SECRET: stripe } }), error => {
      assert.ok(hasReason(error, 'live-secret'));
      assert.equal(error.subject, '.env:8');
      assert.match(error.detail ?? '', /Stripe live secret key/);
      assert.ok(!JSON.stringify([error.message, error.items]).includes(stripe));
      return true;
    });
    assert.equal(await site.read('.env'), files['.env'], 'nothing is written when a file fails');
  });

  it('what is kept is kept, and only that', async () => {
    const text = `SIGNATURE_SALT=abcDEF123456\nWIDGET_API_KEY=${awsId}\nOTHER_API_KEY=xyz-12345\n`;
    const fork = await forked('.env', text, { keep: ['WIDGET_*', '.env:SIGNATURE_SALT'] });
    assert.match(fork, new RegExp(`SIGNATURE_SALT=abcDEF123456\nWIDGET_API_KEY=${awsId}\n`));
    assert.match(fork, /OTHER_API_KEY=greenroom-placeholder/);
    assert.equal(await forked('.env', text, { keep: ['.env'] }), text);
  });

  it('test keys, empty values, switches and references stay as they are', async () => {
    const text =
      'STRIPE_KEY=pk_test_abcdefgh\nMAIL_PASSWORD=null\nAPI_TOKEN=\nPASSWORD_TIMEOUT=10800\nRECAPTCHA_SITE_KEY=6LcAbcdef\nUSE_API_KEY=true\n';
    assert.equal(await forked('.env', text), `${text}GREENROOM_ENVIRONMENT=env-1\n`);
  });

  it('a secretlint comment in production’s file does not switch the search off', async () => {
    const fork = await forked('.env', `# secretlint-disable\nNOTE=${awsId}\n`);
    assert.match(fork, /NOTE=greenroom-placeholder/);
  });

  it('an unparsable file stops creation with line and reason, and nothing is written', async () => {
    await site.write('.env', 'DB_HOST=db.internal\n');
    await site.write('config.json', '{"a": 1,\n "b" 2}');
    await assert.rejects(
      site.fork({ files: ['config.json'] }),
      error => hasReason(error, 'configuration-unparsable') && error.subject === 'config.json:2',
    );
    await site.write('config.lua', 'X = 1');
    await site.write('config.json', '{}');
    await assert.rejects(site.fork({ files: ['config.lua'] }), error =>
      hasReason(error, 'configuration-unparsable'),
    );
    assert.equal(await site.read('.env'), 'DB_HOST=db.internal\n');
  });

  it('paths and links that leave the site are refused; a link inside is replaced, never written through', async () => {
    const outside = path.join(path.dirname(site.root), 'outside');
    await mkdir(outside);
    await writeFile(path.join(outside, 'secret.env'), 'DB_HOST=db.internal\n');
    await assert.rejects(site.fork({ files: ['../outside/secret.env'] }), error =>
      hasReason(error, 'path-escape'),
    );
    await symlink(path.join(outside, 'secret.env'), path.join(site.root, '.env'));
    await assert.rejects(site.fork(), error => hasReason(error, 'path-escape'));
    await symlink(outside, path.join(site.root, 'config'));
    await writeFile(path.join(outside, 'settings.json'), '{"database": {"host": "db.internal"}}');
    await assert.rejects(site.fork({ files: ['config/settings.json'] }), error =>
      hasReason(error, 'path-escape'),
    );
    assert.equal(await readFile(path.join(outside, 'secret.env'), 'utf8'), 'DB_HOST=db.internal\n');

    const inner = await testSite({ 'shared/.env.main': 'DB_HOST=db.internal\nDB_PORT=3306\n' });
    try {
      await symlink('shared/.env.main', path.join(inner.root, '.env'));
      await inner.fork();
      assert.ok((await lstat(path.join(inner.root, '.env'))).isFile());
      assert.match(await inner.read('.env'), /DB_HOST=127\.0\.0\.1/);
      assert.equal(await inner.read('shared/.env.main'), 'DB_HOST=db.internal\nDB_PORT=3306\n');
    } finally {
      await inner.remove();
    }
  });

  it('mode and bytes that are no UTF-8 are kept', async () => {
    const file = path.join(site.root, 'config.php');
    const text = Buffer.from(
      "<?php // Gr\xfc\xdfe\n$db_host = 'db.internal';\n$db_name = 'shop';\n",
      'latin1',
    );
    await writeFile(file, text);
    await chmod(file, 0o640);
    await site.fork();
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    const fork = await readFile(file, 'latin1');
    assert.match(fork, /Gr\xfc\xdfe/);
    assert.match(fork, /\$db_host = '127\.0\.0\.1';\n\$db_port = 21234;\n/);
  });

  it('a file that was only found and needs no change stays out of the fork, also the second time', async () => {
    await site.write('.env', 'DB_HOST=db.internal\nDB_PORT=3306\n');
    await site.write('config.json', '{"theme": "dark"}');
    for (const _time of [1, 2]) assert.deepEqual((await site.fork()).files, ['.env']);
    assert.deepEqual((await site.fork({ files: ['config.json'] })).files, ['config.json', '.env']);
  });

  it('reports what it did by names and kinds, never by values', async () => {
    await site.write('.env', files['.env'] ?? '');
    const report = await site.fork();
    const by = Object.fromEntries(report.changes.map(change => [change.key, change.what]));
    assert.equal(by['DB_PASSWORD'], 'database');
    assert.equal(by['MAIL_HOST'], 'mail');
    assert.equal(by['STRIPE_SECRET'], 'placeholder');
    assert.equal(by['APP_ENV'], 'tag');
    assert.equal(by['line 11'], 'placeholder');
    for (const secret of [...Object.values(planted), facts.database.password ?? ''])
      assert.ok(!JSON.stringify(report).includes(secret));
  });
});
