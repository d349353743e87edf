import { readFile } from 'node:fs/promises';
import { GreenroomError, messageOf } from '../../platform/errors.ts';
import type { Host } from '../../platform/host.ts';
import { envelopeHeaders } from './message.ts';
import { findMessage } from './store.ts';

/** Names the real mail server that released mail goes through: `smtp://user:password@host:587`. */
export const relayVariable = 'GREENROOM_SMTP_RELAY';

export interface ReleaseOptions {
  directory: string;
  number: number;
  to: string;
  /** `reroute.releaseTo`: addresses, or `@example.com` for everybody there. */
  allowed: readonly string[];
}

/**
 * Sends one caught mail on to one address of the allow-list, through the server that `GREENROOM_SMTP_RELAY` names; the
 * mail's own recipients get nothing.
 *
 * @throws GreenroomError `usage` (not on the list, no relay, no mail), `process-failed` when the relay refuses
 */
export async function releaseMail(host: Host, options: ReleaseOptions): Promise<void> {
  const to = options.to.trim();
  if (!isAllowed(to, options.allowed))
    throw new GreenroomError('usage', {
      subject: to,
      detail: 'it is not in reroute.releaseTo',
      next: 'Add the address to "reroute.releaseTo" in greenroom.jsonc.',
    });
  const message = await findMessage(options.directory, options.number);
  if (message.kind !== 'mail')
    throw new GreenroomError('usage', {
      subject: String(options.number),
      detail: 'it is a request, not a mail',
    });
  const relay = host.environment[relayVariable];
  if (!relay || !URL.canParse(relay))
    throw new GreenroomError('usage', {
      subject: relayVariable,
      detail: 'no mail server to release through is set',
      next: `Set ${relayVariable} to smtp://user:password@host:587 and try again.`,
    });
  host.redact.add(decodeURIComponent(new URL(relay).password));
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(relay);
  try {
    await transport.sendMail({
      envelope: { from: await sender(message.file), to: [to] },
      raw: await withoutEnvelope(message.file),
    });
  } catch (error) {
    throw new GreenroomError('process-failed', {
      subject: new URL(relay).host,
      detail: host.redact.clean(messageOf(error)),
    });
  } finally {
    transport.close();
  }
}

function isAllowed(to: string, allowed: readonly string[]): boolean {
  if (!/^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(to)) return false;
  const address = to.toLowerCase();
  return allowed.some(entry => {
    const rule = entry.toLowerCase().replace(/^\*(?=@)/, '');
    return rule.startsWith('@') ? address.endsWith(rule) : address === rule;
  });
}

async function sender(file: string): Promise<string> {
  const text = await readFile(file, 'latin1');
  return new RegExp(`^${envelopeHeaders.from}: (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
}

/** The mail as the application sent it: ours come off, they name everybody it was for. */
async function withoutEnvelope(file: string): Promise<Buffer> {
  const bytes = await readFile(file);
  const last = bytes.indexOf(`${envelopeHeaders.to}:`);
  let end = bytes.indexOf('\r\n', last);
  // Continued lines begin with a space.
  while (end !== -1 && bytes[end + 2] === 0x20) end = bytes.indexOf('\r\n', end + 2);
  return last === -1 || end === -1 ? bytes : bytes.subarray(end + 2);
}
