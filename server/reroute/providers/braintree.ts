import { mode, type Provider, secret } from './provider.ts';

export const braintree: Provider = {
  name: 'braintree',
  title: 'Braintree',
  settings: [
    secret(
      /(^|_)BRAINTREE_(\w+_)?(PRIVATE_KEY|PUBLIC_KEY|MERCHANT_ID|ACCESS_TOKEN|TOKENIZATION_KEY|CSE_KEY)$/,
      'greenroom-placeholder',
      /^sandbox_/,
    ),
    mode(/(^|_)BRAINTREE_(ENV|ENVIRONMENT|MODE)$/, {
      live: 'sandbox',
      production: 'sandbox',
      prod: 'sandbox',
    }),
  ],
  keys: [
    {
      kind: 'Braintree production tokenization key',
      live: /\bproduction_[0-9a-z]{8}_[0-9a-z]{16}\b/,
      placeholder: 'sandbox_greenroomplaceholder',
    },
  ],
  urls: [],
};
