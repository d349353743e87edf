import assert from 'node:assert/strict';
import fc from 'fast-check';
import { adoption } from '../../../server/evidence/adoption.ts';
import { renderBundle } from '../../../server/evidence/bundlePage.ts';
import { isIntact, parseCommit, parseTree } from '../../../server/evidence/objects.ts';
import { entryPredicate, entryStatement, entryStatementOf } from '../../../server/evidence/statement.ts';
import { publicKeyOf, speaksFor } from '../../../server/evidence/trust.ts';

const predicate = entryPredicate.parse({
  kind: 'direct',
  promotion: 'd1',
  at: '2026-11-25T12:00:00.000Z',
  by: { name: '', email: 'ada@example.org' },
  message: 'x',
  changed: [],
  statements: 0,
  findings: [],
  excluded: [],
  afterState: [],
  changes: ['a was modified'],
  attachments: {},
});

describe('evidence', () => {
  it('has a subject for every kind of entry', () => {
    assert.equal(entryStatement.parse(entryStatementOf(predicate)).subject[0]?.name, 'changes');
    const short = entryStatementOf({ ...predicate, digest: 'abc' });
    assert.deepEqual(short.subject, [{ name: 'plan', digest: { greenroom: 'abc' } }]);
    const prefixed = entryStatementOf({ ...predicate, digest: `sha256:${'A'.repeat(64)}` });
    assert.deepEqual(prefixed.subject, [{ name: 'plan', digest: { sha256: 'a'.repeat(64) } }]);
  });

  it('counts promotions against direct changes, month by month, with the gaps', () => {
    assert.deepEqual(adoption([]), { promotions: 0, direct: 0, months: [] });
    const result = adoption([
      { kind: 'direct', at: '2027-02-01T00:00:00Z' },
      { kind: 'promotion', at: '2026-11-30T23:59:59Z' },
      { kind: 'approval', at: '2026-11-30T00:00:00Z' },
      { kind: 'undo', at: '2026-11-30T23:59:59Z' },
    ]);
    assert.equal(result.share, 2 / 3);
    assert.deepEqual(result.months, [
      { month: '2026-11', promotions: 2, direct: 0 },
      { month: '2026-12', promotions: 0, direct: 0 },
      { month: '2027-01', promotions: 0, direct: 0 },
      { month: '2027-02', promotions: 0, direct: 1 },
    ]);
  });

  it('knows whom a principal speaks for', () => {
    assert.ok(speaksFor('ada@example.org', 'Ada@Example.org'));
    assert.ok(speaksFor('x@y.z,*@example.org', 'ada@example.org'));
    assert.ok(!speaksFor('*@example.org', 'ada@example.org.evil.net'));
    assert.ok(!speaksFor('ada@example.org', 'ada+x@example.org'));
  });

  it('takes no garbage for a signature', () => {
    assert.equal(publicKeyOf(''), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const text = Buffer.concat([Buffer.from('SSHSIG'), bytes]).toString('base64');
        publicKeyOf(`-----BEGIN SSH SIGNATURE-----\n${text}\n-----END SSH SIGNATURE-----`);
      }),
    );
  });

  it('reads git objects, and sees a changed byte', () => {
    const empty = { oid: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391', type: 'blob', content: Buffer.alloc(0) };
    assert.ok(isIntact(empty));
    assert.ok(!isIntact({ ...empty, content: Buffer.from('x') }));
    const oid = Buffer.alloc(20, 1);
    const content = Buffer.concat([Buffer.from('100644 a name\0'), oid]);
    assert.deepEqual(parseTree({ oid: '0'.repeat(40), type: 'tree', content }), [
      { mode: '100644', name: 'a name', oid: oid.toString('hex') },
    ]);
    const text = `tree ${'1'.repeat(40)}\nparent ${'2'.repeat(40)}\nauthor A <a@x> 5 +0000\ncommitter B <b@x> 6 +0000\ngpgsig one\n two\n\ntree fake\n`;
    const commit = parseCommit({ oid: '3'.repeat(40), type: 'commit', content: Buffer.from(text) });
    assert.deepEqual(commit, {
      oid: '3'.repeat(40),
      tree: '1'.repeat(40),
      parents: ['2'.repeat(40)],
      authorEmail: 'a@x',
      committerEmail: 'b@x',
      committedAt: 6,
      signature: 'one\ntwo',
    });
  });

  it('never lets text become markup on the auditor’s page', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (message, patch) => {
        const hostile = `${message}<img src=x onerror="1">`;
        const page = renderBundle({
          repository: hostile,
          at: 'now',
          directory: hostile,
          verification: { ok: false, entries: 0, problems: [hostile] },
          shown: [
            {
              entry: {
                promotion: hostile,
                kind: 'promotion',
                at: hostile,
                by: hostile,
                message: hostile,
                commit: 'c',
                files: 0,
                statements: 0,
                findings: [hostile],
                undo: { state: 'gone', why: '' },
              },
              predicate,
              files: new Map([[hostile, Buffer.from(`${patch}<script>`)]]),
              directory: hostile,
            },
          ],
        });
        assert.doesNotMatch(page, /<(img|script)/);
      }),
    );
  });
});
