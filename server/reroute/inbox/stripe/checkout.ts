import { amountOf, find, listing, type Route, required, type StripeContext } from './context.ts';
import { invalid } from './errors.ts';
import { type Form, listOf, metadataOf, namesOf, textOf } from './form.ts';
import { confirmIntent, createIntent } from './payments.ts';
import type { StripeObject } from './state.ts';

export const checkout: readonly Route[] = [
  { method: 'POST', path: 'checkout/sessions', handle: (context, form) => createSession(context, form) },
  {
    method: 'GET',
    path: 'checkout/sessions/:id',
    handle: (context, _form, id) => find(context, 'checkout.session', id),
  },
  {
    method: 'GET',
    path: 'checkout/sessions',
    handle: (context, form) => listing(form, 'checkout/sessions', context.state.all('checkout.session')),
  },
  {
    method: 'GET',
    path: 'checkout/sessions/:id/line_items',
    handle(context, form, id) {
      const items = find(context, 'checkout.session', id)['greenroom_items'] as StripeObject[];
      return listing(form, `checkout/sessions/${id}/line_items`, items);
    },
  },
  {
    method: 'POST',
    path: 'checkout/sessions/:id/expire',
    handle(context, _form, id) {
      const session = find(context, 'checkout.session', id);
      if (session['status'] !== 'open')
        throw invalid('Only Checkout Sessions with a status of open can be expired.');
      Object.assign(session, { status: 'expired', url: null });
      context.emit('checkout.session.expired', session);
      return session;
    },
  },
];

function createSession(context: StripeContext, form: Form): StripeObject {
  const mode = textOf(form['mode']) ?? 'payment';
  if (mode !== 'payment') throw invalid(`The sandbox knows Checkout in mode payment, not ${mode}.`, 'mode');
  const items = listOf(form['line_items']).map((item, index) => lineItem(context, namesOf(item), index));
  const [first] = items;
  if (!first) throw invalid('The sandbox wants line_items.', 'line_items');
  const total = items.reduce((sum, item) => sum + Number(item['amount_total']), 0);
  const session = context.state.create(
    'cs_test',
    'checkout.session',
    {
      mode,
      status: 'open',
      payment_status: 'unpaid',
      amount_subtotal: total,
      amount_total: total,
      currency: first['currency'],
      customer: textOf(form['customer']) ?? null,
      customer_email: textOf(form['customer_email']) ?? null,
      customer_details: null,
      client_reference_id: textOf(form['client_reference_id']) ?? null,
      payment_intent: null,
      payment_method_types: ['card'],
      success_url: textOf(form['success_url']) ?? textOf(form['return_url']) ?? null,
      cancel_url: textOf(form['cancel_url']) ?? null,
      expires_at: Math.floor(context.now() / 1000) + 86_400,
      metadata: metadataOf(form['metadata']),
      greenroom_items: items,
      greenroom_intent: form['payment_intent_data'] ?? {},
    },
    context.now(),
  );
  session['url'] = `${context.address()}/stripe/pay/${session.id}`;
  return session;
}

function lineItem(context: StripeContext, item: Form, index: number): StripeObject {
  const quantity = amountOf(item['quantity'] ?? '1', `line_items[${index}][quantity]`);
  const data = namesOf(item['price_data']);
  const price = textOf(item['price']);
  const known = price === undefined ? undefined : find(context, 'price', price);
  const unit = known
    ? Number(known['unit_amount'])
    : amountOf(data['unit_amount'], `line_items[${index}][price_data][unit_amount]`);
  const product = known
    ? context.state.get(String(known['product']))?.['name']
    : textOf(namesOf(data['product_data'])['name']);
  return {
    id: `li_${index + 1}`,
    object: 'item',
    created: 0,
    description: product ?? null,
    quantity,
    currency: known
      ? known['currency']
      : required(data['currency'], `line_items[${index}][price_data][currency]`).toLowerCase(),
    amount_subtotal: unit * quantity,
    amount_total: unit * quantity,
    price: known ?? { object: 'price', unit_amount: unit },
  };
}

/**
 * What a customer does on the payment page. A declined card leaves the session open and throws as an intent's
 * confirmation does.
 *
 * @returns where the customer goes next
 */
export function paySession(
  context: StripeContext,
  id: string,
  card: string,
  payer: { email?: string | undefined; name?: string | undefined } = {},
): string | undefined {
  const session = find(context, 'checkout.session', id);
  if (session['status'] !== 'open') throw invalid('This Checkout Session is no longer open.');
  const intent =
    context.state.get(String(session['payment_intent'])) ??
    createIntent(context, {
      ...namesOf(session['greenroom_intent'] as Form),
      amount: String(session['amount_total']),
      currency: String(session['currency']),
      ...(typeof session['customer'] === 'string' && { customer: session['customer'] }),
    });
  session['payment_intent'] = intent.id;
  confirmIntent(context, intent, { payment_method: card, greenroom_authenticated: 'true' });
  Object.assign(session, {
    status: 'complete',
    payment_status: 'paid',
    url: null,
    customer_details: {
      email: session['customer_email'] ?? emailOf(context, session['customer']) ?? payer.email ?? null,
      name: payer.name ?? null,
      phone: null,
      address: null,
    },
  });
  context.emit('checkout.session.completed', session);
  const next = session['success_url'];
  return typeof next === 'string' ? next.replaceAll('{CHECKOUT_SESSION_ID}', session.id) : undefined;
}

function emailOf(context: StripeContext, customer: unknown): unknown {
  return typeof customer === 'string' ? (context.state.get(customer)?.['email'] ?? null) : null;
}
