import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { adoption } from '../../../server/evidence/adoption.ts';
import { exportBundle } from '../../../server/evidence/bundle.ts';
import { ledgerRef } from '../../../server/evidence/refs.ts';
import { verifyLedger } from '../../../server/evidence/verify.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { ada, digest, grace, LedgerPlace, promotionDraft } from '../../support/ledger.ts';

describe('ledger', () => {
  let place: LedgerPlace;
  beforeEach(async () => {
    place = await LedgerPlace.make();
  });
  afterEach(() => place.remove());

  it('records an entry whole, signed, as an in-toto statement', async () => {
    const ledger = await place.ledger();
    const { commit, promotion } = await ledger.append(promotionDraft('p1', { message: 'why\n\nand more' }));
    assert.equal(promotion, 'p1');
    const shown = await ledger.show('p1');
    assert.equal(shown.entry.commit, commit);
    assert.match(shown.patch, /^--- a\/index\.php/);
    assert.match(shown.ddl, /ADD `c`/);
    assert.match(shown.undoDdl, /DROP `c`/);
    const statement = JSON.parse(shown.statement);
    assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
    assert.deepEqual(statement.subject[0], { name: 'plan', digest: { sha256: digest } });
    assert.ok(statement.subject.some((subject: { name: string }) => subject.name === 'production/index.php'));
    assert.deepEqual((await ledger.read(commit)).get('picture.bin'), Buffer.from([0, 255, 10, 13, 128]));
    const raw = place.repository.git('cat-file', 'commit', commit);
    assert.match(raw, /author Ada <ada@example\.org>/);
    assert.match(raw, /gpgsig -----BEGIN SSH SIGNATURE-----/);
    assert.deepEqual(await verifyLedger(ledger), { ok: true, entries: 1, problems: [] });
    assert.equal(place.repository.git('status', '--porcelain'), '', 'the worktree is not touched');
    await assert.rejects(ledger.show('absent'), error => hasReason(error, 'promotion-missing'));
  });

  it('lists entries newest first, with what can be undone, whatever the clock does', async () => {
    let now = Date.parse('2026-11-25T12:00:00Z');
    const host = place.host('store', { clock: { ...systemClock, now: () => now } });
    const ledger = await place.ledger(ada, { host });
    await ledger.append(promotionDraft('p1'));
    now -= 40 * 86_400_000;
    await ledger.append(promotionDraft('p2', { snapshot: { id: 'p2', keptUntil: '2026-11-01T00:00:00Z' } }));
    await ledger.append({ ...promotionDraft('u1'), kind: 'undo', undoes: 'p1' });
    now += 40 * 86_400_000;
    await ledger.append({
      kind: 'direct',
      message: 'production changed',
      changes: ['index.php was modified'],
      window: { outside: true, note: 'Saturday' },
    });
    const entries = await ledger.entries();
    assert.deepEqual(
      entries.map(({ kind, promotion, undo }) => [kind, kind === 'direct' ? '' : promotion, undo.state]),
      [
        ['direct', '', 'gone'],
        ['undo', 'u1', 'possible'],
        ['promotion', 'p2', 'gone'],
        ['promotion', 'p1', 'done'],
      ],
    );
    assert.deepEqual(entries[0]?.findings, ['outside the window: Saturday', 'index.php was modified']);
    assert.deepEqual(entries[3]?.findings, [
      'destructive, confirm: drops a column (confirmed by ada@example.org)',
    ]);
    assert.equal(adoption(entries).promotions, 3);
    assert.deepEqual((await verifyLedger(ledger)).problems, []);
    await ledger.append({ ...promotionDraft('u2'), kind: 'undo', undoes: 'u1' });
    const again = await ledger.entries();
    assert.equal(
      again.find(entry => entry.promotion === 'p1')?.undo.state,
      'possible',
      'its undo was undone',
    );
    assert.equal(again.find(entry => entry.promotion === 'u1')?.undo.state, 'done');
  });

  it('loses no entry when many append at once, from several stores', async () => {
    const ledgers = await Promise.all([place.ledger(ada), place.ledger(grace), place.ledger(ada)]);
    const all = Array.from({ length: 12 }, (_, i) => `p${i}`);
    await Promise.all(all.map((name, i) => ledgers[i % 3]?.append(promotionDraft(name))));
    const ledger = await place.ledger();
    const entries = await ledger.entries();
    assert.deepEqual(entries.map(entry => entry.promotion).sort(), [...all].sort());
    assert.equal(place.repository.git('rev-list', '--merges', ledgerRef), '');
  });

  it('keeps secrets out, and refuses names that are none for an attachment', async () => {
    const host = place.host('store');
    host.redact.add('hunter2-secret');
    const ledger = await place.ledger(ada, { host });
    const files = [{ name: 'files.patch', content: '+password=hunter2-secret\n' }];
    const { commit } = await ledger.append(promotionDraft('p1', { message: 'sets hunter2-secret', files }));
    for (const content of (await ledger.read(commit)).values()) assert.ok(!content.includes('hunter2'));
    assert.doesNotMatch(place.repository.git('cat-file', 'commit', commit), /hunter2/);
    assert.deepEqual((await verifyLedger(ledger)).problems, []);
    for (const name of ['../escape', 'statement.json', 'a/b', '.git', ''])
      await assert.rejects(ledger.append(promotionDraft('p2', { files: [{ name, content: '' }] })));
  });

  it('signs with the engineer’s own git key when that asks nobody, else with one made for them', async () => {
    const keys = path.join(place.root, 'ssh');
    await mkdir(keys, { mode: 0o700 });
    const makeKey = (name: string, passphrase: string) =>
      execFileSync('ssh-keygen', [
        '-q',
        '-t',
        'ed25519',
        '-N',
        passphrase,
        '-C',
        'mine',
        '-f',
        path.join(keys, name),
      ]);
    makeKey('open', '');
    makeKey('locked', 'a passphrase');
    const own = await (await place.ledger()).key();
    assert.equal(own.origin, 'greenroom');
    assert.equal((await lstat(own.file)).mode & 0o777, 0o600);
    assert.deepEqual(await (await place.ledger()).key(), own, 'made once');
    place.repository.git('config', 'gpg.format', 'ssh');
    place.repository.git('config', 'user.signingkey', path.join(keys, 'open.pub'));
    const ledger = await place.ledger();
    assert.equal((await ledger.key()).origin, 'git');
    await ledger.append(promotionDraft('p1'));
    assert.deepEqual((await verifyLedger(ledger)).problems, []);
    place.repository.git('config', 'user.signingkey', path.join(keys, 'locked'));
    assert.equal((await (await place.ledger()).key()).origin, 'greenroom');
    place.repository.git('config', 'user.signingkey', path.join(keys, 'absent'));
    assert.equal((await (await place.ledger()).key()).origin, 'greenroom');
    place.repository.git('config', 'gpg.format', 'openpgp');
    assert.equal((await (await place.ledger()).key()).origin, 'greenroom');
  });

  it('says that it could not sign, and then records nothing', async () => {
    const ledger = await place.ledger();
    const { file } = await ledger.key();
    await writeFile(file, 'no key');
    await chmod(file, 0o600);
    await assert.rejects(ledger.append(promotionDraft('p1')), error => hasReason(error, 'signing-failed'));
    assert.equal(await ledger.head(), undefined);
    const without = place.host('other', { environment: { PATH: await onlyGit(place.root) } });
    const bare = await place.ledger(ada, { host: without });
    await assert.rejects(bare.append(promotionDraft('p1')), error => hasReason(error, 'signing-failed'));
  });

  it('exports a page that needs nothing and escapes everything, with the raw files beside it', async () => {
    const ledger = await place.ledger();
    const hostile = '<script>alert(1)</script>"\'&';
    await ledger.append(promotionDraft('p1', { message: hostile, branch: hostile }));
    await ledger.append(promotionDraft('p2', { files: [{ name: 'files.patch', content: hostile }] }));
    const to = path.join(place.root, 'audit', 'evidence.html');
    assert.deepEqual(await exportBundle(ledger, to), { file: to, entries: 2 });
    await exportBundle(ledger, to);
    const page = await readFile(to, 'utf8');
    assert.ok(!page.includes('<script'));
    assert.ok(page.includes('&#60;script&#62;'));
    assert.doesNotMatch(page, /(src|href)=/);
    assert.match(page, /default-src 'none'/);
    assert.match(page, /All 2 entries are intact/);
    const raw = path.join(place.root, 'audit', 'evidence-files');
    const names = await readdir(raw);
    assert.equal(names.length, 4);
    const check = path.join(place.root, 'check');
    place.repository.git('init', '-q', check);
    place.repository.git('-C', check, 'fetch', '-q', path.join(raw, 'ledger.bundle'), ledgerRef);
    const signers = path.join(raw, 'allowed-signers');
    const verified = place.repository.git(
      '-C',
      check,
      '-c',
      `gpg.ssh.allowedSignersFile=${signers}`,
      'log',
      '--format=%G?%GS',
      'FETCH_HEAD',
    );
    assert.equal(verified, 'Gada@example.org\nGada@example.org');
    await assert.rejects(exportBundle(ledger, path.join(place.root, 'evidence')), error =>
      hasReason(error, 'usage'),
    );
  });
});

/** A PATH with git and nothing that could sign. */
async function onlyGit(root: string): Promise<string> {
  const directory = path.join(root, 'bin');
  await mkdir(directory);
  const git = execFileSync('bash', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  await writeFile(path.join(directory, 'git'), `#!/bin/sh\nexec ${git} "$@"\n`, { mode: 0o755 });
  return directory;
}
