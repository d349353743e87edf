import assert from 'node:assert/strict';
import { tableSql } from '../../../server/schema/ddlOf.ts';
import { diffSchemas } from '../../../server/schema/diff.ts';
import type { Schema, View } from '../../../server/schema/model.ts';
import { rebaseSchema } from '../../../server/schema/rebase.ts';
import { schemaOf } from './tables.ts';

const base = schemaOf({
  orders:
    '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)',
  users: '`id` int(11) NOT NULL, `name` varchar(20) DEFAULT NULL, PRIMARY KEY (`id`)',
});

function plan(theirs: Schema, mine: Schema, choices: Parameters<typeof rebaseSchema>[3] = {}) {
  const { target, conflicts, renames } = rebaseSchema(base, mine, theirs, choices);
  return {
    conflicts,
    target,
    sql: diffSchemas(theirs, target, { renames }).changes.map(change => change.sql),
  };
}

function withOrders(body: string, rest: Record<string, string> = {}): Schema {
  return { ...base, tables: { ...base.tables, ...schemaOf({ orders: body, ...rest }).tables } };
}

describe('rebase of schema changes on production', () => {
  it('leaves what only production changed, and adds what only the environment changed', () => {
    const mine = withOrders(
      '`id` int(11) NOT NULL, `total` bigint(20) DEFAULT NULL, `mine` int(11) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`), KEY `m` (`mine`)',
      { fresh: '`id` int(11) NOT NULL' },
    );
    const theirs = withOrders(
      '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text DEFAULT NULL, `hotfix` int(11) DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`), KEY `h` (`hotfix`)',
      { shipped: '`id` int(11) NOT NULL' },
    );
    const { conflicts, sql, target } = plan(theirs, mine);
    assert.deepEqual(conflicts, []);
    assert.deepEqual(sql, [
      'CREATE TABLE `fresh` (\n  `id` int(11) NOT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci',
      'ALTER TABLE `orders` MODIFY COLUMN `total` bigint(20) DEFAULT NULL, ADD COLUMN `mine` int(11) DEFAULT NULL AFTER `total`, ADD KEY `m` (`mine`)',
    ]);
    assert.ok(target.tables['shipped']);
  });

  it('sees the same change on both sides as none', () => {
    const both = withOrders('`id` int(11) NOT NULL, `total` bigint(20) DEFAULT NULL, PRIMARY KEY (`id`)');
    assert.deepEqual(plan(both, both).sql, []);
    assert.deepEqual(plan(both, both).conflicts, []);
  });

  it('reports a column that both changed, with both texts, and follows the answer', () => {
    const mine = withOrders(
      '`id` int(11) NOT NULL, `total` bigint(20) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)',
    );
    const theirs = withOrders(
      '`id` int(11) NOT NULL, `total` decimal(10,2) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)',
    );
    const open = plan(theirs, mine);
    assert.deepEqual(open.conflicts, [
      {
        id: 'table:orders.column:total',
        kind: 'schema',
        subject: 'orders.total',
        message: 'changed here and in production, differently',
        mine: '`total` bigint(20) DEFAULT NULL',
        theirs: '`total` decimal(10,2) DEFAULT NULL',
      },
    ]);
    assert.deepEqual(open.sql, []);
    const resolved = plan(theirs, mine, { resolve: { 'table:orders.column:total': 'mine' } });
    assert.equal(resolved.conflicts[0]?.resolution, 'mine');
    assert.deepEqual(resolved.sql, ['ALTER TABLE `orders` MODIFY COLUMN `total` bigint(20) DEFAULT NULL']);
  });

  it('reports a table that one side dropped and the other changed', () => {
    const dropped: Schema = { ...base, tables: { users: base.tables['users'] as never } };
    const changed = withOrders('`id` int(11) NOT NULL, PRIMARY KEY (`id`)');
    assert.equal(plan(changed, dropped).conflicts[0]?.message, 'dropped here, changed in production');
    assert.equal(plan(dropped, changed).conflicts[0]?.message, 'changed here, dropped in production');
    assert.deepEqual(plan(changed, dropped, { resolve: { 'table:orders': 'mine' } }).sql, [
      'DROP TABLE `orders`',
    ]);
  });

  it('reports an index over a column that production dropped', () => {
    const mine = withOrders(
      '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`), KEY `new` (`total`,`id`)',
    );
    const theirs = withOrders('`id` int(11) NOT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`)');
    const { conflicts, sql } = plan(theirs, mine);
    assert.deepEqual(
      conflicts.map(conflict => conflict.id),
      ['table:orders.index:new'],
    );
    assert.deepEqual(sql, []);
  });

  it('keeps the character set of an inherited column when the tables’ defaults differ', () => {
    const mine = withOrders(
      '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text DEFAULT NULL, `tag` varchar(5) DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)',
    );
    const theirs = {
      ...base,
      tables: {
        ...base.tables,
        ...schemaOf({
          orders:
            'CREATE TABLE `orders` (`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`)) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_swedish_ci',
        }).tables,
      },
    };
    const { conflicts, sql } = plan(theirs, mine);
    assert.deepEqual(conflicts, []);
    assert.deepEqual(sql, [
      'ALTER TABLE `orders` ADD COLUMN `tag` varchar(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci DEFAULT NULL',
    ]);
  });

  it('carries a decided rename over to production, also when the column changed there elsewhere', () => {
    const mine = withOrders(
      '`id` int(11) NOT NULL, `sum` int(11) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`sum`)',
    );
    const theirs = withOrders(
      '`id` int(11) NOT NULL, `total` int(11) DEFAULT NULL, `note` text DEFAULT NULL, PRIMARY KEY (`id`), KEY `k` (`total`), KEY `k2` (`total`,`id`)',
    );
    const rename = { kind: 'column' as const, table: 'orders', from: 'total', to: 'sum' };
    const { conflicts, sql, target } = plan(theirs, mine, { renames: [rename] });
    assert.deepEqual(conflicts, []);
    assert.deepEqual(sql, ['ALTER TABLE `orders` RENAME COLUMN `total` TO `sum`']);
    assert.match(tableSql(target.tables['orders'] as never), /KEY `k2` \(`sum`,`id`\)/);
    // Done by production already: nothing is left to do.
    assert.deepEqual(plan(mine, mine, { renames: [rename] }).sql, []);
  });

  it('keeps production’s definer when the environment’s own account replaced an object', () => {
    const view = (definer: string, after: string): View => ({
      name: 'v',
      before: 'ALGORITHM=UNDEFINED',
      definer,
      after: `SQL SECURITY DEFINER VIEW \`v\` AS ${after}`,
      session: {},
    });
    const old: Schema = { ...base, views: { v: view('`deploy`@`%`', 'select 1') } };
    const mine: Schema = { ...base, views: { v: view('CURRENT_USER', 'select 2') } };
    const { target } = rebaseSchema(old, mine, old);
    assert.equal(target.views['v']?.definer, '`deploy`@`%`');
    const fresh = rebaseSchema(base, mine, base);
    assert.equal(fresh.target.views['v']?.definer, 'CURRENT_USER');
  });
});
