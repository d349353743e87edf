import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { type KillAt, killAtProgram, killAtVariable } from '../../support/killAt.ts';
import { cliProgram, openShop, type Shop } from '../../support/shop.ts';

describe('a command killed in the middle of an environment', () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop();
    await shop.run('base', 'build');
    await shop.git('switch', '--quiet', '-C', 'killed', 'main');
  });
  after(() => shop.close());

  const start = (args: string[], at: KillAt) =>
    spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', killAtProgram, cliProgram, ...args],
      {
        cwd: shop.repository,
        env: { ...process.env, ...shop.variables, [killAtVariable]: JSON.stringify(at) },
        stdio: 'ignore',
      },
    );
  const killed = async (args: string[], at: KillAt) => {
    const [, signal] = await once(start(args, at), 'exit');
    assert.equal(signal, 'SIGKILL', `the moment never came: ${JSON.stringify(at)}`);
  };
  const isHeld = ({ pid }: ChildProcess) =>
    eventually(async () => assert.match(await readFile(`/proc/${pid}/stat`, 'utf8'), /\) T /));
  const project = async () => (await readdir(path.join(shop.store, 'projects')))[0] ?? '';
  const places = async () =>
    (await readdir(path.join(shop.store, 'projects', await project(), 'env'))).sort();
  const mounts = async () =>
    (await readFile('/proc/self/mounts', 'utf8')).split('\n').filter(line => line.includes(shop.store));
  const sockets = async () =>
    (await readdir(path.join(shop.store, 'run'))).filter(name => !name.startsWith('keeper.'));

  /** What the next command makes of the remains: one environment, and nothing at all when that is destroyed. */
  const isWhole = async () => {
    const { id } = await shop.run<{ id: string }>('env', 'create');
    assert.deepEqual(await places(), [id]);
    await shop.run('env', 'destroy', '--now', '--even-if-changed');
    assert.deepEqual(await places(), []);
    assert.deepEqual(await mounts(), []);
    assert.deepEqual(await sockets(), []);
  };

  const record = String.raw`/env/killed-\w+/environment\.json$`;
  const mount = 'spawn (mount|fuse-overlayfs) .* site$';
  const moments: [string, KillAt][] = [
    ['its directory is there, its record not yet', { moment: `before rename .*${record}` }],
    ['a driver is being tried', { moment: `during ${mount}` }],
    ['a driver was tried', { moment: String.raw`after writeFile .*/\.probe-\w+/site/file$` }],
    ['its site is mounted', { moment: `after ${mount}`, nth: 2 }],
    ['its clone is whole', { moment: String.raw`after rename .*/clone/clone\.json$`, nth: 2 }],
    ['it is about to be ready', { moment: `before rename .*${record}`, nth: 3 }],
  ];
  for (const [what, at] of moments)
    it(`create, when ${what}: nothing is left`, async () => {
      await killed(['env', 'create'], at);
      await isWhole();
    });

  const destroy = ['env', 'destroy', '--now', '--even-if-changed'];
  it('destroy, when it was only said: nothing is left', async () => {
    await shop.run('env', 'create');
    await killed(destroy, { moment: `after rename .*${record}` });
    await isWhole();
  });
  it('destroy, when the site is unmounted: nothing is left', async () => {
    await shop.run('env', 'create');
    await killed(destroy, { moment: 'after spawn (umount|fusermount3?) .*/overlay/site$' });
    await isWhole();
  });
  it('destroy, when the record went before the rest: nothing is left', async () => {
    await shop.run('env', 'create');
    await killed(destroy, { moment: String.raw`before rm .*/env/killed-\w+$` });
    const [id = ''] = await places();
    await rm(path.join(shop.store, 'projects', await project(), 'env', id, 'environment.json'));
    await isWhole();
  });

  it('create, when its directory is there, its record not yet, and another command cleans up: goes on', async () => {
    const at: KillAt = { moment: `before rename .*${record}`, signal: 'SIGSTOP' };
    const creating = start(['env', 'create'], at);
    const exited = once(creating, 'exit');
    await isHeld(creating);
    const [id] = await places();
    const tries = watch(path.join(shop.store, 'locks'));
    const cleaning = shop.run('env', 'list');
    // It has seen the directory, and asks who is making one.
    for await (const { filename } of tries) if (/^spares.*\.lock\./.test(filename ?? '')) break;
    creating.kill('SIGCONT');
    await Promise.all([exited, cleaning]);
    assert.equal((await shop.run<{ id: string }>('env', 'show')).id, id);
    await shop.run(...destroy);
  });

  it('a spare that is taken in the moment in which it was to be removed stays whole', async () => {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    const none = await readFile(file, 'utf8');
    await writeFile(file, none.replace('"spares": 0', '"spares": 1'));
    await shop.run('spares');
    await writeFile(file, none);
    const [spare] = await places();
    const removing = start(['spares'], {
      moment: String.raw`before link .*/spares\S*\.lock$`,
      signal: 'SIGSTOP',
    });
    const exited = once(removing, 'exit');
    await isHeld(removing);
    assert.equal((await shop.run<{ id: string }>('env', 'create')).id, spare);
    removing.kill('SIGCONT');
    await exited;
    assert.equal((await shop.run<{ state: { state: string } }>('env', 'show')).state.state, 'ready');
    await shop.run(...destroy);
  });
});
