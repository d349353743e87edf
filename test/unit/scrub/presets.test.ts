import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { presetRules } from '../../../server/scrub/presets/presets.ts';
import { column, plan, table } from './support.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/scrub');

/** What a preset lists that is of another version or module than the tables here, or that they leave out as no text. */
const elsewhere = new Set([
  'django_admin_log.change_message',
  'django_content_type.name',
  'oauth_clients.redirect',
  'sales_order_grid.signifyd_guarantee_status',
  'sales_order_grid.pickup_location_code',
  'revision.rev_timestamp',
  'abuse_filter.af_timestamp',
  'abuse_filter_log.afl_timestamp',
  'abuse_filter_history.afh_timestamp',
  'wp_wc_product_meta_lookup.global_unique_id',
]);

/** `table: column column:type* …` as in the labelled schemas; `*` marks what is personal. */
function installation(file: string) {
  const personal = new Set<string>();
  const tables = readFileSync(path.join(fixtures, file), 'utf8')
    .split('\n')
    .filter(line => !line.startsWith('#') && line.includes(': '))
    .map(line => {
      const [name = '', rest = ''] = line.split(': ');
      const columns = rest.split(' ').map(word => {
        const [called = '', type = 'varchar(255)'] = word.replace('*', '').split(':');
        if (word.endsWith('*')) personal.add(`${name}.${called}`);
        return column(called, type);
      });
      return table(name, columns);
    });
  return { tables, personal };
}

describe('presets on the tables of real installations', () => {
  for (const [preset, file] of [
    ['django', 'tune/django.txt'],
    ['drupal', 'presets/drupal.txt'],
    ['laravel', 'presets/laravel.txt'],
    ['magento', 'presets/magento.txt'],
    ['mediawiki', 'tune/mediawiki.txt'],
    ['mediawiki', 'presets/mediawikiExtensions.txt'],
    ['wordpress', 'tune/wordpress.txt'],
    ['woocommerce', 'presets/woocommerce.txt'],
    ['woocommerce', 'presets/woocommerce8.txt'],
  ] as const) {
    it(`${preset}: ${file} is covered, and nothing personal is kept`, () => {
      const { tables, personal } = installation(file);
      const compiled = plan(tables, {}, [preset]);
      assert.deepEqual(
        compiled.unclassified.map(({ table: name, column: called }) => `${name}.${called}`),
        [],
      );
      assert.deepEqual(
        compiled.warnings.filter(warning => warning.includes('finds none')),
        [],
      );
      const kept = Object.values(compiled.tables).flatMap(({ table: name, columns }) =>
        columns.filter(({ use }) => use === 'keep').map(({ name: called }) => `${name}.${called}`),
      );
      assert.ok(kept.length > 0 && personal.size > 0);
      assert.deepEqual(
        kept.filter(name => personal.has(name)),
        [],
      );
    });

    it(`${preset}: what it lists for the tables of ${file} is there`, () => {
      const { tables } = installation(file);
      const there = new Set(
        tables.flatMap(({ name, columns }) => columns.map(of => `${name}.${of.name}`.toLowerCase())),
      );
      const listed = [...presetRules([preset], tables).rules.keys()].map(key => key.replace('\0', '.'));
      assert.deepEqual(
        listed.filter(name => !there.has(name) && !elsewhere.has(name)),
        [],
      );
    });
  }
});
