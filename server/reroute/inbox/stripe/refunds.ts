import { amountOf, find, listing, type Route, type StripeContext } from './context.ts';
import { invalid, StripeError } from './errors.ts';
import { type Form, metadataOf, textOf } from './form.ts';
import type { StripeObject } from './state.ts';

export const refunds: readonly Route[] = [
  {
    method: 'POST',
    path: 'refunds',
    handle(context, form) {
      const charge = chargeOf(context, form);
      const left = Number(charge['amount_captured']) - Number(charge['amount_refunded']);
      if (left <= 0)
        throw new StripeError(400, {
          type: 'invalid_request_error',
          code: 'charge_already_refunded',
          message: `Charge ${charge.id} has already been refunded.`,
        });
      const amount = form['amount'] === undefined ? left : amountOf(form['amount'], 'amount');
      if (amount > left)
        throw invalid(
          `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
          'amount',
        );
      const refund = context.state.create(
        're',
        'refund',
        {
          amount,
          currency: charge['currency'],
          charge: charge.id,
          payment_intent: charge['payment_intent'],
          reason: textOf(form['reason']) ?? null,
          status: 'succeeded',
          metadata: metadataOf(form['metadata']),
        },
        context.now(),
      );
      const refunded = Number(charge['amount_refunded']) + amount;
      Object.assign(charge, { amount_refunded: refunded, refunded: refunded === charge['amount_captured'] });
      context.emit('refund.created', refund);
      context.emit('charge.refunded', charge);
      return refund;
    },
  },
  { method: 'GET', path: 'refunds/:id', handle: (context, _form, id) => find(context, 'refund', id) },
  {
    method: 'GET',
    path: 'refunds',
    handle(context, form) {
      const [charge, intent] = [textOf(form['charge']), textOf(form['payment_intent'])];
      const wanted = context.state
        .all('refund')
        .filter(
          one =>
            (charge ?? one['charge']) === one['charge'] &&
            (intent ?? one['payment_intent']) === one['payment_intent'],
        );
      return listing(form, 'refunds', wanted);
    },
  },
];

function chargeOf(context: StripeContext, form: Form): StripeObject {
  const charge = textOf(form['charge']);
  if (charge !== undefined) return find(context, 'charge', charge);
  const intent = find(context, 'payment_intent', textOf(form['payment_intent']) ?? '');
  const latest = intent['latest_charge'];
  if (typeof latest !== 'string')
    throw invalid(`PaymentIntent ${intent.id} has no successful charge to refund.`);
  return find(context, 'charge', latest);
}
