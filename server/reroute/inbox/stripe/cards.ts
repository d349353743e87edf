import { find, listing, type Route, type StripeContext } from './context.ts';
import { invalid } from './errors.ts';
import { type Form, metadataOf, namesOf, textOf } from './form.ts';
import type { StripeObject } from './state.ts';

/** What happens when a card is charged; cards and tokens as Stripe's testing page lists them. */
export type Outcome =
  | { ok: true }
  | { ok: 'authenticate' }
  | { ok: false; code: string; decline: string; message: string };

const declined = (code: string, decline: string, message: string): Outcome => ({
  ok: false,
  code,
  decline,
  message,
});
const cards: Readonly<Record<string, { outcome: Outcome; brand: string }>> = {
  '4242424242424242': { outcome: { ok: true }, brand: 'visa' },
  '5555555555554444': { outcome: { ok: true }, brand: 'mastercard' },
  '378282246310005': { outcome: { ok: true }, brand: 'amex' },
  '4000002500003155': { outcome: { ok: 'authenticate' }, brand: 'visa' },
  '4000000000003220': { outcome: { ok: 'authenticate' }, brand: 'visa' },
  '4000000000000002': {
    outcome: declined('card_declined', 'generic_decline', 'Your card was declined.'),
    brand: 'visa',
  },
  '4000000000009995': {
    outcome: declined('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
    brand: 'visa',
  },
  '4000000000000069': {
    outcome: declined('expired_card', 'expired_card', 'Your card has expired.'),
    brand: 'visa',
  },
  '4000000000000127': {
    outcome: declined('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
    brand: 'visa',
  },
};
const tokens: Readonly<Record<string, string>> = {
  visa: '4242424242424242',
  mastercard: '5555555555554444',
  amex: '378282246310005',
  threeDSecure2Required: '4000000000003220',
  authenticationRequired: '4000002500003155',
  chargeDeclined: '4000000000000002',
  visa_chargeDeclined: '4000000000000002',
  chargeDeclinedInsufficientFunds: '4000000000009995',
  visa_chargeDeclinedInsufficientFunds: '4000000000009995',
  chargeDeclinedExpiredCard: '4000000000000069',
  chargeDeclinedIncorrectCvc: '4000000000000127',
};

/** `pm_card_visa`, `tok_visa`, or a card's number; the number is not kept, only what the card does. */
function numberOf(given: string): string | undefined {
  const token = /^(?:pm_card_|tok_)(\w+)$/.exec(given)?.[1];
  return token === undefined ? given.replace(/\s/g, '') : tokens[token];
}

export function makePaymentMethod(context: StripeContext, given: string): StripeObject {
  const number = numberOf(given);
  const card = number === undefined ? undefined : cards[number];
  if (!card || number === undefined)
    throw invalid(
      'The sandbox knows Stripe’s test cards only: https://docs.stripe.com/testing',
      'payment_method',
    );
  const { brand, outcome } = card;
  return context.state.create(
    'pm',
    'payment_method',
    {
      type: 'card',
      customer: null,
      billing_details: { email: null, name: null, phone: null, address: null },
      card: {
        brand,
        last4: number.slice(-4),
        exp_month: 12,
        exp_year: new Date(context.now()).getUTCFullYear() + 3,
        funding: 'credit',
        country: 'US',
      },
      metadata: {},
      greenroom_outcome: outcome,
    },
    context.now(),
  );
}

/** A method by its id, or made from a test token. */
export function paymentMethodOf(context: StripeContext, id: string): StripeObject {
  return id.startsWith('pm_card_') || id.startsWith('tok_')
    ? makePaymentMethod(context, id)
    : find(context, 'payment_method', id);
}

export function fromData(context: StripeContext, data: Form): StripeObject {
  const card = namesOf(data['card']);
  return makePaymentMethod(context, textOf(card['token']) ?? textOf(card['number']) ?? '');
}

export function outcomeOf(method: StripeObject): Outcome {
  return method['greenroom_outcome'] as Outcome;
}

export const paymentMethods: readonly Route[] = [
  { method: 'POST', path: 'payment_methods', handle: (context, form) => fromData(context, form) },
  {
    method: 'GET',
    path: 'payment_methods/:id',
    handle: (context, _form, id) => paymentMethodOf(context, id),
  },
  {
    method: 'GET',
    path: 'payment_methods',
    handle(context, form) {
      const customer = textOf(form['customer']);
      return listing(
        form,
        'payment_methods',
        context.state.all('payment_method').filter(one => one['customer'] === customer),
      );
    },
  },
  {
    method: 'POST',
    path: 'payment_methods/:id/attach',
    handle(context, form, id) {
      const method = paymentMethodOf(context, id);
      method['customer'] = find(context, 'customer', textOf(form['customer']) ?? '').id;
      method['metadata'] = metadataOf(form['metadata'], method['metadata']);
      context.emit('payment_method.attached', method);
      return method;
    },
  },
  {
    method: 'POST',
    path: 'payment_methods/:id/detach',
    handle(context, _form, id) {
      const method = find(context, 'payment_method', id);
      method['customer'] = null;
      context.emit('payment_method.detached', method);
      return method;
    },
  },
];
