import type { StripeObject } from './state.ts';

/** What the sandbox can and cannot do; served at `/stripe`. */
export const limits = `Greenroom's Stripe sandbox: the part of Stripe's API that a checkout needs, kept per environment. No money, no network.

It knows  customers · products · prices (one-time) · payment methods (test cards) · payment intents (create, update,
          confirm, capture, cancel) · Checkout sessions in mode payment with a hosted page · charges · refunds · events ·
          webhook endpoints (signed with whsec_greenroom) · Idempotency-Key · expand · lists with limit and starting_after
It lacks  subscriptions, invoices, taxes, coupons, Connect, disputes, payouts, Terminal, Radar, SetupIntents, payment
          methods other than cards, Stripe.js and Elements in the browser (they load from js.stripe.com), API versions:
          it answers one shape, near the newest

Point a library at it: host 127.0.0.1, this port, protocol http (Node), or the base address $STRIPE_API_BASE (Python, PHP,
Ruby: api_base). /v1 is answered with and without /stripe before it. Any key that begins with sk_test_ is right; a live key is refused.
Webhooks: POST /stripe/v1/webhook_endpoints url=http://127.0.0.1:…/your/webhook enabled_events[]=*
          Endpoints elsewhere are not called; what they would have got is in the inbox.
`;

/** The hosted payment page. */
export function paymentPage(session: StripeObject, problem?: string): string {
  const items = session['greenroom_items'] as StripeObject[];
  const currency = String(session['currency']).toUpperCase();
  const rows = items
    .map(
      item =>
        `<tr><td>${escapeHtml(String(item['description'] ?? ''))}</td><td>${item['quantity']} ×</td><td>${money(item['amount_total'], currency)}</td></tr>`,
    )
    .join('');
  const cancel = session['cancel_url'];
  // Asked for where the application did not say who pays, as Stripe's page does.
  const known = session['customer'] !== null || session['customer_email'] !== null;
  const asked = known
    ? ''
    : '<p><label>E-mail <input type="email" name="email" value="customer@example.com" required></label></p>\n<p><label>Name <input name="name" value="Test Customer"></label></p>\n';
  return html(
    `Pay ${money(session['amount_total'], currency)}`,
    `${problem === undefined ? '' : `<p role="alert"><strong>${escapeHtml(problem)}</strong></p>`}
<table>${rows}</table>
<form method="post">
${asked}<label>Test card <select name="card">
<option value="pm_card_visa">4242 4242 4242 4242: succeeds</option>
<option value="pm_card_chargeDeclined">4000 0000 0000 0002: declined</option>
<option value="pm_card_chargeDeclinedInsufficientFunds">4000 0000 0000 9995: insufficient funds</option>
</select></label>
<button>Pay ${money(session['amount_total'], currency)}</button>
</form>${typeof cancel === 'string' && /^https?:/.test(cancel) ? `<p><a href="${escapeHtml(cancel)}">Back without paying</a></p>` : ''}`,
  );
}

export function authenticatePage(): string {
  return html(
    'Confirm this payment',
    '<form method="post"><button name="answer" value="yes">Complete authentication</button> <button name="answer" value="no">Fail authentication</button></form>',
  );
}

export function html(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}td{padding:.25rem .75rem .25rem 0}button,select{font:inherit;padding:.4rem .8rem}</style></head>
<body><h1>${escapeHtml(title)}</h1><p>Greenroom’s sandbox: no money moves.</p>${body}</body></html>
`;
}

function money(amount: unknown, currency: string): string {
  return `${(Number(amount) / 100).toFixed(2)} ${escapeHtml(currency)}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, letter => `&#${letter.charCodeAt(0)};`);
}
