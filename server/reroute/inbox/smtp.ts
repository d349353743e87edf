import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { timestamp } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { envelopeHeaders } from './message.ts';
import type { MessageWriter } from './store.ts';

const largest = 64 * 1024 * 1024;

export interface RunningServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Takes any mail from anybody on loopback, with or without a login, and answers 250 only when it is on disk. Nothing
 * is ever sent on from here.
 */
export async function startSmtp(host: Host, port: number, messages: MessageWriter): Promise<RunningServer> {
  const server = new SMTPServer({
    banner: 'Greenroom inbox: mail is kept, none is sent',
    name: 'greenroom.localhost',
    authOptional: true,
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
    // There is no certificate that a client would believe.
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    size: largest,
    logger: false,
    maxClients: 500,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? 'greenroom' }),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', error => callback(error));
      stream.on('end', () => {
        if (stream.sizeExceeded) {
          callback(refusal(552, 'the message is larger than 64 MB'));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const head = envelope(
          timestamp(host.clock),
          from,
          rcptTo.map(one => one.address),
        );
        messages.add('mail', Buffer.concat([head, ...chunks])).then(
          stored => callback(null, `kept as ${stored.number}`),
          error => {
            host.log.error('inbox: a mail could not be kept', { error: messageOf(error) });
            // Temporary: the application keeps it and tries again.
            callback(refusal(452, 'the message could not be kept'));
          },
        );
      });
    },
  });
  // A client that goes away in the middle is no fault of ours.
  server.on('error', error => host.log.debug('inbox: SMTP', { error: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = once(server.server, 'close');
      server.close();
      await closed;
    },
  };
}

function refusal(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function envelope(at: string, from: string, to: readonly string[]): Buffer {
  const plain = (text: string) => text.replace(/[\r\n]/g, ' ');
  return Buffer.from(
    [
      `${envelopeHeaders.at}: ${at}`,
      `${envelopeHeaders.from}: ${plain(from)}`,
      // Blind copies stand here only.
      `${envelopeHeaders.to}: ${to.map(plain).join(',\r\n ')}`,
      '',
    ].join('\r\n'),
  );
}
