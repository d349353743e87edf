import type { ServerResponse } from 'node:http';
import type { Host } from '../../../platform/host.ts';
import type { Sandbox } from '../http.ts';
import type { CaughtRequest } from '../message.ts';
import type { MessageWriter } from '../store.ts';
import { paymentMethods } from './cards.ts';
import { catalogue } from './catalogue.ts';
import { checkout, paySession } from './checkout.ts';
import { find, type Route, type StripeContext } from './context.ts';
import { StripeError } from './errors.ts';
import { type Form, listOf, parseForm, textOf } from './form.ts';
import { authenticatePage, html, limits, paymentPage } from './page.ts';
import { confirmIntent, payments } from './payments.ts';
import { refunds } from './refunds.ts';
import { type StripeObject, StripeState } from './state.ts';
import { endpoints, WebhookSender, withoutOwn } from './webhooks.ts';

const routes: readonly Route[] = [
  ...catalogue,
  ...paymentMethods,
  ...payments,
  ...refunds,
  ...checkout,
  ...endpoints,
];

export interface StripeSandbox extends Sandbox {
  /** The catcher's address, known once it listens: payment pages lie there. */
  setAddress(url: string): void;
  close(): Promise<void>;
}

/** A payment provider that remembers: what it can and cannot is said in `page.ts`. State is on disk before an answer goes out. */
export async function openStripeSandbox(
  host: Host,
  file: string,
  messages: MessageWriter,
): Promise<StripeSandbox> {
  const state = await StripeState.open(file);
  const webhooks = new WebhookSender(host, state, messages);
  let address = '';
  const context: StripeContext = {
    state,
    now: () => host.clock.now(),
    address: () => address,
    emit: (type, object) => webhooks.emit(type, object),
  };
  return {
    prefix: '/stripe',
    setAddress(url) {
      address = url;
    },
    close: () => webhooks.close(),
    // Stripe's libraries for Node, Python and PHP take a host or a base address, and put `/v1` behind it.
    claims: request => request.path.startsWith('/v1/') && /^(sk|rk)_/.test(keyOf(request)),
    async handle(request, place, response) {
      const [path = '', query = ''] = place.split('?', 2);
      if (path.startsWith('/v1/')) {
        const { status, body } = answer(context, request, path.slice('/v1/'.length), query);
        await state.save();
        send(response, status, 'application/json', JSON.stringify(withoutOwn(body)));
        return;
      }
      await page(context, request, path, query, response);
    },
  };
}

function answer(
  context: StripeContext,
  request: CaughtRequest,
  path: string,
  query: string,
): { status: number; body: unknown } {
  const key = request.headers['idempotency-key'];
  const fingerprint = `${request.method} ${path}\n${request.body}`;
  const before = request.method === 'POST' && key !== undefined ? context.state.answers.get(key) : undefined;
  try {
    authenticate(request);
    if (before) {
      if (before.request === fingerprint) return before;
      throw new StripeError(400, {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used with the same parameters they were first used with.',
      });
    }
    const form = parseForm(request.method === 'POST' ? request.body : query);
    const result = call(context, request.method, path, form);
    const body = expand(
      context,
      structuredClone(result),
      listOf(form['expand']).flatMap(one => textOf(one) ?? []),
    );
    return remember(context, key, request.method, { request: fingerprint, status: 200, body });
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    const failed = { request: fingerprint, status: error.status, body: structuredClone(error.body) };
    // A refused login or a reused key is no answer to remember.
    return error.status === 402 ? remember(context, key, request.method, failed) : failed;
  }
}

function remember(
  context: StripeContext,
  key: string | undefined,
  method: string,
  kept: { request: string; status: number; body: unknown },
): { status: number; body: unknown } {
  if (key !== undefined && method === 'POST') context.state.answers.set(key, kept);
  return kept;
}

/** The key of a request, as a bearer or as the name of a login. */
function keyOf({ headers }: CaughtRequest): string {
  const [scheme, value = ''] = (headers['authorization'] ?? '').split(' ', 2);
  return /^basic$/i.test(scheme ?? '')
    ? (Buffer.from(value, 'base64').toString().split(':')[0] ?? '')
    : value;
}

function authenticate(request: CaughtRequest): void {
  const key = keyOf(request);
  if (/^(sk|rk)_test_/.test(key)) return;
  const live = /_live_/.test(key);
  throw new StripeError(401, {
    type: 'invalid_request_error',
    message: live
      ? 'A live key reached the sandbox of a staging environment: it was refused and not kept.'
      : 'The sandbox takes a key that begins with sk_test_.',
  });
}

function call(context: StripeContext, method: string, path: string, form: Form): object {
  const parts = path.split('/').filter(Boolean);
  for (const route of routes) {
    const names = route.path.split('/');
    if (route.method !== method || names.length !== parts.length) continue;
    if (!names.every((name, index) => name === ':id' || name === parts[index])) continue;
    return route.handle(context, form, parts[names.indexOf(':id')] ?? '');
  }
  throw new StripeError(404, {
    type: 'invalid_request_error',
    message: `The sandbox does not know ${method} /v1/${path}. What it knows: ${context.address()}/stripe`,
  });
}

/** Puts objects where their ids stand, as `expand[]` asks: `latest_charge`, `data.customer`. */
function expand(context: StripeContext, value: object, wanted: readonly string[]): object {
  for (const path of wanted) {
    const [first = '', ...rest] = path.split('.');
    const holder = value as Record<string, unknown>;
    const here = holder[first];
    const found = typeof here === 'string' ? context.state.get(here) : undefined;
    if (found) holder[first] = structuredClone(found);
    if (first === 'line_items' && Array.isArray(holder['greenroom_items']))
      holder['line_items'] = { object: 'list', has_more: false, data: holder['greenroom_items'] };
    if (rest.length === 0) continue;
    const inner = holder[first];
    for (const one of Array.isArray(inner) ? inner : [inner])
      if (typeof one === 'object' && one !== null) expand(context, one, [rest.join('.')]);
  }
  return value;
}

async function page(
  context: StripeContext,
  request: CaughtRequest,
  path: string,
  query: string,
  response: ServerResponse,
): Promise<void> {
  const [, kind, id = ''] = path.split('/');
  if (kind !== 'pay' && kind !== 'authenticate') {
    send(response, path === '' || path === '/' ? 200 : 404, 'text/plain; charset=utf-8', limits);
    return;
  }
  let session: StripeObject | undefined;
  try {
    if (kind === 'pay') {
      session = find(context, 'checkout.session', id);
      const form = request.method === 'POST' ? parseForm(request.body) : undefined;
      const next =
        form &&
        paySession(context, id, textOf(form['card']) ?? '', {
          email: textOf(form['email']),
          name: textOf(form['name']),
        });
      if (form === undefined) send(response, 200, 'text/html; charset=utf-8', paymentPage(session));
      else await leave(context, response, next);
      return;
    }
    const intent = find(context, 'payment_intent', id);
    if (request.method !== 'POST') {
      send(response, 200, 'text/html; charset=utf-8', authenticatePage());
      return;
    }
    if (textOf(parseForm(request.body)['answer']) === 'yes')
      confirmIntent(context, intent, { greenroom_authenticated: 'true' });
    else Object.assign(intent, { status: 'requires_payment_method', next_action: null });
    const back = new URLSearchParams(query).get('return_url');
    await leave(
      context,
      response,
      back ? `${back}${back.includes('?') ? '&' : '?'}payment_intent=${id}` : undefined,
    );
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    await context.state.save();
    const text = session ? paymentPage(session, error.message) : html('Not possible', '');
    send(response, error.status, 'text/html; charset=utf-8', text);
  }
}

async function leave(
  context: StripeContext,
  response: ServerResponse,
  next: string | undefined,
): Promise<void> {
  await context.state.save();
  if (next === undefined || !/^https?:/.test(next)) {
    send(response, 200, 'text/html; charset=utf-8', html('Done', '<p>You can close this page.</p>'));
    return;
  }
  response.writeHead(303, { location: next });
  response.end();
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    'content-type': type,
    'x-greenroom': 'stripe-sandbox',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action *",
  });
  response.end(text);
}
