import assert from 'node:assert/strict';
import { diffSchemas, type Rename } from '../../../server/schema/diff.ts';
import { stayingInPlace } from '../../../server/schema/diffColumns.ts';
import { schemaOf } from './tables.ts';

const columns = '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)';

describe('schema diff without a server', () => {
  it('says nothing about equal schemas', () => {
    assert.deepEqual(
      diffSchemas(schemaOf({ t: columns }), schemaOf({ t: columns }), { exact: true }).changes,
      [],
    );
  });

  it('offers renames as candidates and never makes one by itself', () => {
    const from = schemaOf({ orders: columns });
    const to = schemaOf({ orders: columns.replaceAll('total', 'sum') });
    const undecided = diffSchemas(from, to);
    assert.deepEqual(undecided.renameCandidates, [
      { id: 'column:orders.total>sum', kind: 'column', table: 'orders', from: 'total', to: 'sum' },
    ]);
    assert.match(undecided.changes[0]?.sql ?? '', /DROP COLUMN `total`, ADD COLUMN `sum`/);
    const renames: Rename[] = [{ kind: 'column', table: 'orders', from: 'total', to: 'sum' }];
    const decided = diffSchemas(from, to, { renames });
    assert.deepEqual(
      decided.changes.map(change => [change.sql, change.undoSql, change.destructive]),
      [
        [
          'ALTER TABLE `orders` RENAME COLUMN `total` TO `sum`',
          'ALTER TABLE `orders` RENAME COLUMN `sum` TO `total`',
          false,
        ],
      ],
    );
    assert.deepEqual(decided.renameCandidates, []);
  });

  it('sees one column in names that differ in case alone, without a question and without a loss', () => {
    const from = schemaOf({ orders: columns });
    const diff = diffSchemas(from, schemaOf({ orders: columns.replaceAll('total', 'Total') }));
    assert.deepEqual(diff.renameCandidates, []);
    assert.deepEqual(
      diff.changes.map(change => [change.sql, change.undoSql, change.destructive]),
      [
        [
          'ALTER TABLE `orders` RENAME COLUMN `total` TO `Total`',
          'ALTER TABLE `orders` RENAME COLUMN `Total` TO `total`',
          false,
        ],
      ],
    );
  });

  it('follows a renamed table into the foreign keys of others', () => {
    const child =
      '`p` int(11) DEFAULT NULL, KEY `f` (`p`), CONSTRAINT `f` FOREIGN KEY (`p`) REFERENCES `old` (`id`)';
    const from = schemaOf({ old: columns, child });
    const to = schemaOf({ fresh: columns, child: child.replace('`old`', '`fresh`') });
    assert.deepEqual(
      diffSchemas(from, to).renameCandidates.map(candidate => candidate.id),
      ['table:old>fresh'],
    );
    const renames: Rename[] = [{ kind: 'table', table: 'fresh', from: 'old', to: 'fresh' }];
    assert.deepEqual(
      diffSchemas(from, to, { renames }).changes.map(change => change.sql),
      ['RENAME TABLE `old` TO `fresh`'],
    );
  });

  it('does not take spellings of the same thing for changes between MariaDB and MySQL', () => {
    const mariadb = schemaOf({
      t: '`a` int(11) NOT NULL DEFAULT 0, `d` datetime DEFAULT current_timestamp(), `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)), `c` varchar(5) DEFAULT NULL',
    });
    const mysql = {
      ...schemaOf({
        t: "`a` int NOT NULL DEFAULT '0', `d` datetime DEFAULT CURRENT_TIMESTAMP, `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(`j`)), `c` varchar(5)",
      }),
      flavour: 'mysql' as const,
    };
    assert.deepEqual(diffSchemas(mariadb, mysql, { exact: true }).changes, []);
  });

  it('moves as few columns as it can', () => {
    assert.deepEqual([...stayingInPlace(['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'])].sort(), ['a', 'b', 'c']);
    assert.deepEqual([...stayingInPlace([], [])], []);
  });

  it('ignores the order of indexes unless asked for what is printed', () => {
    const from = schemaOf({ t: '`a` int(11), `b` int(11), KEY `x` (`a`), KEY `y` (`b`)' });
    const to = schemaOf({ t: '`a` int(11), `b` int(11), KEY `y` (`b`), KEY `x` (`a`)' });
    assert.deepEqual(diffSchemas(from, to).changes, []);
    assert.deepEqual(
      diffSchemas(from, to, { exact: true }).changes.map(change => change.sql),
      ['ALTER TABLE `t` DROP INDEX `x`, ADD KEY `x` (`a`)'],
    );
  });
});
