import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { approvalsOf, approve } from '../../../server/evidence/approvals.ts';
import { ledgerRef } from '../../../server/evidence/refs.ts';
import { verifyLedger } from '../../../server/evidence/verify.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { ada, digest, grace, LedgerPlace, promotionDraft } from '../../support/ledger.ts';

describe('approvals', () => {
  let place: LedgerPlace;
  beforeEach(async () => {
    place = await LedgerPlace.make();
  });
  afterEach(() => place.remove());

  it('count when they are by somebody else, for this plan, once each', async () => {
    const [adas, graces] = [await place.ledger(ada), await place.ledger(grace)];
    assert.deepEqual(await approvalsOf(adas, digest, ada.email), { given: [], rejected: [] });
    const first = await approve(graces, grace, digest);
    assert.deepEqual(await approve(graces, grace, digest), first, 'twice is once');
    await approve(graces, grace, 'f'.repeat(64));
    await approve(adas, ada, digest);
    const { given, rejected } = await approvalsOf(adas, digest, ada.email);
    assert.deepEqual(
      given.map(({ by, commit }) => ({ by, commit })),
      [{ by: 'Grace <grace@example.org>', commit: first.commit }],
    );
    assert.deepEqual(
      rejected.map(({ by }) => by),
      ['Ada <ada@example.org>'],
    );
    await adas.append(promotionDraft('p1', { approvals: { required: 1, given } }));
    assert.deepEqual((await verifyLedger(adas)).problems, []);
  });

  it('do not count under another name with the promoter’s own key', async () => {
    const host = place.host('store');
    const adas = await place.ledger(ada, { host });
    place.repository.git('config', 'gpg.format', 'ssh');
    place.repository.git('config', 'user.signingkey', (await adas.key()).file);
    await approve(await place.ledger(grace), grace, digest);
    const { given, rejected } = await approvalsOf(await place.ledger(ada, { host }), digest, ada.email);
    assert.deepEqual(given, []);
    assert.match(rejected[0]?.why ?? '', /promoter’s own key/);
  });

  it('do not count without a signature, nor with a key that changed or that the team did not name', async () => {
    const adas = await place.ledger(ada);
    await approve(await place.ledger(grace), grace, digest);
    assert.equal((await approvalsOf(adas, digest, ada.email)).given.length, 1);
    const other = await place.ledger(grace, { host: place.host('another-machine') });
    const later = 'c'.repeat(64);
    await approve(other, grace, later);
    assert.match((await approvalsOf(adas, later, ada.email)).rejected[0]?.why ?? '', /another key before/);

    const signers = path.join(place.root, 'signers');
    await writeFile(signers, `${grace.email} ${(await other.key()).publicKey}\n`);
    place.repository.git('config', 'gpg.ssh.allowedSignersFile', signers);
    assert.equal((await approvalsOf(adas, later, ada.email)).given.length, 1);
    const stranger = { name: 'Mallory', email: 'mallory@example.org' };
    const third = 'd'.repeat(64);
    await approve(await place.ledger(stranger), stranger, third);
    assert.match((await approvalsOf(adas, third, ada.email)).rejected[0]?.why ?? '', /not among the allowed/);

    const head = place.repository.git('rev-parse', ledgerRef);
    const tree = place.repository.git('rev-parse', `${head}^{tree}`);
    const unsigned = place.repository.git('commit-tree', '-p', `${head}~1`, '-m', 'x', tree);
    place.repository.git('update-ref', ledgerRef, unsigned);
    assert.match((await approvalsOf(adas, third, ada.email)).rejected[0]?.why ?? '', /missing or wrong/);
  });
});

describe('ledger between machines', () => {
  let place: LedgerPlace;
  let remote: string;
  const clone = (name: string) => {
    const root = path.join(place.root, name);
    place.repository.git('clone', '-q', remote, root);
    return root;
  };
  beforeEach(async () => {
    place = await LedgerPlace.make();
    remote = path.join(place.root, 'remote.git');
    place.repository.git('clone', '-q', '--bare', place.repository.root, remote);
  });
  afterEach(() => place.remove());

  it('goes there and back, and two that grew apart become one without losing an entry', async () => {
    const adas = await place.ledger(ada, { root: clone('ada') });
    const graces = await place.ledger(grace, { root: clone('grace') });
    assert.deepEqual(await adas.fetch(), { remote: 'origin', received: 0 });
    await adas.append(promotionDraft('p1'));
    await adas.push();
    assert.equal((await graces.fetch()).received, 1);
    await graces.append(promotionDraft('p2'));
    await adas.append(promotionDraft('p3'));
    await graces.push();
    await adas.append(promotionDraft('p4'));
    await adas.push();
    await graces.fetch();
    assert.equal(await graces.head(), await adas.head());
    const entries = await graces.entries();
    assert.deepEqual(entries.map(entry => entry.promotion).sort(), ['p1', 'p2', 'p3', 'p4']);
    assert.equal(entries.at(-1)?.promotion, 'p1');
    const signers = path.join(place.root, 'signers');
    const lines = [adas, graces].map(
      async ledger => `${ledger.identity.email} ${(await ledger.key()).publicKey}\n`,
    );
    await writeFile(signers, (await Promise.all(lines)).join(''));
    for (const ledger of [adas, graces])
      assert.deepEqual(await verifyLedger(ledger, { allowedSigners: signers }), {
        ok: true,
        entries: 4,
        problems: [],
      });
    assert.match((await verifyLedger(graces)).problems.join(), /nobody vouches for/);
  });

  it('joins ledgers that were begun on two machines', async () => {
    const adas = await place.ledger(ada, { root: clone('ada') });
    const graces = await place.ledger(grace, { root: clone('grace') });
    await adas.append(promotionDraft('p1'));
    await graces.append(promotionDraft('p2'));
    await adas.push();
    await graces.push();
    await adas.fetch();
    assert.deepEqual((await adas.entries()).map(entry => entry.promotion).sort(), ['p1', 'p2']);
    const found = (await verifyLedger(adas)).problems;
    assert.ok(
      found.every(problem => /nobody vouches for/.test(problem)),
      found.join('\n'),
    );
  });

  it('refuses a remote ledger that was rewritten, or holds what is no entry', async () => {
    const root = clone('ada');
    const adas = await place.ledger(ada, { root });
    await adas.append(promotionDraft('p1'));
    await adas.append(promotionDraft('p2'));
    await adas.push();
    const head = await adas.head();
    place.repository.git('-C', remote, 'update-ref', ledgerRef, `${head}~1`);
    await assert.rejects(
      adas.fetch(),
      error => hasReason(error, 'ledger-damaged') && /rewritten/.test(error.detail ?? ''),
    );
    await assert.rejects(adas.push(), error => hasReason(error, 'ledger-damaged'));
    assert.equal(await adas.head(), head);
    const graces = await place.ledger(grace, { root: clone('grace') });
    place.repository.git('-C', remote, 'update-ref', ledgerRef, 'refs/heads/main');
    await assert.rejects(graces.fetch(), error => hasReason(error, 'ledger-damaged'));
    assert.equal(await graces.head(), undefined);
  });

  it('says which remote is missing or silent', async () => {
    const adas = await place.ledger(ada);
    await assert.rejects(adas.push(), error => hasReason(error, 'git-failed'));
    place.repository.git('remote', 'add', 'origin', path.join(place.root, 'absent.git'));
    await adas.append(promotionDraft('p1'));
    await assert.rejects(
      adas.push(),
      error => hasReason(error, 'git-failed') && error.subject === 'git ls-remote',
    );
  });
});
