import { randomBytes } from 'node:crypto';
import { fromData, outcomeOf, paymentMethodOf } from './cards.ts';
import { amountOf, find, listing, type Route, required, type StripeContext } from './context.ts';
import { invalid, StripeError } from './errors.ts';
import { type Form, metadataOf, namesOf, textOf } from './form.ts';
import type { StripeObject } from './state.ts';

/** Creates an intent; amounts in the currency's smallest unit. */
export function createIntent(context: StripeContext, form: Form): StripeObject {
  const amount = amountOf(form['amount'], 'amount');
  if (amount === 0) throw invalid('Amount must be at least 1.', 'amount');
  const customer = textOf(form['customer']);
  if (customer !== undefined) find(context, 'customer', customer);
  const method = methodOf(context, form);
  const intent = context.state.create(
    'pi',
    'payment_intent',
    {
      amount,
      amount_capturable: 0,
      amount_received: 0,
      currency: required(form['currency'], 'currency').toLowerCase(),
      customer: customer ?? null,
      payment_method: method?.id ?? null,
      payment_method_types: ['card'],
      capture_method: textOf(form['capture_method']) ?? 'automatic',
      confirmation_method: textOf(form['confirmation_method']) ?? 'automatic',
      description: textOf(form['description']) ?? null,
      receipt_email: textOf(form['receipt_email']) ?? null,
      shipping: form['shipping'] ?? null,
      statement_descriptor: textOf(form['statement_descriptor']) ?? null,
      setup_future_usage: textOf(form['setup_future_usage']) ?? null,
      latest_charge: null,
      last_payment_error: null,
      next_action: null,
      canceled_at: null,
      cancellation_reason: null,
      status: method ? 'requires_confirmation' : 'requires_payment_method',
      metadata: metadataOf(form['metadata']),
    },
    context.now(),
  );
  intent['client_secret'] = `${intent.id}_secret_${randomBytes(12).toString('hex')}`;
  context.emit('payment_intent.created', intent);
  return intent;
}

function methodOf(context: StripeContext, form: Form): StripeObject | undefined {
  const given = textOf(form['payment_method']);
  if (given !== undefined) return paymentMethodOf(context, given);
  return form['payment_method_data'] === undefined
    ? undefined
    : fromData(context, namesOf(form['payment_method_data']));
}

/** Charges the card. A declined card answers 402 and leaves the intent waiting for another one. */
export function confirmIntent(context: StripeContext, intent: StripeObject, form: Form): StripeObject {
  expectStatus(intent, 'confirm', ['requires_payment_method', 'requires_confirmation', 'requires_action']);
  const given = methodOf(context, form) ?? context.state.get(String(intent['payment_method']));
  if (!given)
    throw invalid(
      'You cannot confirm this PaymentIntent because it’s missing a payment method.',
      'payment_method',
    );
  intent['payment_method'] = given.id;
  const outcome = outcomeOf(given);
  if (outcome.ok === 'authenticate' && form['greenroom_authenticated'] !== 'true') {
    intent['status'] = 'requires_action';
    const back = textOf(form['return_url']) ?? '';
    const url = `${context.address()}/stripe/authenticate/${intent.id}?${new URLSearchParams({ return_url: back })}`;
    intent['next_action'] = { type: 'redirect_to_url', redirect_to_url: { url, return_url: back || null } };
    context.emit('payment_intent.requires_action', intent);
    return intent;
  }
  intent['next_action'] = null;
  if (outcome.ok === false) {
    const { code, decline, message } = outcome;
    const error = { type: 'card_error', code, decline_code: decline, message, payment_method: given };
    Object.assign(intent, {
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: error,
    });
    charge(context, intent, given, error);
    context.emit('payment_intent.payment_failed', intent);
    throw new StripeError(402, { ...error, payment_intent: intent });
  }
  intent['last_payment_error'] = null;
  const manual = intent['capture_method'] === 'manual';
  intent['status'] = manual ? 'requires_capture' : 'succeeded';
  intent[manual ? 'amount_capturable' : 'amount_received'] = intent['amount'];
  const made = charge(context, intent, given);
  intent['latest_charge'] = made.id;
  context.emit(manual ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded', intent);
  context.emit('charge.succeeded', made);
  return intent;
}

function charge(
  context: StripeContext,
  intent: StripeObject,
  method: StripeObject,
  failure?: { code: string; message: string },
): StripeObject {
  const captured = intent['capture_method'] !== 'manual' && !failure;
  const made = context.state.create(
    'ch',
    'charge',
    {
      amount: intent['amount'],
      amount_captured: captured ? intent['amount'] : 0,
      amount_refunded: 0,
      currency: intent['currency'],
      customer: intent['customer'],
      payment_intent: intent.id,
      payment_method: method.id,
      payment_method_details: { type: 'card', card: method['card'] },
      billing_details: method['billing_details'],
      captured,
      paid: !failure,
      refunded: false,
      disputed: false,
      status: failure ? 'failed' : 'succeeded',
      failure_code: failure?.code ?? null,
      failure_message: failure?.message ?? null,
      receipt_email: intent['receipt_email'],
      metadata: intent['metadata'],
    },
    context.now(),
  );
  if (failure) context.emit('charge.failed', made);
  return made;
}

function expectStatus(intent: StripeObject, action: string, allowed: readonly string[]): void {
  const status = String(intent['status']);
  if (allowed.includes(status)) return;
  throw new StripeError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `You cannot ${action} this PaymentIntent because it has a status of ${status}.`,
    payment_intent: intent,
  });
}

export const payments: readonly Route[] = [
  {
    method: 'POST',
    path: 'payment_intents',
    handle(context, form) {
      const intent = createIntent(context, form);
      return textOf(form['confirm']) === 'true' ? confirmIntent(context, intent, form) : intent;
    },
  },
  {
    method: 'GET',
    path: 'payment_intents/:id',
    handle: (context, _form, id) => find(context, 'payment_intent', id),
  },
  {
    method: 'GET',
    path: 'payment_intents',
    handle(context, form) {
      const customer = textOf(form['customer']);
      const all = context.state.all('payment_intent');
      return listing(
        form,
        'payment_intents',
        customer === undefined ? all : all.filter(one => one['customer'] === customer),
      );
    },
  },
  {
    method: 'POST',
    path: 'payment_intents/:id',
    handle(context, form, id) {
      const intent = find(context, 'payment_intent', id);
      expectStatus(intent, 'update', [
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
        'requires_capture',
      ]);
      if (form['amount'] !== undefined) intent['amount'] = amountOf(form['amount'], 'amount');
      for (const name of ['currency', 'description', 'receipt_email', 'customer', 'setup_future_usage'])
        if (form[name] !== undefined) intent[name] = textOf(form[name]) ?? null;
      const method = methodOf(context, form);
      if (method) Object.assign(intent, { payment_method: method.id, status: 'requires_confirmation' });
      intent['metadata'] = metadataOf(form['metadata'], intent['metadata']);
      return intent;
    },
  },
  {
    method: 'POST',
    path: 'payment_intents/:id/confirm',
    handle: (context, form, id) => confirmIntent(context, find(context, 'payment_intent', id), form),
  },
  {
    method: 'POST',
    path: 'payment_intents/:id/capture',
    handle(context, form, id) {
      const intent = find(context, 'payment_intent', id);
      expectStatus(intent, 'capture', ['requires_capture']);
      const limit = Number(intent['amount_capturable']);
      const amount =
        form['amount_to_capture'] === undefined
          ? limit
          : amountOf(form['amount_to_capture'], 'amount_to_capture');
      if (amount > limit)
        throw invalid('You cannot capture more than the amount authorized.', 'amount_to_capture');
      Object.assign(intent, { status: 'succeeded', amount_received: amount, amount_capturable: 0 });
      const made = find(context, 'charge', String(intent['latest_charge']));
      Object.assign(made, { captured: true, amount_captured: amount });
      context.emit('charge.captured', made);
      context.emit('payment_intent.succeeded', intent);
      return intent;
    },
  },
  {
    method: 'POST',
    path: 'payment_intents/:id/cancel',
    handle(context, form, id) {
      const intent = find(context, 'payment_intent', id);
      expectStatus(intent, 'cancel', [
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
        'requires_capture',
      ]);
      Object.assign(intent, {
        status: 'canceled',
        amount_capturable: 0,
        canceled_at: Math.floor(context.now() / 1000),
        cancellation_reason: textOf(form['cancellation_reason']) ?? null,
      });
      context.emit('payment_intent.canceled', intent);
      return intent;
    },
  },
  { method: 'GET', path: 'charges/:id', handle: (context, _form, id) => find(context, 'charge', id) },
  {
    method: 'GET',
    path: 'charges',
    handle(context, form) {
      const intent = textOf(form['payment_intent']);
      const all = context.state.all('charge');
      return listing(
        form,
        'charges',
        intent === undefined ? all : all.filter(one => one['payment_intent'] === intent),
      );
    },
  },
];
