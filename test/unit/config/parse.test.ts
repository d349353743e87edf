import assert from 'node:assert/strict';
import { parseConfig } from '../../../server/config/parse.ts';
import { expandReferences, isReference } from '../../../server/config/references.ts';
import { parseDuration, parseSize } from '../../../server/config/schema.ts';
import { Redactor } from '../../../server/platform/log.ts';

const minimal =
  '{ "production": { "files": { "root": "site" }, "database": { "url": "mysql://reader@127.0.0.1/shop" } } }';

function problems(text: string) {
  const parsed = parseConfig('/repo/greenroom.jsonc', text);
  assert.equal(parsed.ok, false);
  return parsed.ok ? [] : parsed.problems;
}

describe('greenroom.jsonc', () => {
  it('fills in every default', () => {
    const parsed = parseConfig('greenroom.jsonc', minimal);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.config.sync, [{ from: '.', to: '.', exclude: [] }]);
    assert.equal(parsed.config.promotion.reviewFilesOver, '1MB');
    assert.equal(parsed.config.expiry.idleDays, 7);
    assert.equal(parsed.config.environment.spares, 1);
  });

  it('allows comments and trailing commas', () => {
    assert.ok(
      parseConfig(
        'x',
        minimal.replace('{ "production"', '{ // why\n "serve": "php -S", "production"').replace(/ }$/, ', }'),
      ).ok,
    );
  });

  it('names line and column of what is not JSON', () => {
    const [problem] = problems('{\n  "production": {\n    "files" "root"\n  }\n}');
    assert.equal(problem?.line, 3);
    assert.match(problem?.message ?? '', /not valid JSON/);
  });

  it('names the line of a misspelt setting', () => {
    const [problem] = problems(minimal.replace(/}$/, ',\n  "promotion": {\n    "windws": []\n  }\n}'));
    assert.equal(problem?.line, 3);
    assert.match(problem?.message ?? '', /"windws" is not a setting of "promotion"/);
  });

  it('says which values a setting may have', () => {
    const [problem] = problems(
      minimal.replace(/}$/, ', "scrub": {\n "rules": { "users.email": "emial" } } }'),
    );
    assert.equal(problem?.line, 2);
    assert.match(problem?.message ?? '', /name of a transformer/);
  });

  it('says what is missing', () => {
    const [problem] = problems('{\n  "production": { "files": { "root": "x" } }\n}');
    assert.match(problem?.message ?? '', /"production.database" is missing/);
    assert.equal(problem?.line, 2);
  });

  it('refuses a password in the file and never repeats it', () => {
    for (const text of [
      minimal.replace('reader@', 'reader:hunter2secret@'),
      minimal.replace('/shop"', '/shop", "password": "hunter2secret"'),
    ]) {
      const found = problems(text);
      assert.equal(found.length, 1);
      assert.doesNotMatch(JSON.stringify(found), /hunter2secret/);
    }
  });

  it('refuses an unknown time zone on its line', () => {
    const [problem] = problems(
      minimal.replace(
        /}$/,
        ', "promotion": { "windows": [\n{ "days": ["mon"], "from": "09:00", "to": "16:00", "timeZone": "Mars/Base" }] } }',
      ),
    );
    assert.equal(problem?.line, 2);
    assert.match(problem?.message ?? '', /not a time zone/);
  });

  it('expands references, tells the redactor, and names a missing one', () => {
    const redact = new Redactor();
    const source = { environment: { SHOP: 'swordfish' }, secrets: { KEPT: 'treasure' }, redact };
    assert.equal(expandReferences('${env:SHOP}', source), 'swordfish');
    assert.equal(expandReferences('${secret:KEPT}', source), 'treasure');
    assert.equal(expandReferences('${env:KEPT}', source), 'treasure');
    assert.equal(redact.clean('a swordfish and a treasure'), 'a *** and a ***');
    assert.throws(() => expandReferences('${env:NONE}', source), {
      reason: 'secret-missing',
      subject: 'NONE',
    });
    assert.equal(isReference('${env:A}'), true);
    assert.equal(isReference('x${env:A}'), false);
  });

  it('reads sizes and durations', () => {
    assert.equal(parseSize('1.5MB'), 1_500_000);
    assert.equal(parseDuration('6h'), 21_600_000);
  });
});
