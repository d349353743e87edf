import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const sources = (directory: string) =>
  globSync(`${directory}/**/*.ts`, { cwd: root }).map(file => read(file));

describe('the manifest', () => {
  it('declares exactly the commands that are registered', () => {
    const registered = sources('extension/commands').flatMap(text =>
      [...text.matchAll(/ = command\(\s*'([\w.]+)'/g)].map(match => `greenroom.${match[1]}`),
    );
    const declared = manifest.contributes.commands.map(({ command }: { command: string }) => command);
    assert.deepEqual(declared.toSorted(), registered.toSorted());
    const table = read('extension/commands/table.ts');
    const inTable = table.slice(table.indexOf('= [')).match(/\w+Command/g)?.length;
    assert.equal(inTable, registered.length);
  });

  it('names only commands that exist in menus, views, walkthrough and code', () => {
    const declared = new Set(
      manifest.contributes.commands.map(({ command }: { command: string }) => command),
    );
    const text = [read('package.json'), read('package.nls.json'), ...sources('extension')].join('\n');
    const named = [...text.matchAll(/(?:command:|'|")(greenroom\.[a-z]\w*\.[a-zA-Z]+)(?=['")\s])/g)].map(
      match => match[1] ?? '',
    );
    assert.ok(named.length > 100);
    const views = ['greenroom.staging.focus'];
    assert.deepEqual(
      named.filter(name => !declared.has(name) && !views.includes(name)),
      [],
    );
  });

  it('has every key in both languages, and none too many', () => {
    const english = JSON.parse(read('package.nls.json'));
    const german = JSON.parse(read('package.nls.de.json'));
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(match => match[1]);
    assert.deepEqual(Object.keys(german).toSorted(), Object.keys(english).toSorted());
    assert.deepEqual([...new Set(used)].toSorted(), Object.keys(english).toSorted());
  });
});

describe('the strings', () => {
  const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/.source;
  const stringsOf = (directory: string, call: string) =>
    sources(directory).flatMap(text =>
      [...text.matchAll(new RegExp(`${call}\\(\\s*(?:${quoted})`, 'g'))].map(match =>
        (match[1] ?? match[2] ?? '').replaceAll("\\'", "'").replaceAll('\\n', '\n'),
      ),
    );
  const used = new Set([...stringsOf('extension', 'l10n\\.t'), ...stringsOf('webview', '\\bt')]);

  for (const bundle of ['bundle.l10n.json', 'bundle.l10n.de.json'])
    it(`are complete in ${bundle}`, () => {
      const table = JSON.parse(read(`media/l10n/${bundle}`));
      assert.ok(used.size > 250);
      assert.deepEqual(Object.keys(table).toSorted(), [...used].toSorted());
    });

  it('keep their places in German', () => {
    const places = (text: string) => (text.match(/\{\d\}/g) ?? []).toSorted();
    const german: Record<string, string> = JSON.parse(read('media/l10n/bundle.l10n.de.json'));
    for (const [english, text] of Object.entries(german))
      assert.deepEqual(places(text), places(english), english);
  });

  it('are never put together from parts the translator cannot see', () => {
    for (const text of sources('extension')) assert.doesNotMatch(text, /l10n\.t\(`/);
  });
});
