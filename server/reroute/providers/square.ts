import { caughtUrl, mode, type Provider, secret } from './provider.ts';

const test = /^(EAAAEO|sandbox-)/;

export const square: Provider = {
  name: 'square',
  title: 'Square',
  test,
  settings: [
    secret(
      /(^|_)SQUARE_(\w+_)?(ACCESS_TOKEN|TOKEN|APPLICATION_SECRET|APP_SECRET|SIGNATURE_KEY|WEBHOOK_SIGNATURE_KEY)$/,
      'greenroom-placeholder',
      test,
    ),
    secret(/(^|_)SQUARE_(\w+_)?(APPLICATION_ID|APP_ID)$/, 'sandbox-greenroom-placeholder', test),
    mode(/(^|_)SQUARE_(ENV|ENVIRONMENT|MODE)$/, { live: 'sandbox', production: 'sandbox', prod: 'sandbox' }),
  ],
  keys: [
    {
      kind: 'Square production access token',
      live: /\bEAAA(?!EO)[0-9A-Za-z_-]{58,62}(?![0-9A-Za-z_-])/,
      placeholder: 'greenroom-placeholder',
    },
    {
      kind: 'Square application secret',
      live: /\bsq0csp-[0-9A-Za-z_-]{22,43}/,
      placeholder: 'greenroom-placeholder',
    },
    {
      kind: 'Square production application id',
      live: /\bsq0idp-[0-9A-Za-z_-]{22}\b/,
      placeholder: 'sandbox-greenroom-placeholder',
    },
  ],
  urls: [caughtUrl('connect\\.squareup\\.com', 'square')],
};
