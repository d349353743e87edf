import { caughtUrl, endpoint, mode, type Provider, secret } from './provider.ts';

const test = /^(sk|rk|pk)_test_|^whsec_(test|greenroom)/;

export const stripe: Provider = {
  name: 'stripe',
  title: 'Stripe',
  test,
  settings: [
    // The sandbox signs its webhooks with the secret that the catcher was given.
    secret(
      /(^|_)STRIPE_(\w+_)?(WEBHOOK_SECRET|SIGNING_SECRET|ENDPOINT_SECRET)$|(^|_)STRIPE_WEBHOOK$/,
      'whsec_greenroom',
      /^whsec_greenroom/,
    ),
    secret(
      /(^|_)STRIPE_(\w+_)?(SECRET|SECRET_KEY|API_KEY|API_SECRET|LIVE_SECRET_KEY|SK|RESTRICTED_KEY)$/,
      'sk_test_greenroomplaceholder',
      test,
    ),
    secret(/(^|_)STRIPE_(\w+_)?(KEY|PUBLISHABLE_KEY|PUBLIC_KEY|PK)$/, 'pk_test_greenroomplaceholder', test),
    endpoint(/(^|_)STRIPE_(API_BASE|API_URL|BASE_URL|HOST_URL)$/, 'stripe'),
    mode(/(^|_)STRIPE_(MODE|ENV|ENVIRONMENT)$/, { live: 'test', production: 'test' }),
    mode(/(^|_)STRIPE_(LIVE|LIVE_MODE|LIVEMODE)$/, { true: 'false', '1': '0', yes: 'no' }),
    mode(/(^|_)STRIPE_(TEST|TEST_MODE|TESTMODE)$/, { false: 'true', '0': '1', no: 'yes' }),
  ],
  keys: [
    {
      kind: 'Stripe live secret key',
      live: /\bsk_live_[0-9A-Za-z]{8,}/,
      placeholder: 'sk_test_greenroomplaceholder',
    },
    {
      kind: 'Stripe live restricted key',
      live: /\brk_live_[0-9A-Za-z]{8,}/,
      placeholder: 'rk_test_greenroomplaceholder',
    },
    {
      kind: 'Stripe live publishable key',
      live: /\bpk_live_[0-9A-Za-z]{8,}/,
      placeholder: 'pk_test_greenroomplaceholder',
    },
    {
      kind: 'Stripe webhook secret',
      live: /\bwhsec_(?!greenroom|test)[0-9A-Za-z+/=]{16,}/,
      placeholder: 'whsec_greenroom',
    },
  ],
  urls: [caughtUrl('api\\.stripe\\.com', 'stripe')],
};
