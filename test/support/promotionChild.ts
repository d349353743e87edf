import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { Orders } from './promotionProgram.ts';

export type Ended =
  | { state: 'killed' }
  | { state: 'done'; result: unknown }
  | { state: 'failed'; error: string; reason?: string; items?: string[] };

/** Keeps one started backend ahead, and hands it its orders. */
export class Children {
  #next: ChildProcess | undefined = start();

  async run(orders: Orders): Promise<Ended> {
    const child = this.#next ?? start();
    this.#next = start();
    let message: { result?: unknown; error?: string; reason?: string; items?: string[] } | undefined;
    child.on('message', (received: typeof message) => {
      message = received;
    });
    const exit = once(child, 'exit');
    child.send(orders);
    const [, signal] = (await exit) as [number | null, string | null];
    if (signal === 'SIGKILL') return { state: 'killed' };
    if (message?.error !== undefined) return { state: 'failed', ...message, error: message.error };
    if (message === undefined) throw new Error('the child ended without an answer');
    return { state: 'done', result: message.result };
  }

  async close(): Promise<void> {
    const child = this.#next;
    this.#next = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }
}

function start(): ChildProcess {
  return fork(path.join(import.meta.dirname, 'promotionProgram.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Dozens of children load the same modules: they are compiled once.
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(tmpdir(), `gr-compile-cache-${userInfo().uid}`) },
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
}
