import { readFile, stat } from 'node:fs/promises';
import PostalMime, { type Address, type Email } from 'postal-mime';
import * as z from 'zod';
import { GreenroomError, hasReason } from '../../platform/errors.ts';
import type { InboxMessage } from '../../protocol/inbox.ts';
import { safeHtml, textOfHtml } from './sanitize.ts';
import type { StoredMessage } from './store.ts';

export type MessageSummary = Omit<InboxMessage, 'number' | 'read'> & {
  /** The beginning of the text, for searching. */
  text: string;
};

export interface ShownMessage extends InboxMessage {
  text: string;
  /** Sanitised: no scripts, no styles that reach out, nothing remote. */
  html?: string;
  headers: Record<string, string>;
  file: string;
}

/** A request as the catcher stores it. */
export const caughtRequest = z.object({
  at: z.string(),
  method: z.string(),
  /** The host the application meant; the catcher's own where it is not known. */
  host: z.string(),
  /** Path and query. */
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  encoding: z.enum(['utf8', 'base64']),
});
export type CaughtRequest = z.infer<typeof caughtRequest>;

/** Headers that the inbox itself puts before a mail. */
export const envelopeHeaders = { from: 'X-Greenroom-From', to: 'X-Greenroom-To', at: 'X-Greenroom-Received' };

const searchable = 16 * 1024;

/** A message that cannot be read is listed as one: it must not hide the others. */
export async function summarise(message: StoredMessage): Promise<MessageSummary> {
  try {
    const {
      text,
      html: _html,
      headers: _headers,
      file: _file,
      number: _number,
      read: _read,
      ...rest
    } = await showFile(message);
    return { ...rest, text: text.slice(0, searchable) };
  } catch (error) {
    if (!hasReason(error, 'journal-damaged')) throw error;
    const { mtime, size } = await stat(message.file);
    const { kind } = message;
    return {
      kind,
      at: mtime.toISOString(),
      from: '',
      to: [],
      subject: 'damaged message',
      bytes: size,
      attachments: [],
      text: '',
    };
  }
}

export async function showFile(message: StoredMessage): Promise<ShownMessage> {
  return message.kind === 'mail' ? showMail(message) : showRequest(message);
}

async function showMail({ number, file }: StoredMessage): Promise<ShownMessage> {
  const email = await parseMail(file);
  // Of headers that come twice the first counts: ours stand before what an application wrote.
  const headers = Object.fromEntries(
    email.headers.map(header => [header.key, header.value] as const).reverse(),
  );
  const envelope = (name: string) => headers[name.toLowerCase()] ?? '';
  const recipients = envelope(envelopeHeaders.to).split(', ').filter(Boolean);
  return {
    number,
    kind: 'mail',
    at: envelope(envelopeHeaders.at) || (await stat(file)).mtime.toISOString(),
    from: formatAddress(email.from) || envelope(envelopeHeaders.from),
    to: recipients.length > 0 ? recipients : (email.to ?? []).map(formatAddress),
    subject: email.subject ?? '',
    bytes: (await stat(file)).size,
    read: true,
    attachments: email.attachments.map((attachment, index) => attachmentName(attachment.filename, index)),
    text: email.text ?? textOfHtml(email.html ?? ''),
    ...(email.html !== undefined && { html: safeHtml(email.html, email.attachments) }),
    headers,
    file,
  };
}

async function parseMail(file: string): Promise<Email> {
  return new PostalMime({ attachmentEncoding: 'arraybuffer' }).parse(await readFile(file));
}

/** One attachment's bytes by its name as listed. Throws `usage` when there is none. */
export async function readAttachment(message: StoredMessage, name: string): Promise<Uint8Array> {
  const { attachments } = await parseMail(message.file);
  const found = attachments.find((one, index) => attachmentName(one.filename, index) === name);
  if (!found)
    throw new GreenroomError('usage', { subject: name, detail: 'the message has no such attachment' });
  return typeof found.content === 'string'
    ? Buffer.from(found.content)
    : new Uint8Array(found.content as ArrayBuffer);
}

/** A name that is safe as a file's: a sender chose it. */
function attachmentName(name: string | null | undefined, index: number): string {
  const base = (name ?? '').replace(/^.*[\\/]/, '').replace(/[\u0000-\u001f\u007f<>:"|?*]/g, '_');
  return base === '' || /^\.+$/.test(base) ? `attachment-${index + 1}` : base;
}

function formatAddress(address: Address | undefined): string {
  if (!address) return '';
  const { name, address: mailbox } = address;
  return name && mailbox ? `${name} <${mailbox}>` : (mailbox ?? name ?? '');
}

export async function readRequest({ file }: StoredMessage): Promise<CaughtRequest> {
  try {
    return caughtRequest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new GreenroomError('journal-damaged', { subject: file, cause });
  }
}

async function showRequest(message: StoredMessage): Promise<ShownMessage> {
  const request = await readRequest(message);
  return {
    number: message.number,
    kind: 'request',
    at: request.at,
    from: `${request.method} ${request.host}`,
    to: [request.host],
    subject: `${request.method} ${request.path}`,
    bytes: (await stat(message.file)).size,
    read: true,
    attachments: [],
    text:
      request.encoding === 'utf8' ? readable(request.body) : `${request.body.length} characters of base64`,
    headers: request.headers,
    file: message.file,
  };
}

/** JSON with line breaks; anything else as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    // Forms and plain text are no JSON, and are shown as they are.
    return body;
  }
}
