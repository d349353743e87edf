import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The demo shop's code: what its repository holds and what is deployed in production. */
export const siteFiles: Readonly<Record<string, string>> = {
  'index.php': `<?php
require __DIR__ . '/lib/config.php';
require __DIR__ . '/lib/database.php';
$title = setting('site_name');
?><!doctype html>
<title><?= htmlspecialchars($title) ?></title>
<link rel="stylesheet" href="/assets/shop.css">
<h1><?= htmlspecialchars($title) ?></h1>
<?php if (config('APP_ENV') !== 'production'): ?><p class="banner"><?= htmlspecialchars(config('APP_ENV')) ?></p><?php endif ?>
<ul>
<?php foreach (query('SELECT title, price FROM products ORDER BY id LIMIT 20') as $product): ?>
  <li><?= htmlspecialchars($product['title']) ?> · <?= $product['price'] ?> €</li>
<?php endforeach ?>
</ul>
`,
  'checkout.php': `<?php
require __DIR__ . '/lib/config.php';
require __DIR__ . '/lib/database.php';
$order = query('SELECT id, total FROM orders ORDER BY id DESC LIMIT 1')[0];
echo "Order {$order['id']}: {$order['total']} EUR\\n";
`,
  'lib/config.php': `<?php
/** Reads .env once; values never change while a request runs. */
function config(string $name): string
{
    static $values;
    if ($values === null) {
        $values = [];
        foreach (file(dirname(__DIR__) . '/.env', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) as $line) {
            if ($line[0] !== '#' && str_contains($line, '=')) {
                [$key, $value] = explode('=', $line, 2);
                $values[trim($key)] = trim($value, " \\"'");
            }
        }
    }
    return $values[$name] ?? '';
}
`,
  'lib/database.php': `<?php
function database(): PDO
{
    static $database;
    return $database ??= new PDO(
        sprintf('mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4', config('DB_HOST'), config('DB_PORT'), config('DB_NAME')),
        config('DB_USER'),
        config('DB_PASSWORD'),
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC],
    );
}

function query(string $sql, array $values = []): array
{
    $statement = database()->prepare($sql);
    $statement->execute($values);
    return $statement->fetchAll();
}

function setting(string $name): string
{
    return query('SELECT value FROM settings WHERE name = ?', [$name])[0]['value'] ?? '';
}
`,
  'assets/shop.css':
    'body { font: 16px/1.5 Georgia, serif; margin: 3rem auto; max-width: 40rem; }\n.banner { background: #ffd; padding: .5rem; }\n',
  'README.md': '# The Paper Shop\n\nPens, paper, ink. Runs on PHP and MariaDB.\n',
};

/** Production's own files, which are in no repository: configuration with live keys (of the right shape, and fake), uploads. */
export function productionOnly(database: { port: number; password: string }): Record<string, string> {
  // Put together at run time: a scanner of this repository must not take them for real ones.
  const live = ['sk', 'live', '51HxDemoDemoDemoDemoDemo0000'].join('_');
  return {
    '.env': [
      '# Production. Do not commit.',
      'APP_ENV=production',
      'APP_URL=https://shop.example.com',
      'DB_HOST=127.0.0.1',
      `DB_PORT=${database.port}`,
      'DB_NAME=shop',
      'DB_USER=shop',
      `DB_PASSWORD=${database.password}`,
      'MAIL_HOST=smtp.mailprovider.example',
      'MAIL_PORT=587',
      'MAIL_USERNAME=shop',
      'MAIL_PASSWORD=correct-horse-battery',
      `STRIPE_SECRET_KEY=${live}`,
      'ORDER_WEBHOOK_URL=https://hooks.example.com/orders',
      '',
    ].join('\n'),
    'uploads/logo.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="30"/></svg>\n',
    'var/cache/home.html': '<p>cached</p>\n',
  };
}

export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: name === '.env' ? 0o640 : 0o644 });
  }
}

/** The demo's `greenroom.jsonc`: every column has a decision. */
export function configuration(siteRoot: string, port: number): string {
  return `// Greenroom's configuration of the demo shop.
{
  "production": {
    "files": { "root": ${JSON.stringify(siteRoot)}, "exclude": ["var/cache/**", "uploads/**"] },
    "database": {
      "url": "mysql://reader@127.0.0.1:${port}/shop",
      "password": "\${env:SHOP_DB_PASSWORD}",
      "promoter": { "url": "mysql://deploy@127.0.0.1:${port}/shop", "password": "\${env:SHOP_DEPLOY_PASSWORD}" }
    }
  },
  "sync": [{ "from": ".", "to": ".", "exclude": ["README.md"] }],
  "scrub": {
    "rules": {
      "customers.email": "email",
      "customers.given_name": "givenName",
      "customers.family_name": "familyName",
      "customers.phone": "phone",
      "customers.street": "street",
      "customers.postcode": "postcode",
      "customers.city": "city",
      "customers.born": "birthDate",
      "customers.password_hash": "passwordHash",
      "orders.contact": "email",
      "orders.note": "text",
      "orders.state": { "keep": "a state, no personal data" },
      "products.*": { "keep": "catalogue, no personal data" },
      "settings.*": { "keep": "the shop's own settings" }
    }
  },
  "reroute": { "config": [".env"] },
  "serve": "php -S 127.0.0.1:$PORT -t ."
}
`;
}
