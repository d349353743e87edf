import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { column, plan, table } from './support.ts';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures/scrub');

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
    ['mediawiki', 'tune/mediawiki.txt'],
    ['mediawiki', 'presets/mediawikiExtensions.txt'],
    ['wordpress', 'tune/wordpress.txt'],
    ['woocommerce', 'presets/woocommerce.txt'],
  ] as const)
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
});
