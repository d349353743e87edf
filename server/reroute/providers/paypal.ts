import { mode, type Provider, secret } from './provider.ts';

export const paypal: Provider = {
  name: 'paypal',
  title: 'PayPal',
  settings: [
    secret(
      /(^|_)PAYPAL_(\w+_)?(CLIENT_SECRET|SECRET|API_PASSWORD|API_SIGNATURE|PASSWORD|SIGNATURE|CERTIFICATE)$/,
      'greenroom-placeholder',
      /^sandbox/i,
    ),
    secret(
      /(^|_)PAYPAL_(\w+_)?(CLIENT_ID|API_USERNAME|USERNAME|WEBHOOK_ID)$/,
      'greenroom-placeholder',
      /^sandbox|^sb$/i,
    ),
    mode(/(^|_)PAYPAL_(MODE|ENV|ENVIRONMENT)$/, { live: 'sandbox', production: 'sandbox', prod: 'sandbox' }),
    mode(/(^|_)PAYPAL_(SANDBOX|TEST_?MODE|SANDBOX_MODE)$/, { false: 'true', '0': '1', no: 'yes', off: 'on' }),
    mode(/(^|_)PAYPAL_(LIVE|PRODUCTION)$/, { true: 'false', '1': '0', yes: 'no', on: 'off' }),
  ],
  keys: [
    // developer.paypal.com: access tokens name their environment, client ids and secrets do not.
    {
      kind: 'PayPal and Braintree production access token',
      live: /\baccess_token\$production\$[0-9a-z]{16}\$[0-9a-f]{32}\b/,
      placeholder: 'access_token-greenroom-placeholder',
    },
  ],
  urls: [
    {
      pattern: /^https:\/\/(api(-m)?|www|ipnpb|api-3t)\.paypal\.com/i,
      what: 'sandbox',
      sandbox: (_facts, current) =>
        current.replace(/^https:\/\/(api-m|api-3t|api|www|ipnpb)\./i, 'https://$1.sandbox.'),
    },
  ],
};
