import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ScrubRule } from '../../../server/scrub/plan.ts';
import { transformerNames } from '../../../server/scrub/plan.ts';
import { transformerNamed } from '../../../server/scrub/registry.ts';
import { column, unique, valueScrubber } from './support.ts';

interface Golden {
  rule: ScrubRule;
  unique?: boolean;
  type?: string;
  before: string;
  after: string;
}

const file = path.resolve(import.meta.dirname, '../../fixtures/scrub/golden.json');
const { versions, vectors } = JSON.parse(readFileSync(file, 'utf8')) as {
  versions: Record<string, number>;
  vectors: Golden[];
};

/**
 * What a key and a value give, for ever: an environment made by the next release must show the same people. A change here is a new
 * version of the transformer, which makes the next refresh a whole build.
 */
describe('golden vectors', () => {
  it('exist for every transformer, at its version', () => {
    const named = new Set(
      vectors.map(({ rule }) => (typeof rule === 'string' ? rule : 'use' in rule ? rule.use : 'keep')),
    );
    for (const name of transformerNames) {
      assert.ok(named.has(name) || name === 'null', name);
      assert.equal(versions[name], transformerNamed(name).version, name);
    }
  });

  for (const { rule, before, after, type = 'varchar(255)', unique: isUnique = false } of vectors)
    it(`${JSON.stringify(rule)}${isUnique ? ' unique' : ''} ${type}: ${before.slice(0, 60)}`, () => {
      assert.equal(valueScrubber(rule, column('value', type), isUnique ? unique : {})(before), after);
    });
});
