import assert from 'node:assert/strict';
import { configSchema } from '../../../server/config/schema.ts';
import { expiresAt, judge } from '../../../server/environments/expiry.ts';
import type { EnvironmentRecord } from '../../../server/environments/record.ts';
import { newEnvironmentId } from '../../../server/environments/records.ts';

const config = configSchema.parse({
  production: { files: { root: '.' }, database: { url: 'mysql://a@b/c' } },
});
const day = 86_400_000;
const made = Date.parse('2026-03-01T00:00:00Z');
const record: EnvironmentRecord = {
  format: 1,
  id: 'x',
  branch: 'feature',
  engineer: 'a@b.example',
  worktree: '/w',
  life: { state: 'ready' },
  createdAt: new Date(made).toISOString(),
  lastActivity: new Date(made).toISOString(),
  generation: 1,
  database: 'shop',
  port: 20_000,
  overlay: { driver: 'copy', productionRoot: '/p' },
  inbox: { smtpPort: 20_001, httpPort: 20_002 },
  servePort: 20_003,
  sleepAfter: 1,
  configuration: [],
  forkedFiles: [],
  warnings: [],
};
const quiet = { merged: false, inUse: false, unpromoted: false };

describe('the end of an environment', () => {
  it('comes seven days after the last push, from anywhere', () => {
    assert.equal(expiresAt(record, config), made + 7 * day);
    assert.equal(
      expiresAt({ ...record, lastPush: new Date(made + 3 * day).toISOString() }, config),
      made + 10 * day,
    );
  });

  it('is told once, a day before', () => {
    assert.equal(judge(record, config, { ...quiet, now: made + 5 * day }).verdict, 'keep');
    const near = { ...quiet, now: made + 6 * day + 1 };
    assert.equal(judge(record, config, near).verdict, 'tell');
    assert.equal(judge({ ...record, toldOfExpiry: record.createdAt }, config, near).verdict, 'keep');
  });

  it('comes at once when the branch is merged, unless that is switched off or postponed', () => {
    const merged = { ...quiet, merged: true, now: made + day };
    assert.deepEqual(judge(record, config, merged), { verdict: 'expire', why: 'merged' });
    const off = { ...config, expiry: { ...config.expiry, onMerge: false } };
    assert.equal(judge(record, off, merged).verdict, 'keep');
    assert.equal(
      judge({ ...record, postponedUntil: new Date(made + 4 * day).toISOString() }, config, merged).verdict,
      'keep',
    );
  });

  it('never comes unasked while it is in use or holds work', () => {
    const late = { ...quiet, now: made + 8 * day };
    assert.deepEqual(judge(record, config, { ...late, inUse: true }), {
      verdict: 'ask',
      why: 'idle',
      because: 'in-use',
    });
    assert.deepEqual(judge(record, config, { ...late, unpromoted: true }), {
      verdict: 'ask',
      why: 'idle',
      because: 'unpromoted',
    });
    assert.deepEqual(judge(record, config, late), { verdict: 'expire', why: 'idle' });
  });

  it('is judged only for what is ready, and a clock that was set back brings none nearer', () => {
    assert.equal(
      judge({ ...record, life: { state: 'destroying' } }, config, { ...quiet, now: made + 99 * day }).verdict,
      'keep',
    );
    assert.equal(judge(record, config, { ...quiet, now: made - 400 * day }).verdict, 'keep');
  });
});

describe('environment ids', () => {
  it('are safe file names for any branch', () => {
    for (const branch of ['feature/a b', '../../etc', 'über-größe', '日本語', '-rf', 'A'.repeat(300), '.'])
      assert.match(newEnvironmentId(branch), /^[a-z0-9][a-z0-9-]{0,31}$/);
  });
});
