import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { hasReason } from '../../../server/platform/errors.ts';
import { applyEdits } from '../../../server/reroute/formats/format.ts';
import { formatOf } from '../../../server/reroute/formats/formatOf.ts';
import { needs } from '../../support/requirements.ts';

/** One file in each format with the value `old` at `a.key`, beside things that must not change. */
const samples: Record<string, { text: (value: string) => string; read: (text: string) => unknown }> = {
  'x.json': {
    text: value => `{\n  // a comment\n  "a": { "b": [1, 2, 3,], "key": ${value} },\n  "é": "ü"\n}\n`,
    read: text => JSON.parse(text.replace(/\/\/.*$/gm, '').replace('3,]', '3]')).a.key,
  },
  'x.yml': {
    text: value => `# a comment\na: &anchor\n  b: [1, 2]\n  key: ${value} # beside\nother: *anchor\n`,
    read: text => parseYaml(text).a.key,
  },
  'x.toml': {
    text: value => `# a comment\n[a]\nb = [1, 2]\nkey = ${value} # beside\n`,
    read: text => (parseToml(text)['a'] as Record<string, unknown>)['key'],
  },
};

function replace(file: string, text: string, value: string): string {
  const document = formatOf(file)?.parse(text, file);
  const setting = document?.settings.find(one => one.path.at(-1) === 'key');
  assert.ok(document && setting, `no setting in ${text}`);
  return applyEdits(text, [
    { start: setting.start, end: setting.end, text: document.encode(setting, value) },
  ]);
}

describe('configuration formats', () => {
  it('JavaScript: templates in templates, and what looks like a quote in a regular expression, end where they end', () => {
    const text = [
      'const quoted = `\\`${name.replaceAll("`", `${tick}\\``)}\\``;',
      "function f() { return /^['\"`/]$/.test(x) ? { host: 'a' } : 1 / 2 / 3; }",
      "module.exports = { database: { host: 'b', 'user-name': \"c\" }, list: ['d'], port: 3306 };",
    ].join('\n');
    const found = formatOf('config.js')?.parse(text, 'config.js').settings ?? [];
    const values = Object.fromEntries(found.map(one => [one.path.join('.'), one.value]));
    assert.equal(values['module.exports.database.host'], 'b');
    assert.equal(values['module.exports.database.user-name'], 'c');
    assert.equal(values['module.exports.port'], '3306');
  });

  for (const [file, sample] of Object.entries(samples))
    it(`${file}: any value is read back, and the rest stays byte for byte`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'grapheme' }), value => {
          const text = sample.text('"old"');
          const changed = replace(file, text, value);
          assert.equal(sample.read(changed), value);
          const [before = '', after = ''] = sample.text('\0').split('\0');
          assert.ok(changed.startsWith(before) && changed.endsWith(after), changed);
        }),
        { numRuns: 200 },
      );
    });

  it('PHP: any value is read back by PHP itself', function () {
    needs(this, 'program:php');
    const values = ["it's", 'back\\slash', 'a\\', "\\'", '$money {$x}', 'ünï', '#', '?>', '"', '\n', '0', ''];
    let text = '<?php\nreturn [\n';
    for (const index of values.keys()) text += `  'k${index}' => "old", // beside\n`;
    text += '];\n';
    const document = formatOf('x.php')?.parse(text, 'x.php');
    assert.ok(document);
    const edits = values.map((value, index) => {
      const setting = document.settings[index];
      assert.ok(setting);
      return { start: setting.start, end: setting.end, text: document.encode(setting, value) };
    });
    const changed = applyEdits(text, edits);
    const code = `echo json_encode(array_values(eval('?>' . stream_get_contents(STDIN))));`;
    const output = execFileSync('php', ['-r', code], { input: changed, encoding: 'utf8' });
    assert.deepEqual(JSON.parse(output), values);
  });

  it('dotenv: quotes, comments, export, CRLF and several lines are understood and kept', () => {
    const text = [
      '# comment',
      '',
      'PLAIN=a b # beside',
      "export QUOTED='it # is'",
      'DOUBLE="two\\nlines $PLAIN"',
      'MULTI="one',
      'two"',
      'HASH=a#b',
      'EMPTY=',
      'REFERENCE=${PLAIN}/x',
      'COMPUTED=$(hostname)',
      'UNKNOWN=${NOT_HERE}',
    ].join('\r\n');
    const document = formatOf('.env')?.parse(text, '.env');
    assert.ok(document);
    assert.deepEqual(
      document.settings.map(({ path, value }) => [path[0], value]),
      [
        ['PLAIN', 'a b'],
        ['QUOTED', 'it # is'],
        ['DOUBLE', 'two\nlines a b'],
        ['MULTI', 'one\r\ntwo'],
        ['HASH', 'a#b'],
        ['EMPTY', ''],
        ['REFERENCE', 'a b/x'],
        ['COMPUTED', undefined],
        ['UNKNOWN', undefined],
      ],
    );
    const [plain] = document.settings;
    assert.ok(plain);
    const edit = { start: plain.start, end: plain.end, text: document.encode(plain, 'c d') };
    assert.equal(applyEdits(text, [edit]), text.replace('PLAIN=a b #', "PLAIN='c d' #"));
    const inserted = document.insertAfter(plain, 'NEXT', '1');
    assert.equal(inserted?.text, 'NEXT=1\r\n');
  });

  it('YAML: a block, an alias, a missing value and a flow map are replaced where they stand', () => {
    const text = 'a:\n  key: |\n    one\n    two\nnext: 1\n';
    assert.equal(replace('x.yml', text, 'v'), 'a:\n  key: v\nnext: 1\n');
    assert.equal(replace('x.yml', 'x: &s old\nkey: *s\n', 'v'), 'x: &s old\nkey: v\n');
    assert.equal(replace('x.yml', 'a:\n  key:\nb: 1\n', 'v'), 'a:\n  key: v\nb: 1\n');
    assert.equal(replace('x.yml', 'a: {b: 1, key: old}\n', 'no'), 'a: {b: 1, key: "no"}\n');
  });

  it('PHP: literals are joined, computed values are told apart, and what reads a variable says which', () => {
    const text = `<?php
define('A', 'x' . 'y');
define('B', getenv('DB_B') ?: 'fallback');
$c['d']->e = env('DB_E', 'x');
const F = "plain";
class G { public $h = 'i'; }
`;
    const settings = formatOf('x.php')?.parse(text, 'x.php').settings ?? [];
    assert.deepEqual(
      settings.map(({ path, value, reads, line }) => [path.join('.'), value, reads, line]),
      [
        ['A', 'xy', undefined, 2],
        ['B', undefined, 'DB_B', 3],
        ['c.d.e', undefined, 'DB_E', 4],
        ['F', 'plain', undefined, 5],
        ['h', 'i', undefined, 6],
      ],
    );
  });

  const broken: Record<string, [string, number]> = {
    'x.php': ['<?php\n$a = = "hunter22-secret";\n', 2],
    '.env': ['A=1\nB="hunter22-secret\n', 2],
    'x.json': ['{\n"a": "hunter22-secret"\n"b": 1}', 3],
    'x.yml': ['a: 1\nb: "hunter22-secret\nc: [', 3],
    'x.ini': ['[a]\nb = "hunter22-secret\n', 2],
    'x.toml': ['a = 1\nb = hunter22-secret\n', 2],
  };
  for (const [file, [text, line]] of Object.entries(broken))
    it(`${file} that cannot be parsed names its line and a reason, and nothing of its content`, () => {
      assert.throws(
        () => formatOf(file)?.parse(text, file),
        (error: unknown) => {
          assert.ok(hasReason(error, 'configuration-unparsable'));
          assert.equal(error.subject, `${file}:${line}`);
          assert.ok((error.detail ?? '').length > 5);
          assert.doesNotMatch(`${error.message} ${String(error.cause)} ${error.stack}`, /hunter22/);
          return true;
        },
      );
    });
});
