import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import Stripe from 'stripe';
import { type RunningInbox, startInbox } from '../../../server/reroute/inbox/inbox.ts';
import { replayRequest } from '../../../server/reroute/inbox/replay.ts';
import { listMessages } from '../../../server/reroute/inbox/store.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

describe('the Stripe sandbox, by Stripe’s own library', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let inbox: RunningInbox;
  let application: Server;
  let stripe: Stripe;
  const received: Stripe.Event[] = [];
  const start = () =>
    startInbox(testHost(directory.path), {
      directory: path.join(directory.path, 'inbox'),
      smtpPort: 0,
      httpPort: inbox?.httpPort ?? 0,
    });
  const client = (key: string) =>
    new Stripe(key, {
      host: '127.0.0.1',
      port: inbox.httpPort,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
    });
  before(async () => {
    directory = await temporaryDirectory();
    inbox = await start();
    application = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const signature = String(request.headers['stripe-signature']);
        received.push(stripe.webhooks.constructEvent(Buffer.concat(chunks), signature, 'whsec_greenroom'));
        response.end('{}');
      });
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    stripe = client('sk_test_greenroomplaceholder');
    await stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${(application.address() as AddressInfo).port}/hook`,
      enabled_events: ['*'],
    });
  });

  after(async () => {
    await inbox.close();
    application.closeAllConnections();
    application.close();
    await directory.remove();
  });

  it('completes a checkout and tells the application by a signed webhook', async () => {
    const customer = await stripe.customers.create({ email: 'a@example.com', metadata: { order: '7' } });
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      customer: customer.id,
      line_items: [
        {
          quantity: 2,
          price_data: { currency: 'eur', unit_amount: 1250, product_data: { name: 'Tea <b>' } },
        },
      ],
      success_url: 'http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}',
      metadata: { order: '7' },
    });
    assert.equal(session.amount_total, 2500);
    assert.equal(session.payment_status, 'unpaid');
    const url = session.url ?? '';
    const page = await (await fetch(url)).text();
    assert.match(page, /25\.00 EUR/);
    assert.doesNotMatch(page, /Tea <b>/);

    const refused = await fetch(url, {
      method: 'POST',
      body: 'card=pm_card_chargeDeclined',
      redirect: 'manual',
    });
    assert.equal(refused.status, 402);
    assert.equal((await stripe.checkout.sessions.retrieve(session.id)).status, 'open');

    const paid = await fetch(url, { method: 'POST', body: 'card=pm_card_visa', redirect: 'manual' });
    assert.equal(paid.status, 303);
    assert.equal(paid.headers.get('location'), `http://127.0.0.1:1/done?session=${session.id}`);
    const done = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    });
    assert.equal(done.payment_status, 'paid');
    const intent = done.payment_intent as Stripe.PaymentIntent;
    assert.equal(intent.amount_received, 2500);
    assert.equal((intent.latest_charge as Stripe.Charge).paid, true);

    await until(() => received.some(event => event.type === 'checkout.session.completed'));
    const event = received.find(one => one.type === 'checkout.session.completed');
    assert.ok(event?.type === 'checkout.session.completed');
    assert.equal(event.data.object.id, session.id);
    assert.deepEqual(event.data.object.metadata, { order: '7' });
    const { messages } = await listMessages(path.join(directory.path, 'inbox'), 'checkout.session.completed');
    assert.equal(messages.length, 1);

    // Replayed much later, it is signed anew.
    received.length = 0;
    const target = `http://127.0.0.1:${(application.address() as AddressInfo).port}/hook`;
    const number = messages[0]?.number ?? 0;
    await replayRequest({ directory: path.join(directory.path, 'inbox'), number, url: target });
    assert.equal(received[0]?.id, event.id);
  });

  it('asks on the page who pays where the application did not say', async () => {
    const session = await stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [
        { quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Cup' } } },
      ],
      success_url: 'http://127.0.0.1:1/done',
    });
    const url = session.url ?? '';
    assert.match(await (await fetch(url)).text(), /name="email"/);
    const body = new URLSearchParams({ card: 'pm_card_visa', email: 'ada@example.com', name: 'Ada' });
    assert.equal((await fetch(url, { method: 'POST', body, redirect: 'manual' })).status, 303);
    const { customer_details } = await stripe.checkout.sessions.retrieve(session.id);
    assert.deepEqual([customer_details?.email, customer_details?.name], ['ada@example.com', 'Ada']);
    const again = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    assert.notEqual(again.status, 303, 'nobody pays twice');
  });

  it('charges, captures, refunds in parts and refuses more than was paid', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: true,
    });
    assert.equal(intent.status, 'requires_capture');
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 900 });
    assert.equal(captured.status, 'succeeded');
    await stripe.refunds.create({ payment_intent: intent.id, amount: 400 });
    await assert.rejects(
      stripe.refunds.create({ payment_intent: intent.id, amount: 501 }),
      /greater than unrefunded/,
    );
    await stripe.refunds.create({ payment_intent: intent.id });
    const charge = await stripe.charges.retrieve(String(captured.latest_charge));
    assert.equal(charge.amount_refunded, 900);
    assert.equal(charge.refunded, true);
    await assert.rejects(stripe.paymentIntents.cancel(intent.id), /status of succeeded/);
  });

  it('answers a declined card as Stripe does, and asks for authentication where a card wants it', async () => {
    const base = { amount: 500, currency: 'usd', confirm: true } as const;
    await assert.rejects(
      stripe.paymentIntents.create({ ...base, payment_method: 'pm_card_chargeDeclinedInsufficientFunds' }),
      (error: Stripe.errors.StripeCardError) =>
        error.type === 'StripeCardError' && error.decline_code === 'insufficient_funds',
    );
    const intent = await stripe.paymentIntents.create({
      ...base,
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'http://127.0.0.1:1/back',
    });
    assert.equal(intent.status, 'requires_action');
    const page = intent.next_action?.redirect_to_url?.url ?? '';
    const answer = await fetch(page, { method: 'POST', body: 'answer=yes', redirect: 'manual' });
    assert.equal(answer.headers.get('location'), `http://127.0.0.1:1/back?payment_intent=${intent.id}`);
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded');
  });

  it('repeats an answer for an idempotency key, and refuses it for another request', async () => {
    const options = { idempotencyKey: 'once' };
    const first = await stripe.customers.create({ name: 'A' }, options);
    const second = await stripe.customers.create({ name: 'A' }, options);
    assert.equal(first.id, second.id);
    await assert.rejects(stripe.customers.create({ name: 'B' }, options), /idempotent/);
  });

  it('refuses a live key and keeps it nowhere', async () => {
    const live = `sk_${'live'}_51HabcdefGHIJKLmnop`;
    await assert.rejects(client(live).customers.list(), /live key/);
    const { messages } = await listMessages(path.join(directory.path, 'inbox'), live);
    assert.deepEqual(messages, []);
  });

  it('remembers over a restart', async () => {
    const customer = await stripe.customers.create({ email: 'stay@example.com' });
    await inbox.close();
    inbox = await start();
    const found = await stripe.customers.list({ email: 'stay@example.com' });
    assert.deepEqual(
      found.data.map(one => one.id),
      [customer.id],
    );
    await assert.rejects(stripe.subscriptions.list(), /does not know GET \/v1\/subscriptions/);
  });
});
