import assert from 'node:assert/strict';
import { hasReason } from '../../../server/platform/errors.ts';
import { explainCoverage, unknownRules } from '../../../server/scrub/coverage.ts';
import type { ScrubRule, TableFacts } from '../../../server/scrub/plan.ts';
import { column, plan, table } from './support.ts';

function itemsOf(
  tables: TableFacts[],
  rules: Record<string, ScrubRule>,
  presets: string[] = [],
): readonly string[] {
  try {
    plan(tables, rules, presets);
  } catch (error) {
    assert.ok(hasReason(error, 'configuration-invalid'), String(error));
    return error.items;
  }
  return [];
}

const users = table('users', [
  column('id', 'int(11)'),
  column('email'),
  column('name'),
  column('bio', 'text'),
  column('kind', "enum('a','b')"),
  column('born_at', 'datetime'),
]);

describe('compiling scrub rules', () => {
  it('names every text-like column without a decision, with the line to paste', () => {
    const { unclassified } = plan([users], { 'users.bio': { keep: 'written by us' } });
    assert.deepEqual(unclassified, [
      { table: 'users', column: 'email', proposal: '"users.email": "email"' },
      { table: 'users', column: 'name', proposal: '"users.name": "fullName"' },
    ]);
  });

  it('asks for binary, JSON, address and geometry columns too, not for numbers, dates, enums and generated columns', () => {
    const columns = ['blob', 'varbinary(16)', 'json', 'inet6', 'point', 'longtext'].map((type, i) =>
      column(`c${i}`, type),
    );
    const quiet = ['bigint(20)', 'decimal(10,2)', 'timestamp', 'uuid', "set('x')"].map((type, i) =>
      column(`q${i}`, type),
    );
    const generated = column('g', 'varchar(20)', { generated: true });
    const { unclassified, tables } = plan([table('t', [...columns, ...quiet, generated])], {});
    assert.deepEqual(
      unclassified.map(entry => entry.column),
      ['c0', 'c1', 'c2', 'c3', 'c4', 'c5'],
    );
    assert.ok(!tables['t']?.columns.some(({ name }) => name === 'g'));
  });

  it('lets the exact rule win, then the longer wildcard', () => {
    const { tables } = plan([users], {
      '*.name': 'city',
      'users.*': { keep: 'test' },
      'users.email': 'email',
      'users.n*': 'company',
    });
    const used = Object.fromEntries(tables['users']?.columns.map(({ name, use }) => [name, use]) ?? []);
    assert.equal(used['email'], 'email');
    assert.equal(used['name'], 'company');
    assert.equal(used['bio'], 'keep');
  });

  it('scrubs an unruled birth date by its name, and says so', () => {
    const { tables, warnings } = plan([table('p', [column('birth_date', 'date')])], {});
    assert.equal(tables['p']?.columns[0]?.use, 'birthDate');
    assert.match(warnings.join(), /p\.birth_date has no rule/);
  });

  it('says which rules match nothing', () => {
    const rules: Record<string, ScrubRule> = { 'users.*': { keep: 'x' }, 'user.email': 'email' };
    assert.match(plan([users], rules).warnings.join(), /"user\.email" matches no column/);
    assert.deepEqual(unknownRules([users], { rules, presets: [] }), ['user.email']);
  });

  it('refuses what would break a column', () => {
    const strict = table(
      't',
      [column('n', 'int(11)'), column('e', 'varchar(20)', { nullable: false }), column('u')],
      {
        uniqueKeys: [['u']],
      },
    );
    const items = itemsOf([strict], {
      't.n': 'email',
      't.e': 'null',
      't.u': { use: 'constant', value: 'x' },
    });
    assert.equal(items.length, 3);
    assert.match(items.join('\n'), /t\.n: email cannot be used, the column has the type int\(11\)/);
    assert.match(items.join('\n'), /t\.e: null cannot be used, the column does not allow NULL/);
    assert.match(items.join('\n'), /t\.u: constant cannot be used, the column is part of a unique key/);
  });

  it('refuses options and presets that do not exist', () => {
    assert.match(
      itemsOf([users], { 'users.*': { keep: 'x' }, 'users.email': { use: 'email', domian: 'class' } })[0] ??
        '',
      /users\.email: email: .*domian/,
    );
    assert.match(
      itemsOf([users], { 'users.*': { keep: 'x' } }, ['wordpres'])[0] ?? '',
      /no preset "wordpres"/,
    );
    const misspelt = { use: 'keep', reason: 'our own', allow: ['names'] } as const;
    assert.match(itemsOf([users], { 'users.*': misspelt })[0] ?? '', /users\.\w+: keep: allow/);
  });

  it('refuses different rules for columns that a foreign key joins', () => {
    const parent = table('a', [column('email')], { primaryKey: ['email'] });
    const child = table('b', [column('email')], {
      foreignKeys: [{ columns: ['email'], refTable: 'a', refColumns: ['email'] }],
    });
    assert.match(
      itemsOf([parent, child], { 'a.email': 'email', 'b.email': { keep: 'x' } })[0] ?? '',
      /joined to a\.email/,
    );
    assert.deepEqual(itemsOf([parent, child], { 'a.email': 'email', 'b.*': { keep: 'x' } }), []);
  });

  it('covers WordPress with any prefix, networks too, and leaves a plugin’s column open', () => {
    const tables = [
      'shop_users',
      'shop_usermeta',
      'shop_options',
      'shop_posts',
      'shop_2_posts',
      'shop_2_postmeta',
      'other_posts',
    ].map(name =>
      table(name, [
        column('user_email'),
        column('meta_key'),
        column('meta_value', 'longtext'),
        column('post_title', 'text'),
        column('plugin_secret'),
      ]),
    );
    const compiled = plan(tables, {}, ['wordpress']);
    const open = compiled.unclassified.map(entry => `${entry.table}.${entry.column}`);
    assert.ok(open.includes('shop_users.plugin_secret'));
    assert.ok(!open.includes('shop_users.user_email'));
    assert.ok(!open.includes('shop_2_posts.post_title'));
    assert.ok(!open.includes('shop_2_postmeta.meta_value'));
    assert.ok(open.includes('other_posts.post_title'));
    assert.match(plan(tables, {}, ['drupal']).warnings.join(), /preset "drupal" finds none/);
  });

  it('changes its digest with whatever changes a replacement, and with nothing else', () => {
    const rules: Record<string, ScrubRule> = { 'users.*': { keep: 'x' }, 'users.email': 'email' };
    const digest = plan([users], rules).digest;
    assert.equal(plan([users], { ...rules }).digest, digest);
    assert.notEqual(
      plan([users], { ...rules, 'users.email': { use: 'email', domain: 'class' } }).digest,
      digest,
    );
    assert.notEqual(plan([{ ...users, uniqueKeys: [['email']] }], rules).digest, digest);
  });

  it('explains every column to the editor', () => {
    const coverage = explainCoverage([users], { rules: { 'users.email': 'email' }, presets: [] });
    assert.deepEqual(
      coverage.map(({ column: name, rule }) => [name, rule]),
      [
        ['email', 'email'],
        ['name', undefined],
        ['bio', undefined],
      ],
    );
    assert.equal(coverage[1]?.proposal, '"users.name": "fullName"');
  });
});
