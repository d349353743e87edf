import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { timestamp } from '../../platform/clock.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { answerFor } from './answers.ts';
import type { CaughtRequest } from './message.ts';
import type { RunningServer } from './smtp.ts';
import type { MessageWriter } from './store.ts';

const largest = 32 * 1024 * 1024;

/** Something of its own below a path: the Stripe sandbox. */
export interface Sandbox {
  /** `/stripe` */
  prefix: string;
  /** Whether a request without the prefix is for it all the same: some libraries can be told a host and no path. */
  claims(request: CaughtRequest): boolean;
  /** `path` without the prefix. */
  handle(request: CaughtRequest, path: string, response: ServerResponse): Promise<void>;
}

/**
 * Takes any request on loopback, keeps it, and answers as the provider below whose name it came would, so that the
 * application goes on. `/to/<host>/…` says which host was meant.
 */
export async function startHttp(
  host: Host,
  port: number,
  messages: MessageWriter,
  sandboxes: readonly Sandbox[] = [],
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    handle(host, request, response, messages, sandboxes).catch(error => {
      host.log.error('inbox: a request could not be kept', { error: messageOf(error) });
      if (!response.headersSent) response.writeHead(507, { 'content-type': 'text/plain' });
      response.end('the request could not be kept\n');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  host: Host,
  request: IncomingMessage,
  response: ServerResponse,
  messages: MessageWriter,
  sandboxes: readonly Sandbox[],
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { 'content-type': 'text/plain', connection: 'close' });
    response.end('the request is larger than 32 MB\n');
    return;
  }
  const url = request.url ?? '/';
  const caught = describe(request, url, body, timestamp(host.clock));
  for (const sandbox of sandboxes) {
    const { prefix } = sandbox;
    if (url === prefix || url.startsWith(`${prefix}/`))
      return sandbox.handle(caught, url.slice(prefix.length), response);
    if (sandbox.claims(caught)) return sandbox.handle(caught, url, response);
  }
  const provider = /^\/([\w-]+)/.exec(url)?.[1] ?? '';
  const stored =
    url === '/favicon.ico' || (url === '/' && request.method === 'GET')
      ? undefined
      : await messages.add('request', Buffer.from(`${JSON.stringify(caught, null, 2)}\n`));
  const { status, type, text } = answerFor(provider, caught, stored?.number);
  response.writeHead(status, { 'content-type': type, 'x-greenroom': 'caught' });
  response.end(text);
}

function describe(request: IncomingMessage, url: string, body: Buffer, at: string): CaughtRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const meant = /^\/to\/([^/?]+)(.*)$/.exec(url);
  const text = body.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(body);
  return {
    at,
    method: request.method ?? 'GET',
    host: headers['x-greenroom-host'] ?? meant?.[1] ?? headers['host'] ?? '',
    path: meant ? meant[2] || '/' : url,
    headers,
    body: isText ? text : body.toString('base64'),
    encoding: isText ? 'utf8' : 'base64',
  };
}

/** `undefined` when there is more than we take. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
