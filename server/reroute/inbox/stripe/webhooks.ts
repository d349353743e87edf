import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../../../platform/errors.ts';
import type { Host } from '../../../platform/host.ts';
import type { MessageWriter } from '../store.ts';
import { find, listing, type Route, required } from './context.ts';
import { listOf, metadataOf, textOf } from './form.ts';
import type { StripeObject, StripeState } from './state.ts';

/** Signs every webhook of the sandbox; the fork of the configuration puts the same where production's secret stood. */
export const webhookSecret = 'whsec_greenroom';

export const endpoints: readonly Route[] = [
  {
    method: 'POST',
    path: 'webhook_endpoints',
    handle(context, form) {
      const events = listOf(form['enabled_events']).flatMap(one => textOf(one) ?? []);
      return context.state.create(
        'we',
        'webhook_endpoint',
        {
          url: required(form['url'], 'url'),
          enabled_events: events.length > 0 ? events : ['*'],
          status: 'enabled',
          description: textOf(form['description']) ?? null,
          metadata: metadataOf(form['metadata']),
          secret: webhookSecret,
        },
        context.now(),
      );
    },
  },
  {
    method: 'GET',
    path: 'webhook_endpoints/:id',
    handle: (context, _form, id) => find(context, 'webhook_endpoint', id),
  },
  {
    method: 'GET',
    path: 'webhook_endpoints',
    handle: (context, form) => listing(form, 'webhook_endpoints', context.state.all('webhook_endpoint')),
  },
  {
    method: 'DELETE',
    path: 'webhook_endpoints/:id',
    handle(context, _form, id) {
      find(context, 'webhook_endpoint', id);
      context.state.remove(id);
      return { id, object: 'webhook_endpoint', deleted: true };
    },
  },
  { method: 'GET', path: 'events/:id', handle: (context, _form, id) => find(context, 'event', id) },
  {
    method: 'GET',
    path: 'events',
    handle(context, form) {
      const type = textOf(form['type']);
      const all = context.state.all('event');
      return listing(form, 'events', type === undefined ? all : all.filter(one => one['type'] === type));
    },
  },
];

/** `Stripe-Signature` as Stripe's libraries check it: HMAC-SHA-256 over the time and the body. */
export function sign(body: string, now: number): string {
  const time = Math.floor(now / 1000);
  return `t=${time},v1=${createHmac('sha256', webhookSecret).update(`${time}.${body}`).digest('hex')}`;
}

/** Sends events to the application's endpoints on this machine, one after the other, and keeps each in the inbox. */
export class WebhookSender {
  readonly #host: Host;
  readonly #state: StripeState;
  readonly #messages: MessageWriter;
  readonly #stop = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(host: Host, state: StripeState, messages: MessageWriter) {
    this.#host = host;
    this.#state = state;
    this.#messages = messages;
  }

  emit(type: string, object: StripeObject): void {
    const now = this.#host.clock.now();
    const event = this.#state.create(
      'evt',
      'event',
      {
        type,
        api_version: null,
        pending_webhooks: 0,
        request: null,
        data: { object: structuredClone(object) },
      },
      now,
    );
    const body = JSON.stringify(withoutOwn(event));
    for (const endpoint of this.#state.all('webhook_endpoint')) {
      const wanted = endpoint['enabled_events'] as string[];
      if (!wanted.includes('*') && !wanted.includes(type)) continue;
      this.#queue = this.#queue.then(() => this.#deliver(String(endpoint['url']), body));
    }
  }

  /** Resolves when nothing waits to be sent any more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#queue;
  }

  async #deliver(url: string, body: string): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (Greenroom sandbox)',
        'stripe-signature': sign(body, this.#host.clock.now()),
      };
      await this.#keep(url, headers, body);
      // An address elsewhere is production's: what would have been sent there is in the inbox.
      if (!/^http:\/\/(127(\.\d+){3}|localhost|\[::1\])(:\d+)?(\/|$)/.test(url)) return;
      await this.#post(url, headers, body);
    } catch (error) {
      this.#host.log.warn('stripe sandbox: a webhook was not taken', { url, error: messageOf(error) });
    }
  }

  async #post(url: string, headers: Record<string, string>, body: string): Promise<void> {
    // An application that has just been started may not listen yet.
    const pauses = [0, 500, 2000];
    for (const [attempt, pause] of pauses.entries()) {
      try {
        await wait(pause, undefined, { signal: this.#stop.signal });
        const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(10_000)]);
        const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
        await response.arrayBuffer();
        if (response.ok) return;
        throw new Error(`status ${response.status}`);
      } catch (error) {
        if (this.#stop.signal.aborted || attempt === pauses.length - 1) throw error;
      }
    }
  }

  async #keep(url: string, headers: Record<string, string>, body: string): Promise<void> {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const request = {
      at: new Date(this.#host.clock.now()).toISOString(),
      method: 'POST',
      host: target?.host ?? url,
      path: target ? target.pathname + target.search : '/',
      headers,
      body,
      encoding: 'utf8' as const,
    };
    await this.#messages.add('request', Buffer.from(`${JSON.stringify(request, null, 2)}\n`));
  }
}

/** The sandbox's own fields are not Stripe's. */
export function withoutOwn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwn);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('greenroom_'))
      .map(([name, inner]) => [name, withoutOwn(inner)]),
  );
}
