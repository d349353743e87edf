import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { providers } from '../../../server/reroute/providers/all.ts';
import { scanSecrets, scanShapes } from '../../../server/reroute/secretScan.ts';
import { facts, forked } from './site.ts';

const hex = (length: number) => '0123456789abcdef'.repeat(8).slice(0, length);
const letters = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT'.repeat(8).slice(0, length);
const http = facts.http.url;

/** By provider: settings as production has them, and what the fork makes of them; equal lines stay. */
const samples: Record<string, [string, string][]> = {
  stripe: [
    [`STRIPE_SECRET_KEY=sk_${'live'}_${letters(24)}`, 'STRIPE_SECRET_KEY=sk_test_greenroomplaceholder'],
    [`STRIPE_KEY=pk_${'live'}_${letters(24)}`, 'STRIPE_KEY=pk_test_greenroomplaceholder'],
    [`STRIPE_WEBHOOK_SECRET=wh${'sec'}_${letters(32)}`, 'STRIPE_WEBHOOK_SECRET=whsec_greenroom'],
    [`PAYMENT_THING=rk_${'live'}_${letters(24)}`, 'PAYMENT_THING=rk_test_greenroomplaceholder'],
    [`STRIPE_PUBLIC_KEY=sk_${'live'}_${letters(24)}`, 'STRIPE_PUBLIC_KEY=sk_test_greenroomplaceholder'],
    ['STRIPE_MODE=live', 'STRIPE_MODE=test'],
    ['STRIPE_SECRET_KEY=sk_test_abcdef', 'STRIPE_SECRET_KEY=sk_test_abcdef'],
    ['STRIPE_API_BASE=https://api.stripe.com', `STRIPE_API_BASE=${http}/stripe`],
  ],
  paypal: [
    ['PAYPAL_MODE=live', 'PAYPAL_MODE=sandbox'],
    ['PAYPAL_LIVE_CLIENT_SECRET=EGnHDxD_qRPdaLdZz8iCr8N7', 'PAYPAL_LIVE_CLIENT_SECRET=greenroom-placeholder'],
    ['PAYPAL_API=https://api-m.paypal.com/v2', 'PAYPAL_API=https://api-m.sandbox.paypal.com/v2'],
  ],
  braintree: [
    ['BRAINTREE_ENV=production', 'BRAINTREE_ENV=sandbox'],
    ['BRAINTREE_PRIVATE_KEY=4912abcd', 'BRAINTREE_PRIVATE_KEY=greenroom-placeholder'],
    ['BRAINTREE_TOKENIZATION_KEY=sandbox_abc_def', 'BRAINTREE_TOKENIZATION_KEY=sandbox_abc_def'],
  ],
  adyen: [
    ['ADYEN_API_KEY=AQEyhmfxK_abc', 'ADYEN_API_KEY=greenroom-placeholder'],
    [`ADYEN_CLIENT_KEY=live_${letters(32).toUpperCase()}`, 'ADYEN_CLIENT_KEY=test_GREENROOMPLACEHOLDER'],
    ['ADYEN_ENVIRONMENT=LIVE', 'ADYEN_ENVIRONMENT=TEST'],
  ],
  mollie: [
    [`MOLLIE_KEY=live_${letters(30)}`, 'MOLLIE_KEY=test_greenroomplaceholder'],
    [`MOLLIE_KEY=test_${letters(30)}`, `MOLLIE_KEY=test_${letters(30)}`],
  ],
  square: [
    ['SQUARE_ENVIRONMENT=production', 'SQUARE_ENVIRONMENT=sandbox'],
    [`SQUARE_ACCESS_TOKEN=EAAA${letters(60)}`, 'SQUARE_ACCESS_TOKEN=greenroom-placeholder'],
    [
      `SQUARE_APPLICATION_ID=sq0${'idp'}-${letters(22)}`,
      'SQUARE_APPLICATION_ID=sandbox-greenroom-placeholder',
    ],
  ],
  sendgrid: [[`MY_THING=SG.${letters(22)}.${letters(43)}`, 'MY_THING=SG.greenroom-placeholder']],
  mailgun: [
    [`MAILGUN_SECRET=key-${hex(32)}`, 'MAILGUN_SECRET=key-greenroom-placeholder'],
    ['MAILGUN_ENDPOINT=api.eu.mailgun.net', `MAILGUN_ENDPOINT=${http.replace('http://', '')}`],
    ['MAILGUN_URL=https://api.mailgun.net/v3', `MAILGUN_URL=${http}/mailgun`],
  ],
  postmark: [['POSTMARK_TOKEN=2a7c9f1e-1111-2222-3333-444455556666', 'POSTMARK_TOKEN=POSTMARK_API_TEST']],
  ses: [
    [`SOMETHING=AK${'IA'}IOSFODNN7EXAMPLQ`, 'SOMETHING=greenroom-placeholder'],
    ['AWS_DEFAULT_REGION=eu-central-1', 'AWS_DEFAULT_REGION=eu-central-1'],
  ],
  mailchimp: [[`NEWSLETTER=${hex(32)}-us14`, 'NEWSLETTER=greenroom-placeholder']],
  twilio: [
    [`TWILIO_SID=AC${hex(32)}`, 'TWILIO_SID=AC00000000000000000000000000000000'],
    ['TWILIO_FROM=+4915123456789', 'TWILIO_FROM=+15005550006'],
    [`TWILIO_AUTH_TOKEN=${hex(32)}`, 'TWILIO_AUTH_TOKEN=greenroom-placeholder'],
  ],
  vonage: [['NEXMO_API_SECRET=abcd1234', 'NEXMO_API_SECRET=greenroom-placeholder']],
  slack: [
    [
      `LOG_SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/${letters(24)}`,
      `LOG_SLACK_WEBHOOK_URL=${http}/slack`,
    ],
    [`ALERTS=https://hooks.slack.com/services/T0/B0/${letters(24)}`, `ALERTS=${http}/slack/services`],
    [`X=xo${'xb'}-${letters(30)}`, 'X=greenroom-placeholder'],
  ],
  discord: [[`ALERTS=https://discord.com/api/webhooks/1234/${letters(60)}`, `ALERTS=${http}/discord/api`]],
  teams: [
    [`ALERTS=https://acme.webhook.office.com/webhookb2/${letters(36)}`, `ALERTS=${http}/teams/webhookb2`],
  ],
  smtp: [
    ['MAIL_HOST=smtp.example.com', 'MAIL_HOST=127.0.0.1'],
    ['MAIL_PORT=587', 'MAIL_PORT=22525'],
    ['SMTP_SECURE=true', 'SMTP_SECURE=false'],
    ['MAIL_MAILER=log', 'MAIL_MAILER=log'],
    ['MAIL_FROM_ADDRESS=shop@example.com', 'MAIL_FROM_ADDRESS=shop@example.com'],
    ['NEWSLETTER_VIA=smtps://user:Pa55word-x@smtp.example.com:465', 'NEWSLETTER_VIA=smtp://127.0.0.1:22525'],
  ],
  webhook: [
    ['ORDER_WEBHOOK_URL=https://erp.example.com/orders', `ORDER_WEBHOOK_URL=${http}/webhook`],
    ['ZAP=https://hooks.zapier.com/hooks/catch/1/abc', `ZAP=${http}/webhook`],
  ],
};

describe('providers', () => {
  it('each has a file of its own, is asked, and is tried here', () => {
    const files = readdirSync(path.resolve(import.meta.dirname, '../../../server/reroute/providers'))
      .map(file => file.replace('.ts', ''))
      .filter(name => name !== 'provider' && name !== 'all');
    assert.deepEqual(providers.map(provider => provider.name).sort(), files.sort());
    assert.deepEqual(Object.keys(samples).sort(), files.sort());
  });

  for (const [name, lines] of Object.entries(samples))
    it(`${name}: live goes, test stays`, async () => {
      const text = lines.map(([before]) => `${before}\n`).join('');
      const fork = await forked('.env', text);
      assert.deepEqual(
        fork.split('\n').slice(0, lines.length),
        lines.map(([, after]) => after),
      );
    });

  it('a placeholder is never taken for a live credential', async () => {
    for (const { keys } of providers)
      for (const { placeholder, kind } of keys) {
        assert.deepEqual(scanShapes(`X="${placeholder}"`), [], kind);
        assert.deepEqual(await scanSecrets(`X=${placeholder}\n`, '.env'), [], kind);
      }
  });

  it('ordinary settings are no secrets', async () => {
    const text = `NAME=Alive_and_kicking
COMMIT=${hex(40)}
UUID=2a7c9f1e-1111-2222-3333-444455556666
PATH_TO=/var/www/live_site/keys
TITLE="Skirts & accessories"
HASH=$2y$10$abcdefghijklmnopqrstuv
ASSET=https://cdn.example.com/x.js
TOKEN_TTL=3600
PASSWORD_MIN_LENGTH=12
SESSION_COOKIE=shop_session
`;
    assert.equal(await forked('.env', text), `${text}GREENROOM_ENVIRONMENT=env-1\n`);
  });
});
