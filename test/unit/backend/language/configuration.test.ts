import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions } from '../../../../server/backend/language/actions.ts';
import { completions } from '../../../../server/backend/language/completion.ts';
import { diagnostics } from '../../../../server/backend/language/diagnostics.ts';
import { hover } from '../../../../server/backend/language/hover.ts';
import type { TableFacts } from '../../../../server/scrub/plan.ts';
import { column, table } from '../../scrub/support.ts';

const tables: TableFacts[] = [
  table('users', [
    column('id', 'int(11)'),
    column('email', 'varchar(120)', { nullable: false }),
    column('Note', 'text'),
    column('photo', 'longblob'),
  ]),
  table('products', [column('id', 'int(11)'), column('title', 'varchar(80)')]),
];

/** A document with `scrub` as given; `|` is the cursor. */
function open(scrub: string) {
  const text = `{
  "production": {
    "files": { "root": "/srv/site" },
    "database": { "url": "mysql://reader@127.0.0.1:3306/shop" }
  },
  "scrub": ${scrub}
}
`;
  const offset = text.indexOf('|');
  const document = TextDocument.create('file:///work/greenroom.jsonc', 'jsonc', 1, text.replace('|', ''));
  return { document, position: document.positionAt(Math.max(0, offset)) };
}

describe('greenroom.jsonc in the editor: completion', () => {
  const labels = (scrub: string) => {
    const { document, position } = open(scrub);
    return completions(document, position, tables).map(({ label }) => label);
  };

  it('offers columns and whole tables where a rule’s name stands', () => {
    assert.deepEqual(labels('{ "rules": { "|" } }'), [
      'users.*',
      'users.id',
      'users.email',
      'users.Note',
      'users.photo',
      'products.*',
      'products.id',
      'products.title',
    ]);
  });

  it('offers transformers as a rule, and as the one of a rule with options', () => {
    for (const scrub of [
      '{ "rules": { "users.email": "|" } }',
      '{ "rules": { "*.*": "|" } }',
      '{ "rules": { "users.email": { "use": "|", "domain": "class" } } }',
    ])
      assert.ok(labels(scrub).includes('email') && labels(scrub).includes('phpSerialized'), scrub);
  });

  it('offers presets in their list alone, and nothing where free text stands', () => {
    assert.ok(labels('{ "presets": ["|"], "rules": {} }').includes('wordpress'));
    for (const scrub of [
      '{ "rules": { "users.email": { "keep": "|" } } }',
      '{ "rules": { "users.email": { "use": "date", "subject": "|" } } }',
      '{ "rules": { "users.email": { "|": "email" } } }',
      '{ "|": [] }',
    ])
      assert.deepEqual(labels(scrub), [], scrub);
  });

  it('writes what is missing after a name, and only that', () => {
    const edit = (scrub: string) => {
      const { document, position } = open(scrub);
      const item = completions(document, position, tables).find(({ label }) => label === 'users.email');
      return item?.textEdit?.newText;
    };
    assert.equal(edit('{ "rules": { "|" } }'), '"users.email": ""');
    assert.equal(edit('{ "rules": { "us|": "email" } }'), '"users.email"');
  });
});

describe('greenroom.jsonc in the editor: hover', () => {
  const shown = (scrub: string) => {
    const { document, position } = open(scrub);
    const found = hover(document, position, tables);
    return found === null ? null : JSON.stringify(found.contents);
  };

  it('shows a transformer with its example, a column with its type, a pattern with what it matches', () => {
    assert.match(
      shown('{ "rules": { "users.email": "em|ail" } }') ?? '',
      /Anna\.Schmidt@firma\.de.*example\.com/,
    );
    assert.match(shown('{ "rules": { "users.em|ail": "email" } }') ?? '', /varchar\(120\)/);
    assert.match(shown('{ "rules": { "users.no|te": "text" } }') ?? '', /text, may be NULL/);
    assert.match(shown('{ "rules": { "users.|*": { "keep": "x" } } }') ?? '', /4 columns.*users\.email/);
    assert.match(shown('{ "rules": { "*.|*": { "keep": "x" } } }') ?? '', /6 columns.*…/);
    assert.equal(shown('{ "rules": { "users.go|ne": "text" } }'), null);
  });
});

describe('greenroom.jsonc in the editor: diagnostics and their fix', () => {
  const found = (scrub: string) =>
    diagnostics(open(scrub).document, tables).map(({ code, message }) => `${String(code)} ${message}`);

  it('name columns without a rule and rules without a column', () => {
    const messages = found(
      '{ "rules": { "users.email": "email", "users.mail": "email", "nobody.*": "text" } }',
    );
    assert.deepEqual(
      messages.filter(text => text.startsWith('unknown')),
      [
        'unknown-column "users.mail" is no column of production.',
        'unknown-column "nobody.*" is no column of production.',
      ],
    );
    assert.deepEqual(
      messages.filter(text => text.startsWith('uncovered')).map(text => text.split(' ')[1]),
      ['users.Note', 'users.photo', 'products.title'],
    );
  });

  it('are none where a wildcard covers all, with or without a point', () => {
    assert.deepEqual(found('{ "rules": { "*.*": { "keep": "test" } } }'), []);
    assert.deepEqual(found('{ "rules": { "users*": { "keep": "a" }, "products.*": { "keep": "b" } } }'), []);
  });

  it('say which rule cannot work, at that rule, instead of saying nothing', () => {
    const { document } = open(
      '{ "presets": ["wordpres"], "rules": { "users.id": "email", "users.*": "birthDate", "products.*": { "keep": "x" } } }',
    );
    const all = diagnostics(document, tables).filter(({ code }) => code === 'impossible-rule');
    const at = all.map(({ message, range }) => [document.getText(range), String(message).split(' ')[0]]);
    assert.deepEqual(at.slice(0, 2), [
      ['"presets"', 'there'],
      ['"users.id"', 'users.id:'],
    ]);
    assert.deepEqual(at[2], ['"users.*"', 'users.photo:']);
  });

  it('are settled by the quick fix: one column, or all of them', () => {
    const { document } = open('{ "rules": { "users.email": "email" } }');
    const whole = { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
    const actions = codeActions(document, whole, tables);
    assert.equal(actions[0]?.title, 'Add the 3 proposed rules');
    const text = actions[0]?.edit?.changes?.[document.uri]?.[0]?.newText ?? '';
    const fixed = TextDocument.create(document.uri, 'jsonc', 2, text);
    assert.deepEqual(diagnostics(fixed, tables), []);
    assert.match(text, /"users\.email": "email"/);
    const one =
      actions.find(({ title }) => title.includes('users.Note'))?.edit?.changes?.[document.uri]?.[0]
        ?.newText ?? '';
    const left = diagnostics(TextDocument.create(document.uri, 'jsonc', 2, one), tables);
    assert.equal(left.length, 2);
  });

  it('find the rules’ place where there is none yet', () => {
    const { document } = open('{ "presets": [] }');
    const whole = { start: { line: 0, character: 0 }, end: document.positionAt(document.getText().length) };
    const text = codeActions(document, whole, tables)[0]?.edit?.changes?.[document.uri]?.[0]?.newText ?? '';
    assert.deepEqual(diagnostics(TextDocument.create(document.uri, 'jsonc', 2, text), tables), []);
  });
});
