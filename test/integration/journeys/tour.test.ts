import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../../server/platform/errors.ts';
import { type KillAt, killAtProgram, killAtVariable } from '../../support/killAt.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const project = path.resolve(import.meta.dirname, '../../..');

/** What `npm start` runs once its set-up is done; the set-up itself is what runs these tests. */
describe('the tour', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let demo: string;
  before(async () => {
    directory = await temporaryDirectory();
    demo = path.join(directory.path, 'demo');
    if (!existsSync(path.join(project, 'dist', 'cli.js')))
      assert.equal(
        spawnSync(process.execPath, ['build.mjs', '--quiet'], { cwd: project, stdio: 'inherit' }).status,
        0,
      );
  });
  after(async () => {
    await tour(['--clean']);
    await directory.remove();
  });

  function start(
    args: string[],
    size: string,
    killAt?: KillAt,
  ): { child: ChildProcess; output: () => string } {
    const env = {
      ...process.env,
      GREENROOM_DEMO: demo,
      GREENROOM_DEMO_SIZE: size,
      [killAtVariable]: killAt && JSON.stringify(killAt),
    };
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', killAtProgram, 'test/demo/tour.ts', ...args],
      { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let text = '';
    child.stdout?.on('data', chunk => (text += chunk));
    child.stderr?.on('data', chunk => (text += chunk));
    return { child, output: () => text };
  }
  async function tour(args: string[] = [], size = 'small') {
    const { child, output } = start(args, size);
    const [code] = await once(child, 'close');
    return { code: code as number | null, output: output() };
  }

  it('succeeds with 20,000 customers and 100,000 orders', async function () {
    this.timeout(900_000);
    const { code, output } = await tour([], 'full');
    assert.equal(code, 0, output);
    for (const step of [
      'production is up',
      'base built',
      'environment ready',
      'plan made and rehearsed',
      'promoted',
      'undone',
      'as it was before',
      'evidence verified',
    ])
      assert.match(output, new RegExp(`✓ .*${step}`));
  });

  it('leaves no process behind, succeeds again, and --clean removes everything', async function () {
    this.timeout(900_000);
    assert.deepEqual(await processesOf(demo), []);
    const again = await tour();
    assert.equal(again.code, 0, again.output);
    const cleaned = await tour(['--clean']);
    assert.equal(cleaned.code, 0, cleaned.output);
    assert.equal(existsSync(demo), false);
    assert.deepEqual(await processesOf(demo), []);
    assert.doesNotMatch(await readFile('/proc/self/mounts', 'utf8'), new RegExp(demo));
  });

  it('succeeds after it was killed at any step', async function () {
    this.timeout(900_000);
    const killed = async (moment: string) => {
      const { child, output } = start([], 'small', { moment });
      const [, signal] = await once(child, 'close');
      assert.equal(signal, 'SIGKILL', output());
    };
    await tour(['--clean']);
    // Its database runs, and nothing tells of it.
    await killed('before rename .*/db/server.json$');
    for (const step of ['✓ production is up', '✓ base built', '✓ staging environment ready', '✓ plan made']) {
      const { child, output } = start([], 'small');
      const closed = once(child, 'close');
      child.stdout?.on('data', () => output().includes(step) && child.kill('SIGKILL'));
      await closed;
      assert.ok(output().includes(step), output());
    }
    // The promotion that nobody noted yet: were it to go on, the next tour would find its column in production.
    await killed('during spawn .*cli.js promote ');
    const { code, output } = await tour();
    assert.equal(code, 0, output);
  });
});

/** Command lines of living processes that name the directory. */
async function processesOf(place: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter(
    name => /^\d+$/.test(name) && Number(name) !== process.pid,
  )) {
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      if (command.includes(place)) found.push(command);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ESRCH') throw error;
    }
  }
  return found;
}
