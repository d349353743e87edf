import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pickPort } from '../../../server/platform/ports.ts';
import { systemProcesses } from '../../../server/platform/processes.ts';
import { writeFiles } from '../../demo/site.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { runCli } from '../../support/shop.ts';
import { stopStore } from '../../support/stopStore.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { treeDigest } from '../../support/treeDigest.ts';
import { copyWordpress } from '../../support/wordpress.ts';

/**
 * WordPress from Debian's package, installed by its own installer, on its way through the main job: input that nobody
 * here wrote. It answers correctly, in the environment and in production, after every step.
 */
interface Created {
  id: string;
  site: string;
  database: { port: number; user: string; password: string; name: string; socket: string };
}
interface Plan {
  digest: string;
  files: { path: string; change: string }[];
  schema: { sql: string }[];
}

const people = [
  { login: 'jane', email: 'jane.doe@gmail.com', given: 'Jane', family: 'Doering' },
  { login: 'olga', email: 'olga.petrova@yandex.ru', given: 'Olga', family: 'Petrova' },
];

describe('WordPress from production to staging and back', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: TestServer;
  let site: string;
  let repository: string;
  let store: string;
  let environment: Created;
  let promotion: string;
  let untouched: string;

  const run = async <T>(...args: string[]): Promise<T> => {
    const variables = { GREENROOM_HOME: store, WP_READER: 'reader-secret-1', WP_DEPLOY: 'deploy-secret-1' };
    const { code, value, stderr } = await runCli<T>(repository, variables, args);
    if (code !== 0) throw new Error(`greenroom ${args.join(' ')} ended with ${code}: ${stderr}`);
    return value;
  };
  const git = (...args: string[]) => systemProcesses.run('git', args, { cwd: repository });
  const php = async (cwd: string, code: string) =>
    (await systemProcesses.run('php', ['-d', 'display_errors=stderr', '-r', code], { cwd })).stdout.trim();
  const wp = (cwd: string, code: string) =>
    php(cwd, `$_SERVER['HTTP_HOST'] = 'localhost'; require './wp-load.php'; ${code}`);

  before(async function () {
    this.timeout(400_000);
    directory = await temporaryDirectory();
    [site, repository, store] = ['site', 'repo', 'store'].map(name => path.join(directory.path, name)) as [
      string,
      string,
      string,
    ];
    server = await startMariadb();
    await server.execute(
      'CREATE DATABASE wordpress CHARACTER SET utf8mb4',
      "CREATE USER wp@127.0.0.1 IDENTIFIED BY 'wp-secret-1'",
      'GRANT ALL ON wordpress.* TO wp@127.0.0.1',
      "CREATE USER reader@127.0.0.1 IDENTIFIED BY 'reader-secret-1'",
      'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON wordpress.* TO reader@127.0.0.1',
      "CREATE USER deploy@127.0.0.1 IDENTIFIED BY 'deploy-secret-1'",
      'GRANT ALL ON wordpress.* TO deploy@127.0.0.1',
      'GRANT PROCESS ON *.* TO deploy@127.0.0.1',
    );
    await copyWordpress(site);
    await writeFiles(site, { 'wp-config.php': wpConfig(server.port), ...theme });
    await install();
    await mkdir(repository);
    await writeFiles(repository, { ...theme, 'greenroom.jsonc': configuration(site, server.port) });
    await git('init', '--quiet', '--initial-branch=main');
    for (const [name, value] of Object.entries({
      'user.name': 'Robin',
      'user.email': 'robin@tester.example',
      'commit.gpgsign': 'false',
    }))
      await git('config', name, value);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Theme');
    untouched = await treeDigest(site);
  });
  after(async () => {
    try {
      await stopStore(store);
    } finally {
      await server?.stop();
      await directory.remove();
    }
  });

  async function install() {
    const users = people.map(
      ({ login, email, given, family }) =>
        `wp_insert_user(['user_login' => '${login}', 'user_pass' => 'x', 'user_email' => '${email}', 'first_name' => '${given}', 'last_name' => '${family}', 'display_name' => '${given} ${family}']);`,
    );
    await php(
      site,
      `define('WP_INSTALLING', true); $_SERVER['HTTP_HOST'] = 'shop.example.com'; require './wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
       wp_install('Paper & Ink', 'admin', 'owner@papershop.de', true, '', 'correct horse');
       update_option('siteurl', 'https://shop.example.com'); update_option('home', 'https://shop.example.com'); update_option('template', 'shop'); update_option('stylesheet', 'shop');
       ${users.join(' ')}
       wp_insert_comment(['comment_post_ID' => 1, 'comment_author' => 'Jane Doering', 'comment_author_email' => 'jane.doe@gmail.com', 'comment_author_IP' => '93.184.216.34', 'comment_content' => 'Write to jane.doe@gmail.com or call +49 151 23456789', 'comment_approved' => 1]);
       update_option('shop_contact', ['people' => [['full_name' => 'Jane Doering', 'email' => 'jane.doe@gmail.com']], 'note' => 'ümläut']);`,
    );
  }

  it('the base is built with the WordPress preset, and everybody in it is somebody else', async () => {
    const built = await run<{ generation: number; rows: number }>('base', 'build');
    assert.equal(built.generation, 1);
    assert.ok(built.rows > 100);
  });

  it('an environment answers as WordPress, with scrubbed people and without production’s secrets', async () => {
    await git('switch', '--quiet', '-c', 'ratings');
    environment = await run<Created>('env', 'create');
    assert.equal(await wp(environment.site, "echo get_bloginfo('name');"), 'Paper &amp; Ink');
    const users = JSON.parse(
      await wp(
        environment.site,
        'echo json_encode(array_map(fn($u) => [$u->user_login, $u->user_email, $u->display_name], get_users()));',
      ),
    ) as string[][];
    assert.equal(users.length, people.length + 1);
    const comment = JSON.parse(
      await wp(
        environment.site,
        'echo json_encode(get_comments(["author_email" => get_user_by("ID", 2)->user_email, "number" => 1]));',
      ),
    ) as { comment_content: string }[];
    assert.equal(comment.length, 1, 'the comment’s address must be the same scrubbed person as the user’s');
    const contact = JSON.parse(
      await wp(environment.site, "echo json_encode(get_option('shop_contact'));"),
    ) as { people: { email: string }[]; note: string };
    assert.equal(contact.note, 'ümläut');
    const jane = await wp(environment.site, "echo get_user_by('ID', 2)->user_email;");
    assert.equal(contact.people[0]?.email, jane, 'inside a serialized array too');
    const config = await readFile(path.join(environment.site, 'wp-config.php'), 'utf8');
    assert.doesNotMatch(config, /wp-secret-1|production-only-salt/);
    assert.equal(await wp(environment.site, 'echo wp_get_environment_type();'), 'staging');
  });

  it('no personal text of production is in the clone', async () => {
    const { stdout } = await systemProcesses.run(
      'mariadb-dump',
      [
        '--no-defaults',
        `--socket=${environment.database.socket}`,
        `--user=${environment.database.user}`,
        '--skip-lock-tables',
        'wordpress',
      ],
      { env: { ...process.env, MYSQL_PWD: environment.database.password } },
    );
    assert.ok(stdout.length > 20_000, `${stdout.length}`);
    for (const text of [
      'jane.doe@gmail.com',
      'olga.petrova',
      'Doering',
      'Petrova',
      'owner@papershop.de',
      '93.184.216.34',
      '23456789',
    ])
      assert.equal(stdout.includes(text), false, `${text} is still in the clone`);
  });

  it('a password reset in the environment lands in its inbox and nowhere else', async () => {
    const answer = await wp(
      environment.site,
      "$user = get_user_by('ID', 2); $sent = retrieve_password($user->user_login); echo is_wp_error($sent) ? $sent->get_error_message() : 'sent';",
    );
    assert.equal(answer, 'sent');
    const { messages } = await run<{ messages: { subject: string; to: string[] }[] }>('inbox', 'list');
    assert.equal(messages.length, 1);
    assert.match(messages[0]?.subject ?? '', /Password Reset/);
  });

  it('the site answers over HTTP, served in the environment', async () => {
    const page = await fetchFrom(environment.site, '/');
    assert.match(page, /<h1>Paper &amp; Ink<\/h1>/);
    assert.match(page, /theme 1/);
  });

  it('a change of theme and schema becomes a plan of just that', async () => {
    await writeFile(path.join(repository, 'wp-content/themes/shop/footer-note.php'), '<p>New</p>\n');
    await writeFile(
      path.join(repository, 'wp-content/themes/shop/index.php'),
      theme['wp-content/themes/shop/index.php']?.replace('theme 1', 'theme 2') ?? '',
    );
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'Theme 2');
    await wp(
      environment.site,
      "global $wpdb; $wpdb->query('CREATE TABLE wp_ratings (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, post_id BIGINT UNSIGNED NOT NULL, stars TINYINT NOT NULL)'); $wpdb->query('ALTER TABLE wp_posts ADD COLUMN stars DECIMAL(3,2) NULL');",
    );
    const plan = await run<Plan>('diff');
    assert.deepEqual(
      plan.files.map(file => [file.change, file.path]),
      [
        ['added', 'wp-content/themes/shop/footer-note.php'],
        ['modified', 'wp-content/themes/shop/index.php'],
      ],
    );
    assert.equal(plan.schema.length, 2);
    assert.equal(await treeDigest(site), untouched, 'production’s files must be untouched');
    const done = await run<{ promotion: string }>('promote', '--plan', plan.digest, '--message', 'Ratings');
    promotion = done.promotion;
  });

  it('production has the change and answers', async () => {
    assert.match(await fetchFrom(site, '/'), /theme 2/);
    assert.equal(
      await wp(
        site,
        'global $wpdb; echo count($wpdb->get_results("SHOW COLUMNS FROM wp_posts LIKE \'stars\'"));',
      ),
      '1',
    );
    assert.equal(await wp(site, 'echo get_user_by("login", "jane")->user_email;'), 'jane.doe@gmail.com');
  });

  it('undo brings back the very same production', async () => {
    await run('undo', promotion);
    assert.equal(await treeDigest(site), untouched);
    assert.match(await fetchFrom(site, '/'), /theme 1/);
    assert.equal(
      await wp(site, 'global $wpdb; echo count($wpdb->get_results("SHOW TABLES LIKE \'wp_ratings\'"));'),
      '0',
    );
    const verified = await run<{ ok: boolean; entries: number }>('verify');
    assert.deepEqual({ ok: verified.ok, entries: verified.entries }, { ok: true, entries: 2 });
  });
});

/** One page of a site, served by PHP's own server. The canonical redirect is off: the page is asked for by another name. */
async function fetchFrom(root: string, page: string): Promise<string> {
  const port = await pickPort(new Set());
  const child: ChildProcess = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', root], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    const answer = await fetch(`http://127.0.0.1:${port}${page}`, { redirect: 'manual' });
    return await answer.text();
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

const theme: Record<string, string> = {
  'wp-content/themes/shop/style.css': '/*\nTheme Name: Shop\n*/\n',
  'wp-content/themes/shop/index.php':
    "<!doctype html><h1><?php bloginfo('name'); ?></h1><p>theme 1</p><?php while (have_posts()) { the_post(); the_title('<h2>', '</h2>'); }\n",
  'wp-content/themes/shop/functions.php': "<?php remove_filter('template_redirect', 'redirect_canonical');\n",
};

function wpConfig(port: number): string {
  return `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wp');
define('DB_PASSWORD', 'wp-secret-1');
define('DB_HOST', '127.0.0.1:${port}');
define('DB_CHARSET', 'utf8mb4');
define('AUTH_KEY', 'production-only-salt-7hY2mQzX9LpR4sTv');
define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
define('WP_DEBUG', false);
if (!defined('ABSPATH')) {
    define('ABSPATH', __DIR__ . '/');
}
require_once ABSPATH . 'wp-settings.php';
`;
}

function configuration(root: string, port: number): string {
  return JSON.stringify({
    production: {
      files: { root, exclude: ['wp-content/uploads/**', 'wp-content/upgrade/**'] },
      database: {
        url: `mysql://reader@127.0.0.1:${port}/wordpress`,
        password: '${env:WP_READER}',
        promoter: { url: `mysql://deploy@127.0.0.1:${port}/wordpress`, password: '${env:WP_DEPLOY}' },
      },
    },
    scrub: { presets: ['wordpress'] },
    reroute: { config: ['wp-config.php'] },
    environment: { spares: 0 },
  });
}
