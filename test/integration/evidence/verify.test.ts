import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Ledger } from '../../../server/evidence/ledger.ts';
import { ledgerRef } from '../../../server/evidence/refs.ts';
import { verifyLedger } from '../../../server/evidence/verify.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { ada, digest, grace, LedgerPlace, promotionDraft } from '../../support/ledger.ts';

describe('verifyLedger', () => {
  let place: LedgerPlace;
  let ledger: Ledger;
  let key: string;
  const git = (...args: string[]) => place.repository.git(...args);
  const problems = async (allowedSigners?: string) =>
    (await verifyLedger(ledger, allowedSigners === undefined ? {} : { allowedSigners })).problems;

  beforeEach(async () => {
    place = await LedgerPlace.make();
    ledger = await place.ledger();
    for (const name of ['p1', 'p2', 'p3']) await ledger.append(promotionDraft(name));
    key = (await ledger.key()).file;
    assert.deepEqual(await verifyLedger(ledger), { ok: true, entries: 3, problems: [] });
  });
  afterEach(() => place.remove());

  /** Makes a commit like the one given, with other files or another parent, signed with the ledger's own key or not. */
  const forge = (
    from: string,
    options: {
      files?: Record<string, string>;
      parents?: string[];
      sign?: string | false;
      email?: string;
    } = {},
  ): string => {
    const entries = git('ls-tree', from)
      .split('\n')
      .map(line => {
        const [meta = '', name = ''] = line.split('\t');
        const content = options.files?.[name];
        return content === undefined ? line : `${meta.slice(0, 12)}${writeBlob(content)}\t${name}`;
      });
    for (const [name, content] of Object.entries(options.files ?? {}))
      if (!entries.some(line => line.endsWith(`\t${name}`)))
        entries.push(`100644 blob ${writeBlob(content)}\t${name}`);
    const tree = pipe(['mktree'], `${entries.join('\n')}\n`);
    const parents = options.parents ?? git('log', '-1', '--format=%P', from).split(' ').filter(Boolean);
    const email = options.email ?? ada.email;
    const signing =
      options.sign === false ? [] : ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${options.sign ?? key}`];
    const time = git('log', '-1', '--format=%ct', from);
    return pipe(
      [
        ...signing,
        'commit-tree',
        ...(options.sign === false ? [] : ['-S']),
        ...parents.flatMap(p => ['-p', p]),
        tree,
      ],
      'forged\n',
      { GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: `${time} +0000` },
    );
  };
  const pipe = (args: string[], input: string, variables: Record<string, string> = {}) =>
    execFileSync('git', args, {
      cwd: place.repository.root,
      input,
      encoding: 'utf8',
      env: { ...ledger.host.environment, ...variables },
    }).trim();
  const writeBlob = (content: string) => pipe(['hash-object', '-w', '--stdin'], content);
  const statementOf = (commit: string) => git('cat-file', 'blob', `${commit}:statement.json`);

  const expectOne = async (pattern: RegExp, allowedSigners?: string) => {
    const found = await problems(allowedSigners);
    assert.ok(
      found.some(problem => pattern.test(problem)),
      `${pattern} is not among\n${found.join('\n')}`,
    );
  };

  it('finds history that was cut off, rewritten, or taken away', async () => {
    const head = git('rev-parse', ledgerRef);
    git('update-ref', ledgerRef, `${head}~1`);
    await expectOne(/history was rewritten/);
    git('update-ref', '-d', ledgerRef);
    await expectOne(/the ledger is gone/);
    git('update-ref', ledgerRef, forge(head, { parents: [git('rev-parse', `${head}~2`)] }));
    await expectOne(/history was rewritten/);
    // Going on from there does not make it forget.
    await ledger.append(promotionDraft('p4'));
    await expectOne(/history was rewritten/);
  });

  it('finds what was rewritten before the store ever saw it, by its signatures', async () => {
    const fresh = place.host('fresh');
    const head = git('rev-parse', ledgerRef);
    const changed = statementOf(`${head}~1`).replace('promotes p2', 'promotes nothing');
    const middle = forge(`${head}~1`, { files: { 'statement.json': changed }, sign: false });
    git('update-ref', ledgerRef, forge(head, { parents: [middle], sign: false }));
    const signers = path.join(place.root, 'signers');
    await writeFile(signers, `${ada.email} ${(await ledger.key()).publicKey}\n`);
    const other = await place.ledger(grace, { host: fresh });
    const found = (await verifyLedger(other, { allowedSigners: signers })).problems;
    assert.equal(found.filter(problem => /it is not signed/.test(problem)).length, 2);
  });

  it('finds a changed attachment, one that is missing and one too many', async () => {
    const head = git('rev-parse', ledgerRef);
    git('update-ref', ledgerRef, forge(head, { files: { 'ddl.sql': 'DROP TABLE `t`;\n', extra: 'x' } }));
    await expectOne(/ddl\.sql is not what was signed/);
    await expectOne(/extra is no part of the statement/);
  });

  it('finds statements that do not agree with themselves', async () => {
    const head = git('rev-parse', ledgerRef);
    const statement = JSON.parse(statementOf(head));
    statement.predicate.afterState[0].observed = 'c'.repeat(64);
    statement.predicate.digest = 'd'.repeat(64);
    git('update-ref', ledgerRef, forge(head, { files: { 'statement.json': JSON.stringify(statement) } }));
    await expectOne(/file:index\.php was not what the plan said it would be/);
    await expectOne(/subjects of the statement/);
    git('update-ref', ledgerRef, forge(head, { files: { 'statement.json': '{"not": "one"}' } }));
    await expectOne(/its statement cannot be read/);
    await assert.rejects(ledger.entries(), error => hasReason(error, 'ledger-damaged'));
  });

  it('finds signatures by unknown keys, by others, and none', async () => {
    const head = git('rev-parse', ledgerRef);
    const stranger = path.join(place.root, 'stranger');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', stranger]);
    git('update-ref', ledgerRef, forge(head, { sign: stranger }));
    await expectOne(/signed as ada@example\.org with a key that nobody vouches for/);
    git('update-ref', ledgerRef, forge(head, { sign: false }));
    await expectOne(/it is not signed/);
    git('update-ref', ledgerRef, head);
    const signers = path.join(place.root, 'signers');
    await writeFile(signers, `${grace.email} ${(await ledger.key()).publicKey}\n`);
    await expectOne(/says it is by ada@example\.org, and is signed by grace@example\.org/, signers);
    await writeFile(signers, `*@example.org ${(await ledger.key()).publicKey}\n`);
    assert.deepEqual(await problems(signers), []);
    await writeFile(signers, '');
    assert.equal((await problems(signers)).length, 3);
    await assert.rejects(problems(path.join(place.root, 'absent')), error => hasReason(error, 'usage'));
  });

  it('finds an entry under a false name, and one recorded twice', async () => {
    const head = git('rev-parse', ledgerRef);
    git('update-ref', ledgerRef, forge(head, { email: grace.email }));
    await expectOne(/the commit is by grace@example\.org, the statement by ada@example\.org/);
    git('update-ref', ledgerRef, forge(head, { parents: [head] }));
    await expectOne(/p3 is recorded twice/);
  });

  it('finds undos and approvals that have nothing to stand on', async () => {
    await ledger.append({ ...promotionDraft('u1'), kind: 'undo', undoes: 'never' });
    await expectOne(/it undoes never, which is not recorded before it/);
    const own = await ledger.append({ kind: 'approval', digest, message: 'mine' });
    const given = [{ by: 'Ada', commit: own.commit }];
    await ledger.append(promotionDraft('p4', { approvals: { required: 1, given } }));
    await expectOne(/is by the promoter/);
    await expectOne(/it needed 1 approvals and has 0/);
    const other = { by: 'Ada', commit: '0'.repeat(40) };
    await ledger.append(
      promotionDraft('p5', { digest: 'e'.repeat(64), approvals: { required: 0, given: [...given, other] } }),
    );
    await expectOne(/is for another plan/);
    await expectOne(/the approval 000000000000 is not recorded before it/);
  });

  it('finds an object whose bytes were changed on disk', async () => {
    const head = git('rev-parse', ledgerRef);
    const blob = git('rev-parse', `${head}:ddl.sql`);
    const file = path.join(place.repository.root, '.git/objects', blob.slice(0, 2), blob.slice(2));
    await chmod(file, 0o600);
    const before = await readFile(file);
    await writeFile(file, deflateSync(Buffer.from('blob 28\0ALTER TABLE `t` ADD `x` int;\n')));
    await expectOne(/ddl\.sql is missing or damaged/);
    await writeFile(file, before);
    assert.deepEqual(await problems(), []);
    const commit = path.join(place.repository.root, '.git/objects', head.slice(0, 2), head.slice(2));
    await chmod(commit, 0o600);
    await writeFile(commit, '');
    assert.equal((await verifyLedger(ledger)).ok, false);
  });
});
