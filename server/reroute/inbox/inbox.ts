import path from 'node:path';
import type { Host } from '../../platform/host.ts';
import { type ClientDatabase, writeCatchers } from './catchers.ts';
import { startHttp } from './http.ts';
import { startSmtp } from './smtp.ts';
import { MessageWriter } from './store.ts';
import { openStripeSandbox } from './stripe/sandbox.ts';

export interface InboxOptions {
  /** The environment's `inbox/`. */
  directory: string;
  /** 0 takes any free port. */
  smtpPort: number;
  httpPort: number;
  /** The clone's: where PHP's mysqli connects when an application names no port. */
  database?: ClientDatabase;
}

export interface RunningInbox {
  smtpPort: number;
  httpPort: number;
  /** Waits for messages under way. */
  close(): Promise<void>;
}

/**
 * Opens an environment's inbox: an SMTP server, and an HTTP catcher with the Stripe sandbox in it. Both listen on
 * loopback only; messages are files in `directory`. Throws Node's `EADDRINUSE` when a port is taken.
 */
export async function startInbox(host: Host, options: InboxOptions): Promise<RunningInbox> {
  const messages = await MessageWriter.open(options.directory);
  const stripe = await openStripeSandbox(host, path.join(options.directory, 'stripe.state'), messages);
  const smtp = await startSmtp(host, options.smtpPort, messages);
  try {
    await writeCatchers(options.directory, smtp.port, options.database);
    const http = await startHttp(host, options.httpPort, messages, [stripe]);
    stripe.setAddress(`http://127.0.0.1:${http.port}`);
    return {
      smtpPort: smtp.port,
      httpPort: http.port,
      async close() {
        await Promise.all([smtp.close(), http.close()]);
        await stripe.close();
      },
    };
  } catch (error) {
    await smtp.close();
    throw error;
  }
}
