import { mkdir, readFile, stat } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
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
    for (let attempt = 1; ; attempt++) {
      const socket = (await dial(host)) ?? (start ? await startAndDial(host, entry) : undefined);
      const answer = socket && (await exchange(socket, { verb, directory }));
      if (answer?.ok === false)
        throw new GreenroomError('process-failed', { subject: 'keeper', detail: answer.problem });
      // One that went away holds nothing any more; it may have had nothing left to keep, so another one is started.
      if (answer?.ok || !start) return;
      if (attempt === 3)
        throw new GreenroomError('process-failed', { subject: 'keeper', detail: 'it went away' });
    }
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
  await quitKeeper(host);
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

/** `undefined` when the keeper went away instead of answering. */
function exchange(socket: Socket, request: KeeperRequest): Promise<KeeperAnswer | undefined> {
  return new Promise(resolve => {
    const lost = () => resolve(undefined);
    const lines = createInterface({ input: socket });
    for (const each of [socket, lines]) each.on('error', lost);
    socket.once('close', lost);
    lines.once('line', line => {
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

/** The keeper's lock for a keeper that starts, or `undefined` when another one answers. One that is just ending is waited for. */
export function takeOffice(host: Host): Promise<(() => Promise<void>) | undefined> {
  return takeKeeperLock(host, 'keeper', () => isKept(host));
}

/**
 * Waits for the keeper's lock. `meanwhile` runs after each look that found it taken, and ends the wait by answering true.
 *
 * @throws GreenroomError `locked` after 40 s
 */
async function takeKeeperLock(
  host: Host,
  purpose: string,
  meanwhile: () => Promise<boolean>,
): Promise<(() => Promise<void>) | undefined> {
  const deadline = host.clock.elapsed() + 40_000;
  for (;;) {
    try {
      return await acquireLock(host, 'keeper', { purpose });
    } catch (error) {
      if (!hasReason(error, 'locked') || host.clock.elapsed() > deadline) throw error;
    }
    if (await meanwhile()) return undefined;
    await host.clock.sleep(25);
  }
}

/** Whether a keeper answers, this moment. */
async function isKept(host: Host): Promise<boolean> {
  const socket = await dial(host);
  socket?.destroy();
  return socket !== undefined;
}

/**
 * Ends the keeper, and waits until it has closed all that it kept. Does nothing where none runs.
 *
 * @throws GreenroomError `locked` when it is still there after 40 s
 */
export async function quitKeeper(host: Host): Promise<void> {
  const release = await takeKeeperLock(host, 'ending the keeper', async () => {
    // It may have taken the lock and not listen yet, or listen no more.
    const socket = await dial(host);
    if (socket) await exchange(socket, { verb: 'quit', directory: host.paths.root });
    return false;
  });
  await release?.();
}
