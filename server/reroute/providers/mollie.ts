import { type Provider, secret } from './provider.ts';

const test = /^test_/;

export const mollie: Provider = {
  name: 'mollie',
  title: 'Mollie',
  test,
  settings: [
    secret(
      /(^|_)MOLLIE_(\w+_)?(KEY|API_KEY|LIVE_KEY|LIVE_API_KEY|PARTNER_KEY)$/,
      'test_greenroomplaceholder',
      test,
    ),
    secret(/(^|_)MOLLIE_(\w+_)?(SECRET|CLIENT_SECRET|ACCESS_TOKEN)$/, 'greenroom-placeholder'),
  ],
  keys: [
    // docs.mollie.com: `live_` and `test_` keys of 30 letters and digits, `access_` tokens of organisations.
    { kind: 'Mollie live key', live: /\blive_[0-9A-Za-z]{30,}\b/, placeholder: 'test_greenroomplaceholder' },
    {
      kind: 'Mollie access token',
      live: /\baccess_[0-9A-Za-z]{30,}\b/,
      placeholder: 'test_greenroomplaceholder',
    },
  ],
  urls: [],
};
