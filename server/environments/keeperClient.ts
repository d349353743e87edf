import { mkdir, readFile, stat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { acquireLock } from '../platform/locks.ts';
import type { Keeper } from './context.ts';

export type KeeperVerb = 'open' | 'close' | 'guard' | 'quit';
export interface KeeperRequest {
  verb: KeeperVerb;
  directory: string;
}
export type KeeperAnswer = { ok: true } | { ok: false; problem: string };

export function keeperSocket(host: Host): string {
  return path.join(host.paths.run, 'keeper.sock');
}

/**
 * Talks to the store's keeper, and starts it when it does not run. Closing never starts one: what it
 * does not hold needs no letting go.
 *
 * @param entry the keeper's program file
 */
export function keeperClient(host: Host, entry: string): Keeper {
  const ask = async (verb: KeeperVerb, directory: string, start: boolean) => {
    const socket = (await dial(host)) ?? (start ? await startAndDial(host, entry) : undefined);
    if (socket === undefined) return;
    const answer = await exchange(socket, { verb, directory });
    if (!answer.ok) throw new GreenroomError('process-failed', { subject: 'keeper', detail: answer.problem });
  };
  let upToDate: Promise<void> | undefined;
  return {
    async open(directory) {
      upToDate ??= retireOlder(host, entry).catch((error: unknown) => {
        // The next one tries again: a window lives long.
        upToDate = undefined;
        throw error;
      });
      await upToDate;
      await ask('open', directory, true);
    },
    close: directory => ask('close', directory, false),
    guard: directory => ask('guard', directory, true),
  };
}

/** What the keeper says of itself: the time of its program's file, in milliseconds since 1970. */
const keeperBuild = z.object({ builtAt: z.number() });
const buildFile = (host: Host): string => path.join(host.paths.run, 'keeper.json');

/** For the keeper: lets clients see which build of the program it is. */
export async function noteKeeperBuild(host: Host, program: string): Promise<void> {
  await writeJsonAtomic(buildFile(host), { builtAt: (await stat(program)).mtimeMs });
}

/** A keeper from before an update would work on by the old rules: the newer program takes over what it keeps. */
async function retireOlder(host: Host, entry: string): Promise<void> {
  const [running, { mtimeMs }] = await Promise.all([readJson(buildFile(host), keeperBuild), stat(entry)]);
  if (running !== undefined && running.builtAt >= mtimeMs) return;
  const socket = await dial(host);
  if (socket === undefined) return;
  await exchange(socket, { verb: 'quit', directory: host.paths.root });
  // Free once it has closed all that it kept.
  const release = await acquireLock(host, 'keeper', { purpose: 'keeper', wait: 20_000 });
  await release();
}

async function startAndDial(host: Host, entry: string): Promise<Socket> {
  await mkdir(host.paths.run, { recursive: true, mode: 0o700 });
  await mkdir(host.paths.logs, { recursive: true, mode: 0o700 });
  const log = path.join(host.paths.logs, 'keeper.log');
  const { child } = await host.processes.detach(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', entry],
    {
      cwd: host.paths.root,
      // In VS Code's extension host the executable is Electron; this makes it behave as Node.
      env: { ...host.environment, GREENROOM_HOME: host.paths.root, ELECTRON_RUN_AS_NODE: '1' },
      log,
    },
  );
  const deadline = host.clock.elapsed() + 20_000;
  for (;;) {
    const socket = await dial(host);
    if (socket) return socket;
    if (child.exitCode !== null && child.exitCode !== 0)
      throw new GreenroomError('process-failed', { subject: 'keeper', detail: await lastLine(log) });
    if (host.clock.elapsed() > deadline)
      throw new GreenroomError('timeout', { subject: 'keeper', detail: await lastLine(log) });
    await host.clock.sleep(10);
  }
}

/** A socket file without a listener is a dead keeper's: as good as none. */
function dial(host: Host): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(keeperSocket(host));
    socket.once('connect', () => resolve(socket));
    socket.once('error', error => {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(undefined);
      else
        reject(
          new GreenroomError('process-failed', { subject: 'keeper', detail: messageOf(error), cause: error }),
        );
    });
  });
}

function exchange(socket: Socket, request: KeeperRequest): Promise<KeeperAnswer> {
  return new Promise((resolve, reject) => {
    const lost = () =>
      reject(new GreenroomError('process-failed', { subject: 'keeper', detail: 'it went away' }));
    socket.once('error', lost);
    socket.once('close', lost);
    createInterface({ input: socket }).once('line', line => {
      socket.removeListener('close', lost);
      socket.end();
      resolve(JSON.parse(line) as KeeperAnswer);
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

async function lastLine(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim().split('\n').at(-1) ?? '';
  } catch (error) {
    return messageOf(error);
  }
}

/** Ends the keeper: before a store is removed. Does nothing where none runs. */
export async function quitKeeper(host: Host): Promise<void> {
  const socket = await dial(host);
  if (socket === undefined) return;
  await exchange(socket, { verb: 'quit', directory: host.paths.root });
}
