import * as z from 'zod';
import { environmentParams } from './environment.ts';
import { request } from './message.ts';

export const inboxMessage = z.object({
  /** 1 is the oldest. */
  number: z.number(),
  kind: z.enum(['mail', 'request']),
  at: z.string(),
  /** Mail: sender and recipients. Request: method and host. */
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  bytes: z.number(),
  read: z.boolean(),
  attachments: z.array(z.string()),
});
export type InboxMessage = z.infer<typeof inboxMessage>;

export const listInbox = request(
  'greenroom/inbox/list',
  environmentParams.extend({ search: z.string().optional() }),
  z.object({ messages: z.array(inboxMessage), unread: z.number() }),
);
export const showInbox = request(
  'greenroom/inbox/show',
  environmentParams.extend({ number: z.number() }),
  inboxMessage.extend({
    text: z.string(),
    html: z.string().optional(),
    headers: z.record(z.string(), z.string()),
    file: z.string(),
  }),
);
/** Sends a caught mail on, to an address on the configured allow-list only. */
export const releaseMail = request(
  'greenroom/inbox/release',
  environmentParams.extend({ number: z.number(), to: z.string() }),
  z.object({ to: z.string() }),
);
/** Repeats a caught webhook to the local application. */
export const replayRequest = request(
  'greenroom/inbox/replay',
  environmentParams.extend({ number: z.number(), url: z.string() }),
  z.object({ status: z.number() }),
);
