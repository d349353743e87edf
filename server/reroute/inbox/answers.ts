import type { CaughtRequest } from './message.ts';

export interface Answer {
  status: number;
  type: string;
  text: string;
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  text: `${JSON.stringify(value)}\n`,
});
const plain = (text: string, status = 200): Answer => ({ status, type: 'text/plain; charset=utf-8', text });

/** What an application expects to hear from a provider that has taken its message; from the providers' API references. */
const answers: Readonly<Record<string, (request: CaughtRequest, id: string) => Answer>> = {
  slack: request =>
    request.path.startsWith('/slack/api') ? json({ ok: true, ts: '0', channel: 'C0' }) : plain('ok'),
  discord: () => plain('', 204),
  teams: () => plain('1'),
  sendgrid: () => plain('', 202),
  mailgun: (_request, id) => json({ id: `<${id}@greenroom.invalid>`, message: 'Queued. Thank you.' }),
  postmark: (request, id) =>
    json({ To: '', SubmittedAt: request.at, MessageID: id, ErrorCode: 0, Message: 'OK' }),
  mailchimp: (_request, id) => json([{ email: '', status: 'sent', _id: id, reject_reason: null }]),
  twilio: (_request, id) =>
    json(
      { sid: `SM${id.replaceAll('-', '').padStart(32, '0').slice(-32)}`, status: 'queued', error_code: null },
      201,
    ),
  vonage: (_request, id) =>
    json({ 'message-count': '1', messages: [{ status: '0', 'message-id': id, to: '' }] }),
  ses: (_request, id) => json({ MessageId: id }),
};

const page = `This is the catcher of a Greenroom environment.

Whatever the application sends here is kept and goes nowhere: \`greenroom inbox list\`.
  /<provider>/…       answered as the provider would: ${Object.keys(answers).sort().join(', ')}
  /to/<host>/…        kept as a request to that host, answered with 200
  /stripe/v1/…        a stateful payment sandbox: /stripe says what it can and what it cannot
`;

export function answerFor(provider: string, request: CaughtRequest, number: number | undefined): Answer {
  if (number === undefined) return request.path === '/' ? plain(page) : plain('', 404);
  return (answers[provider] ?? (() => json({})))(request, `greenroom-${number}`);
}
