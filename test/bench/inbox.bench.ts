import { createServer } from 'node:net';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { startInbox } from '../../server/reroute/inbox/inbox.ts';
import { listMessages, unreadCount } from '../../server/reroute/inbox/store.ts';
import { temporaryDirectory, testHost } from '../support/temporary.ts';
import type { BenchRow } from './row.ts';

export const name = 'inbox';

const messages = 2000;

/** Mails a second that are accepted, on disk and synced; beside the same SMTP library that forgets every mail. */
export async function run(): Promise<BenchRow[]> {
  const directory = await temporaryDirectory();
  const place = path.join(directory.path, 'inbox');
  const inbox = await startInbox(testHost(directory.path), { directory: place, smtpPort: 0, httpPort: 0 });
  const forgetful = await startForgetful();
  try {
    const rows: BenchRow[] = [];
    let sent = 0;
    for (const connections of [1, 8]) {
      const count = connections === 1 ? messages / 4 : messages;
      const ours = await rate(inbox.smtpPort, count, connections);
      sent += count;
      rows.push({
        what: `mails kept, ${connections} connection${connections === 1 ? '' : 's'}`,
        ours,
        unit: '/s',
        peer: {
          name: 'smtp-server that keeps nothing',
          value: await rate(forgetful.port, count, connections),
        },
        target: '≥ 200 /s, none lost',
      });
    }
    const kept = await unreadCount(place);
    rows.push({
      what: 'mails lost',
      ours: ((sent - kept) / sent) * 100,
      unit: '%',
      target: '0 %',
      note: `${kept} of ${sent} kept`,
    });
    for (const what of ['first list', 'second list']) {
      const start = performance.now();
      await listMessages(place, 'number 7');
      rows.push({ what: `${what} of ${sent} mails, searched`, ours: performance.now() - start, unit: 'ms' });
    }
    return rows;
  } finally {
    await inbox.close();
    await forgetful.close();
    await directory.remove();
  }
}

async function rate(port: number, count: number, maxConnections: number): Promise<number> {
  const pool = createTransport({ host: '127.0.0.1', port, pool: true, maxConnections, maxMessages: count });
  const start = performance.now();
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      pool.sendMail({
        from: 'shop@example.com',
        to: 'customer@example.com',
        subject: `number ${index}`,
        text: 'Thank you for your order. '.repeat(80),
        html: '<p>Thank you for your order.</p>'.repeat(80),
      }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  pool.close();
  return count / seconds;
}

async function startForgetful(): Promise<{ port: number; close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      stream.resume();
      stream.on('end', () => callback());
    },
  });
  const port = await freePort();
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return { port, close: () => new Promise(resolve => server.close(resolve)) };
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
