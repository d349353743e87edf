import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { findConfiguration } from '../../../server/reroute/findConfig.ts';
import { facts, forked, testSite } from './site.ts';

describe('frameworks', () => {
  it('their configuration is found where they keep it, templates are not', async () => {
    const expected = [
      '.env',
      '.env.local',
      'app/etc/env.php',
      'config/database.js',
      'config/database.yml',
      'config/environments/production.rb',
      'config/initializers/stripe.rb',
      'configuration.php',
      'site/settings.py',
      'sites/default/settings.php',
      'sites/shop/settings.local.php',
      'store/settings/production.py',
      'web/sites/default/settings.php',
      'wp-config.php',
    ];
    const others = [
      'manage.py',
      'shop/views.py',
      'config/initializers/inflections.rb',
      'config/environments/test.rb',
      '.env.example',
      '.env.dist',
      'wp-config-sample.php',
      'config/routes.yml',
      'index.php',
      'sites/default/default.settings.php',
    ];
    const site = await testSite(Object.fromEntries([...expected, ...others].map(file => [file, ''])));
    try {
      assert.deepEqual(await findConfiguration(site.root), expected);
    } finally {
      await site.remove();
    }
  });

  it('Laravel: .env goes to the clone, its key has the right shape, and config files that read it stay', async () => {
    const key = Buffer.alloc(32, 9).toString('base64');
    const site = await testSite({
      '.env': `APP_ENV=production\nAPP_KEY=base64:${key}\nAPP_URL=https://shop.example\nDB_CONNECTION=mysql\nDB_HOST=db.internal\nDB_PORT=3306\nDB_DATABASE=shop\nDB_USERNAME=u\nDB_PASSWORD=p\nSESSION_DOMAIN=.shop.example\nMAIL_MAILER=ses\nMAIL_ENCRYPTION=tls\nREDIS_HOST=redis.internal\n`,
      'config/database.php': `<?php\nreturn ['connections' => ['mysql' => ['driver' => 'mysql', 'host' => env('DB_HOST', '127.0.0.1'), 'password' => env('DB_PASSWORD', '')]]];\n`,
    });
    try {
      const before = await site.read('config/database.php');
      const report = await site.fork({ files: ['config/database.php'] });
      assert.equal(await site.read('config/database.php'), before);
      const env = await site.read('.env');
      assert.match(env, /APP_ENV=staging\n/);
      assert.match(env, /APP_URL=http:\/\/127\.0\.0\.1:29000\n/);
      assert.match(env, /DB_PORT=21234\n/);
      assert.match(env, /SESSION_DOMAIN=\n/);
      assert.match(env, /MAIL_MAILER=smtp\n/);
      assert.match(env, /MAIL_ENCRYPTION=\n/);
      const made = /APP_KEY=base64:(\S+)/.exec(env)?.[1] ?? '';
      assert.equal(Buffer.from(made, 'base64').length, 32);
      assert.notEqual(made, key);
      assert.ok(report.warnings.some(warning => warning.includes('REDIS_HOST')));
    } finally {
      await site.remove();
    }
  });

  it('Symfony and Django: URLs keep their scheme and options, and lose their encryption', async () => {
    const text = `DATABASE_URL="mysql://app:p%40ss@db.internal:3306/shop?serverVersion=10.11.2-MariaDB&charset=utf8mb4&sslmode=required"
MAILER_DSN=ses+smtp://KEY:SECRET@default
REPORTING="mysql+pymysql://app:pw@db.internal/shop"
ANALYTICS_URL=postgres://app:pw1234567@pg.internal/stats
EMAIL_USE_TLS=True
EMAIL_HOST=smtp.example.com
EMAIL_PORT=587
EMAIL_HOST_USER=me
EMAIL_HOST_PASSWORD=pw
`;
    const fork = await forked('.env', text);
    assert.match(
      fork,
      /DATABASE_URL="mysql:\/\/greenroom:cl0nePassw0rd@127\.0\.0\.1:21234\/shop\?serverVersion=10\.11\.2-MariaDB&charset=utf8mb4"/,
    );
    assert.match(fork, /MAILER_DSN=smtp:\/\/127\.0\.0\.1:22525/);
    assert.match(fork, /REPORTING="mysql\+pymysql:\/\/greenroom:cl0nePassw0rd@127\.0\.0\.1:21234\/shop"/);
    assert.doesNotMatch(fork, /pw1234567/);
    assert.match(
      fork,
      /EMAIL_USE_TLS=False\nEMAIL_HOST=127\.0\.0\.1\nEMAIL_PORT=22525\nEMAIL_HOST_USER=greenroom\n/,
    );
  });

  it('Rails: defaults get host, port and login; other databases keep their names', async () => {
    const text = `default: &default\n  adapter: mysql2\n  host: db.internal\n  username: app\n  password: <%= ENV['DB_PW'] %>\n\nproduction:\n  <<: *default\n  database: shop # the shop\ntest:\n  <<: *default\n  database: shop_test\n`;
    assert.equal(
      await forked('config/database.yml', text),
      text
        .replace('db.internal\n', '127.0.0.1\n  port: 21234\n')
        .replace('username: app', 'username: greenroom')
        .replace("<%= ENV['DB_PW'] %>", 'cl0nePassw0rd'),
    );
  });

  it('Rails keeps its environment where it has no staging of its own', async () => {
    const site = await testSite({ '.env': 'RAILS_ENV=production\n', 'config/environment.rb': '' });
    try {
      await site.fork();
      assert.match(await site.read('.env'), /RAILS_ENV=production\nGREENROOM_ENVIRONMENT=env-1/);
      await site.write('config/environments/staging.rb', '');
      await site.fork();
      assert.match(await site.read('.env'), /RAILS_ENV=staging/);
    } finally {
      await site.remove();
    }
  });

  it('WordPress: computed values are replaced, plugins’ mail goes to the inbox, a socket becomes a port', async () => {
    const site = await testSite({
      'wp-config.php': `<?php\ndeclare(strict_types=1);\n/** x */\ndefine('DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress'));\ndefine('DB_HOST', 'localhost:/run/mysqld/mysqld.sock');\ndefine('DB_USER', 'u');\ndefine('DB_PASSWORD', $_ENV['PW'] ?? 'x');\ndefine('AUTH_KEY', '${'k'.repeat(64)}');\nrequire ABSPATH . 'wp-settings.php';\n`,
      'wp-content/index.php': '<?php',
    });
    try {
      const report = await site.fork();
      const fork = await site.read('wp-config.php');
      assert.match(fork, /define\('DB_NAME', 'shop'\)/);
      assert.match(fork, /define\('DB_HOST', '127\.0\.0\.1:21234'\)/);
      assert.match(fork, /define\('DB_PASSWORD', 'cl0nePassw0rd'\)/);
      assert.doesNotMatch(fork, /k{64}/);
      assert.ok(fork.indexOf('declare') < fork.indexOf('GREENROOM_ENVIRONMENT'));
      assert.deepEqual(report.files, [
        'wp-config.php',
        'wp-content/mu-plugins',
        'wp-content/mu-plugins/greenroom-reroute.php',
      ]);
      assert.match(await site.read('wp-content/mu-plugins/greenroom-reroute.php'), /Port = 22525;/);
    } finally {
      await site.remove();
    }
  });

  it('Drupal and Magento: arrays get what was missing', async () => {
    const drupal = await forked(
      'sites/default/settings.php',
      `<?php\n$databases['default']['default'] = array (\n  'database' => 'shop',\n  'username' => 'u',\n  'password' => 'p',\n  'host' => 'localhost',\n  'driver' => 'mysql',\n);\n`,
    );
    assert.match(drupal, /'host' => '127\.0\.0\.1', 'port' => 21234,/);
    const magento = await forked(
      'app/etc/env.php',
      `<?php\nreturn ['crypt' => ['key' => '${'0f'.repeat(16)}'], 'db' => ['connection' => ['default' => ['host' => 'db.internal', 'dbname' => 'shop', 'username' => 'u', 'password' => 'p']]]];\n`,
    );
    assert.match(
      magento,
      /'host' => '127\.0\.0\.1:21234', 'dbname' => 'shop', 'username' => 'greenroom', 'password' => 'cl0nePassw0rd'/,
    );
    assert.match(magento, /'key' => '[0-9a-f]{32}'/);
    assert.doesNotMatch(magento, /(0f){16}/);
  });

  it('another database of production’s gets no login; test databases, Redis and PostgreSQL are not taken for ours', async () => {
    const text = `DB_HOST=db.internal\nDB_DATABASE=shop\nDB_PORT=3306\nDB_PASSWORD=p\nCRM_DB_HOST=crm.internal\nCRM_DB_DATABASE=crm\nCRM_DB_PASSWORD=crm-Passw0rd\nTEST_DB_HOST=localhost\nTEST_DB_DATABASE=shop_test\nREDIS_PORT=6379\nPORT=3000\nHOST=0.0.0.0\n`;
    const site = await testSite({ '.env': text });
    try {
      const report = await site.fork();
      assert.equal(
        await site.read('.env'),
        `${text
          .replace('db.internal', '127.0.0.1')
          .replace('3306', '21234')
          .replace('DB_PASSWORD=p', 'DB_PASSWORD=cl0nePassw0rd')
          .replace('crm-Passw0rd', 'greenroom-placeholder')}GREENROOM_ENVIRONMENT=env-1\n`,
      );
      assert.ok(report.warnings.some(warning => warning.startsWith('CRM_DB_PASSWORD')));
    } finally {
      await site.remove();
    }
  });

  it('Rails: templates in YAML stay what they are, replicas come along, URLs are rewritten', async () => {
    const text = `<% if ENV['X'] %>\n# shared: <%= 1 %>\n<% end %>\nproduction:\n  primary:\n    adapter: mysql2\n    host: db.internal\n    username: app\n    password: "<%= ENV["PW"] || 'a: b # c' %>"\n    database: shop\n  replica:\n    adapter: mysql2\n    host: replica.internal\n    database: shop\n`;
    assert.equal(
      await forked('config/database.yml', text),
      text
        .replace('db.internal\n', '127.0.0.1\n    port: 21234\n')
        .replace('replica.internal\n', '127.0.0.1\n    port: 21234\n')
        .replace('username: app', 'username: greenroom')
        .replace(`"<%= ENV["PW"] || 'a: b # c' %>"`, '"cl0nePassw0rd"'),
    );
    assert.match(
      await forked('config/database.yml', 'production:\n  url: mysql2://app:pw@db.internal/shop?pool=5\n'),
      /url: "mysql2:\/\/greenroom:cl0nePassw0rd@127\.0\.0\.1:21234\/shop\?pool=5"/,
    );
  });

  it('PostgreSQL by its socket or its port is not taken for the clone, and loses its password', async () => {
    const text =
      'DB_HOST=/var/run/postgresql\nDB_NAME=social\nDB_USER=social\nDB_PASS=s3cretPassw0rd\nDB_PORT=5432\n';
    assert.equal(
      await forked('.env', text),
      `${text.replace('s3cretPassw0rd', 'greenroom-placeholder')}GREENROOM_ENVIRONMENT=env-1\n`,
    );
  });

  it('Craft: its security key is its own, and a schema beside a database name stays', async () => {
    const fork = await forked(
      '.env',
      'CRAFT_SECURITY_KEY=aBcDeFgHiJkLmNoPqRsTuVwXyZ012345\nCRAFT_DB_SERVER=db.internal\nCRAFT_DB_DATABASE=shop\nCRAFT_DB_SCHEMA=public\nCRAFT_DB_PASSWORD=p\n',
    );
    assert.match(fork, /CRAFT_DB_DATABASE=shop\nCRAFT_DB_SCHEMA=public\n/);
    assert.match(fork, /^CRAFT_SECURITY_KEY=(?!aBcD)[\w-]{32}$/m);
  });

  it('Ghost: a well-known mail service does not go before the inbox; encryption that cannot be had is said', async () => {
    const site = await testSite({
      'config.production.json': `{"database": {"connection": {"host": "db.internal", "user": "u", "password": "p", "database": "shop", "ssl": {"ca": "x"}}}, "mail": {"transport": "SMTP", "options": {"service": "Mailgun", "auth": {"user": "u", "pass": "p"}, "host": "smtp.eu.mailgun.org"}}}`,
    });
    try {
      const { warnings } = await site.fork();
      const { mail } = JSON.parse(await site.read('config.production.json'));
      assert.deepEqual(mail, {
        transport: 'SMTP',
        options: {
          service: '',
          auth: { user: 'greenroom', pass: 'greenroom' },
          host: '127.0.0.1',
          port: facts.smtp.port,
        },
      });
      assert.match(warnings.join(), /database\.connection\.ssl\.ca .*without encryption/);
    } finally {
      await site.remove();
    }
  });

  it('JDBC: the login stays in settings of its own; Drupal: a port comes beside a host under a dotted name', async () => {
    assert.equal(
      await forked('application.properties', 'spring.datasource.url=jdbc:mariadb://db.internal/shop\n'),
      'spring.datasource.url=jdbc:mariadb://127.0.0.1:21234/shop\n',
    );
    assert.match(
      await forked(
        'sites/default/settings.php',
        "<?php\n$config['smtp.settings']['smtp_host'] = 'smtp.example.com';\n",
      ),
      /\$config\['smtp\.settings'\]\['smtp_host'\] = '127\.0\.0\.1';\n\$config\['smtp\.settings'\]\['smtp_port'\] = 22525;\n/,
    );
  });

  it('what falls back to production where the fork sets nothing goes; what has nothing to fall back to stays', async () => {
    const text = `<?php\nreturn ['mailers' => ['smtp' => ['host' => env('MAIL_HOST', 'smtp.mailgun.org')]], 'stripe' => ['secret' => env('STRIPE_SECRET')]];\n`;
    assert.match(
      await forked('config/mail.php', text),
      /'host' => '127\.0\.0\.1', 'port' => 22525\]\], 'stripe' => \['secret' => env\('STRIPE_SECRET'\)\]/,
    );
  });

  it('.NET: a connection string goes to the clone; one to another server loses its password', async () => {
    const text = `{"ConnectionStrings": {"Default": "Server=db.internal;Database=shop;Uid=app;Pwd=s3cret;SslMode=Required;", "Crm": "Server=crm.internal;Database=crm;User Id=app;Password=cRm-s3cret"}}`;
    assert.deepEqual(JSON.parse(await forked('appsettings.json', text)).ConnectionStrings, {
      Default: 'Server=127.0.0.1;Database=shop;Uid=greenroom;Pwd=cl0nePassw0rd;Port=21234;',
      Crm: 'Server=crm.internal;Database=crm;User Id=app;Password=greenroom-placeholder',
    });
  });

  it('PrestaShop: its key keeps header and checksum, or it would not start', async () => {
    const old = `def00000${'0f'.repeat(64)}`;
    const fork = await forked(
      'app/config/parameters.php',
      `<?php return ['parameters' => ['new_cookie_key' => '${old}']];\n`,
    );
    const key = Buffer.from(/'new_cookie_key' => '([0-9a-f]{136})'/.exec(fork)?.[1] ?? '', 'hex');
    assert.equal(key.subarray(0, 4).toString('hex'), 'def00000');
    assert.deepEqual(key.subarray(36), createHash('sha256').update(key.subarray(0, 36)).digest());
    assert.doesNotMatch(fork, /(0f){20}/);
  });

  it('Laravel’s read and write hosts share the port around them; TYPO3 and Moodle name mail their way', async () => {
    const site = await testSite({
      'config/database.php': `<?php\nreturn ['mysql' => ['read' => ['host' => ['r.internal']], 'write' => ['host' => ['db.internal']], 'port' => '3306', 'database' => 'shop', 'password' => 'p']];\n`,
    });
    try {
      const { warnings } = await site.fork();
      assert.deepEqual(warnings, []);
      assert.match(
        await site.read('config/database.php'),
        /'host' => \['127\.0\.0\.1'\]\], 'port' => '21234'/,
      );
    } finally {
      await site.remove();
    }
    assert.match(
      await forked(
        'config/system/settings.php',
        "<?php\nreturn ['MAIL' => ['transport_smtp_server' => 'smtp.example.com:587', 'transport_smtp_encrypt' => true]];\n",
      ),
      /'127\.0\.0\.1:22525', 'transport_smtp_encrypt' => false/,
    );
    assert.match(
      await forked('config.php', "<?php\n$CFG->smtphosts = 'smtp.example.com';\n"),
      /smtphosts = '127\.0\.0\.1:22525';/,
    );
  });

  it('a client’s option file goes to the clone; a list under "environment" is no tag', async () => {
    assert.equal(
      await forked('.my.cnf', '[client]\nhost=db.internal\nuser=app\npassword="p"\n'),
      '[client]\nhost=127.0.0.1\nport=21234\nuser=greenroom\npassword="cl0nePassw0rd"\n',
    );
    const list = 'services:\n  app:\n    environment:\n      - NAME=value\n';
    assert.equal(await forked('compose.yml', list), list);
  });

  it('names without a usual word are recognised by production’s own address', async () => {
    const fork = await forked(
      'config.json',
      `{"storage": {"server": "db.internal", "login": "reader", "pwd": "pw", "base": "shop"}, "report": "db.internal:3306"}`,
    );
    assert.deepEqual(JSON.parse(fork), {
      storage: {
        server: '127.0.0.1',
        port: facts.database.port,
        login: 'greenroom',
        pwd: 'cl0nePassw0rd',
        base: 'shop',
      },
      report: '127.0.0.1:21234',
    });
  });
});
