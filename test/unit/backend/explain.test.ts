import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { explain } from '../../../server/backend/explain.ts';
import { GreenroomError, type Reason } from '../../../server/platform/errors.ts';
import { Redactor } from '../../../server/platform/log.ts';

const source = readFileSync(path.resolve(import.meta.dirname, '../../../server/platform/errors.ts'), 'utf8');
const reasons = [
  ...source.slice(0, source.indexOf('export interface ErrorDetails')).matchAll(/^ {2}\| '([a-z-]+)'/gm),
].map(match => match[1] as Reason);

describe('the user’s sentence', () => {
  it('exists for every reason, with and without its parts', () => {
    assert.ok(reasons.length > 40);
    for (const reason of reasons)
      for (const details of [{}, { subject: 'THING', detail: 'WHY' }]) {
        const { message, exitCode } = explain(new GreenroomError(reason, details), new Redactor());
        assert.match(message, /^[^a-z].*\. .*\.$/s, message);
        assert.doesNotMatch(message, /undefined|\.\.| {2}/, message);
        assert.ok([1, 2, 3, 4].includes(exitCode));
      }
  });

  it('holds no secret that the process knows, nor the password of an URL', () => {
    const redact = new Redactor();
    redact.add('hunter2secret');
    const error = new GreenroomError('database-denied', {
      subject: 'mysql://u:topsecret@h/db',
      detail: 'hunter2secret',
      items: ['hunter2secret'],
    });
    assert.doesNotMatch(JSON.stringify(explain(error, redact)), /hunter2secret|topsecret/);
  });

  it('says that an unknown error is one', () => {
    assert.equal(explain(new TypeError('x is not a function'), new Redactor()).reason, 'internal');
  });
});
