import assert from 'node:assert/strict';
import { type ParseError, parse } from 'jsonc-parser';
import { addRules } from '../../../server/config/addRules.ts';

const rules = [
  { rule: '"users.email": "email"', reason: 'its name says\n"email"' },
  { rule: '"users.lang": {"keep":"a code"}' },
];

function read(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  assert.deepEqual(errors, [], text);
  return value;
}

describe('addRules', () => {
  const added = { 'users.email': 'email', 'users.lang': { keep: 'a code' } };
  const configurations = {
    'no rules yet': '{\n  "scrub": {\n    "rules": {}\n  }\n}\n',
    'no scrub at all': '{\n  // nothing\n  "expiry": { "idleDays": 7 }\n}\n',
    'rules on one line': '{ "scrub": { "rules": { "a.b": "text" } } }',
    'a comma and a comment at the end':
      '{ "scrub": { "rules": {\n    "a.b": "text", // why, and\n    /* more, */\n  } } }',
    'a comment with a comma, and none behind the rule':
      '{ "scrub": { "rules": {\n    "a.b": "text" // one, two\n  } } }',
    'windows lines': '{\r\n  "scrub": {\r\n    "rules": {\r\n      "a.b": "text"\r\n    }\r\n  }\r\n}\r\n',
  };
  for (const [name, text] of Object.entries(configurations))
    it(`keeps what is there: ${name}`, () => {
      const before = read(text) as { scrub?: { rules: object } };
      const after = addRules(text, rules);
      assert.deepEqual(read(after), {
        ...before,
        scrub: { ...before.scrub, rules: { ...before.scrub?.rules, ...added } },
      });
      for (const [comment] of text.matchAll(/\/\/[^\r\n]*|\/\*.*?\*\//g))
        assert.ok(after.includes(comment), after);
    });

  it('changes nothing when there is nothing to add', () => {
    assert.equal(addRules('{ "scrub": ', []), '{ "scrub": ');
  });
});
