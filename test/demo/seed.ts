import { Readable } from 'node:stream';
import type mysql from 'mysql2/promise';
import { person, random } from './people.ts';

const full = { customers: 20_000, orders: 100_000 };
/** `GREENROOM_DEMO_SIZE=small` is for tests that run the tour many times. */
export const demoSize =
  process.env['GREENROOM_DEMO_SIZE'] === 'small' ? { customers: 200, orders: 1_000 } : full;

export const demoSchema: readonly string[] = [
  `CREATE TABLE customers (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, given_name VARCHAR(60) NOT NULL, family_name VARCHAR(60) NOT NULL,
    phone VARCHAR(32) NULL, street VARCHAR(120) NOT NULL, postcode VARCHAR(12) NOT NULL, city VARCHAR(60) NOT NULL, born DATE NULL,
    password_hash CHAR(60) CHARACTER SET ascii NOT NULL, newsletter TINYINT(1) NOT NULL DEFAULT 0, created_at DATETIME NOT NULL,
    UNIQUE KEY customers_email (email), KEY customers_name (family_name, given_name)) ENGINE=InnoDB`,
  `CREATE TABLE products (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, sku VARCHAR(24) NOT NULL, title VARCHAR(120) NOT NULL, price DECIMAL(10,2) NOT NULL, stock INT NOT NULL DEFAULT 0,
    UNIQUE KEY products_sku (sku)) ENGINE=InnoDB`,
  `CREATE TABLE orders (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id INT UNSIGNED NOT NULL, contact VARCHAR(190) NOT NULL, state ENUM('cart','paid','sent','returned') NOT NULL DEFAULT 'cart',
    total DECIMAL(10,2) NOT NULL, note TEXT NULL, placed_at DATETIME NOT NULL,
    KEY orders_customer (customer_id), KEY orders_placed (placed_at), CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id)) ENGINE=InnoDB`,
  `CREATE TABLE order_items (
    order_id INT UNSIGNED NOT NULL, line SMALLINT UNSIGNED NOT NULL, product_id INT UNSIGNED NOT NULL, quantity SMALLINT UNSIGNED NOT NULL, price DECIMAL(10,2) NOT NULL,
    PRIMARY KEY (order_id, line), KEY order_items_product (product_id),
    CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id), CONSTRAINT order_items_product FOREIGN KEY (product_id) REFERENCES products (id)) ENGINE=InnoDB`,
  `CREATE TABLE settings (name VARCHAR(60) NOT NULL PRIMARY KEY, value VARCHAR(255) NOT NULL) ENGINE=InnoDB`,
  `CREATE VIEW paid_orders AS SELECT o.id, o.total, c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.state IN ('paid', 'sent')`,
];

/** Makes the schema and the rows, the same every time. */
export async function seed(connection: mysql.Connection, size = demoSize): Promise<number> {
  for (const statement of demoSchema) await connection.query(statement);
  let rows = 0;
  const load = async (table: string, lines: Iterable<string>) => {
    const [result] = await connection.query<mysql.ResultSetHeader>({
      sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4`,
      infileStreamFactory: () => Readable.from(batches(lines)),
    } as never);
    rows += result.affectedRows;
  };
  await load('customers', customers(size.customers));
  await load('products', products(400));
  await load('orders', orders(size.orders, size.customers));
  await load('order_items', orderItems(size.orders));
  await load('settings', [
    'site_name\tThe Paper Shop\n',
    'site_url\thttps://shop.example.com\n',
    'mail_from\tservice@shop.example.com\n',
  ]);
  return rows;
}

function* customers(count: number): Generator<string> {
  for (let id = 1; id <= count; id++) {
    const { email, givenName, familyName, phone, street, postcode, city, born } = person(id);
    const hash = `$2y$10$${Buffer.from(`${id}:${email}`).toString('base64').replace(/[+/=]/g, '.').padEnd(53, '.').slice(0, 53)}`;
    yield `${[id, email, givenName, familyName, id % 9 === 0 ? '\\N' : phone, street, postcode, city, id % 4 === 0 ? '\\N' : born, hash, id % 2, `2023-${month(id)}-11 08:30:00`].join('\t')}\n`;
  }
}

function* products(count: number): Generator<string> {
  const kinds = [
    'Notebook',
    'Fountain pen',
    'Ink, 50 ml',
    'Letter paper',
    'Sealing wax',
    'Blotter',
    'Pencil set',
    'Envelope, lined',
  ];
  for (let id = 1; id <= count; id++)
    yield `${[id, `PS-${String(id).padStart(5, '0')}`, `${kinds[id % kinds.length]} No. ${id}`, (2 + (id % 47) + 0.9).toFixed(2), id % 120].join('\t')}\n`;
}

function* orders(count: number, customerCount: number): Generator<string> {
  const next = random(4711);
  const notes = [
    (who: string, mail: string) => `Please ring at ${who}, second floor. Questions to ${mail}.`,
    (who: string) => `A present for my sister. Do not put the invoice in. ${who}`,
    (_: string, mail: string) => `Invoice to ${mail} please, thank you`,
    () => 'Leave it with the neighbour',
  ];
  for (let id = 1; id <= count; id++) {
    const customer = 1 + Math.floor(next() * customerCount);
    const { email, givenName, familyName } = person(customer);
    const note =
      id % 5 === 0 ? (notes[id % notes.length]?.(`${givenName} ${familyName}`, email) ?? '\\N') : '\\N';
    yield `${[id, customer, email, ['cart', 'paid', 'sent', 'sent', 'returned'][id % 5], (5 + next() * 200).toFixed(2), note, `2024-${month(id)}-${String(1 + (id % 28)).padStart(2, '0')} 12:00:00`].join('\t')}\n`;
  }
}

function* orderItems(orderCount: number): Generator<string> {
  for (let order = 1; order <= orderCount; order++)
    for (let line = 1; line <= 1 + (order % 5); line++)
      yield `${[order, line, 1 + ((order * 7 + line) % 400), 1 + (line % 3), (3 + (order % 40)).toFixed(2)].join('\t')}\n`;
}

const month = (number: number) => String(1 + (number % 12)).padStart(2, '0');

function* batches(lines: Iterable<string>): Generator<Buffer> {
  let batch = '';
  for (const line of lines) {
    batch += line;
    if (batch.length > 256_000) {
      yield Buffer.from(batch);
      batch = '';
    }
  }
  if (batch !== '') yield Buffer.from(batch);
}
