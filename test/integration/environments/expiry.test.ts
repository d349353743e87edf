import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Backend } from '../../../server/backend/backend.ts';
import { expireEnvironment } from '../../../server/environments/destroy.ts';
import { listRecords } from '../../../server/environments/records.ts';
import { sweep } from '../../../server/environments/sweep.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import { storePaths } from '../../../server/platform/paths.ts';
import { unattended } from '../../../server/platform/progress.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { testHost } from '../../support/temporary.ts';

const day = 86_400_000;

describe('environments end by themselves', () => {
  let shop: Shop;
  let now: number;
  let backend: Backend;
  before(async () => {
    shop = await openShop();
    await shop.run('base', 'build');
    const clock = { ...systemClock, now: () => now };
    const environment = { ...process.env, ...shop.variables };
    const keeper = path.resolve(import.meta.dirname, '../../../server/keeper.ts');
    backend = new Backend(
      testHost(shop.store, { clock, environment, paths: storePaths(shop.store) }),
      { keeper, cli: '' },
      { warmsSpares: false },
    );
  });
  beforeEach(() => {
    now = Date.now();
  });
  after(() => shop.close());
  afterEach(async () => {
    await shop.git('switch', '--quiet', '--force', 'main');
    const context = await backend.environments(shop.repository);
    for (const { id } of await listRecords(context.paths))
      await expireEnvironment(context, id, { why: 'by-hand', now: true, evenIfChanged: true }, unattended);
  });

  async function work(branch: string, text: string) {
    await shop.git('switch', '--quiet', '-C', branch, 'main');
    await writeFile(path.join(shop.repository, `${branch}.php`), text);
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', branch);
    await shop.run('env', 'create');
  }
  const look = async (openBranches: string[] = []) =>
    sweep(await backend.environments(shop.repository), new Set(openBranches), unattended);
  const life = async (branch: string) => {
    const context = await backend.environments(shop.repository);
    return (await listRecords(context.paths)).find(record => record.branch === branch)?.life.state;
  };

  it('merged by squash', async () => {
    await work('squashed', 'a');
    await shop.git('switch', '--quiet', 'main');
    await look();
    assert.equal(await life('squashed'), 'ready', 'not merged yet');
    await shop.git('merge', '--quiet', '--squash', 'squashed');
    await shop.git('commit', '--quiet', '-m', 'Squashed (#1)');
    const { told } = await look();
    assert.deepEqual(
      told.map(({ verdict }) => verdict),
      [{ verdict: 'expire', why: 'merged' }],
    );
    assert.equal(await life('squashed'), 'expired');
  });

  it('merged, and the branch deleted afterwards', async () => {
    await work('gone', 'g');
    await shop.git('switch', '--quiet', 'main');
    await look();
    await shop.git('merge', '--quiet', '--no-ff', '-m', 'Merge', 'gone');
    await shop.git('branch', '--quiet', '-D', 'gone');
    const { told } = await look();
    assert.deepEqual(
      told.map(({ verdict }) => verdict),
      [{ verdict: 'expire', why: 'merged' }],
    );
  });

  it('idle for seven days: told the day before, then expired, freed a day later', async () => {
    await work('idle', 'b');
    await shop.git('switch', '--quiet', 'main');
    now += 6.5 * day;
    assert.equal((await look()).told[0]?.verdict.verdict, 'tell');
    assert.deepEqual((await look()).told, [], 'told once');
    now += day;
    assert.equal((await look()).told[0]?.verdict.verdict, 'expire');
    assert.equal(await life('idle'), 'expired');
    now += 1.1 * day;
    assert.deepEqual((await look()).freed, ['idle']);
    assert.equal(await life('idle'), undefined);
  });

  it('not while it is open in a window, nor while a schema change would be lost', async () => {
    await work('kept', 'c');
    now += 8 * day;
    assert.deepEqual((await look(['kept'])).told[0]?.verdict, {
      verdict: 'ask',
      why: 'idle',
      because: 'in-use',
    });
    assert.equal(await life('kept'), 'ready');
  });

  it('a renamed branch keeps its environment', async () => {
    await work('before', 'd');
    await shop.git('branch', '--move', 'before', 'after');
    await look(['after']);
    assert.equal(await life('after'), 'ready');
    assert.equal(await life('before'), undefined);
  });
});
