import { GreenroomError, messageOf } from '../../platform/errors.ts';
import { readRequest } from './message.ts';
import { findMessage } from './store.ts';
import { sign } from './stripe/webhooks.ts';

const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|keep-alive|upgrade|te|trailer|proxy-.*|x-greenroom.*|expect|accept-encoding)$/;

/**
 * Repeats a caught request to an application on this machine. Anything but loopback is refused: a replay must not
 * become the mail that was caught.
 *
 * @throws GreenroomError `usage` (no request, no loopback address), `process-failed` when nothing answers
 */
export async function replayRequest(options: {
  directory: string;
  number: number;
  url: string;
}): Promise<{ status: number }> {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !/^(127(\.\d+){3}|localhost|\[::1\])$/.test(url.hostname))
    throw new GreenroomError('usage', {
      subject: url?.host ?? 'the address',
      detail: 'a request is repeated to this machine only: http://127.0.0.1:…',
    });
  const message = await findMessage(options.directory, options.number);
  if (message.kind !== 'request')
    throw new GreenroomError('usage', {
      subject: String(options.number),
      detail: 'it is a mail, not a request',
    });
  const request = await readRequest(message);
  const headers = Object.entries(request.headers).filter(
    ([name]) => !ownHeaders.test(name) && name !== 'stripe-signature',
  );
  // A signature is good for minutes; the sandbox's own is made anew.
  if ((request.headers['user-agent'] ?? '').includes('Greenroom sandbox'))
    headers.push(['stripe-signature', sign(request.body, Date.now())]);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: Object.fromEntries(headers),
      ...(hasBody && { body: Buffer.from(request.body, request.encoding) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
    return { status: response.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new GreenroomError('process-failed', { subject: url.host, detail: messageOf(cause) });
  }
}
