import { endpoint, mode, type Provider, secret } from './provider.ts';

export const adyen: Provider = {
  name: 'adyen',
  title: 'Adyen',
  settings: [
    secret(
      /(^|_)ADYEN_(\w+_)?(API_KEY|X_API_KEY|HMAC_KEY|PASSWORD|WS_PASSWORD|NOTIFICATION_PASSWORD)$/,
      'greenroom-placeholder',
    ),
    secret(/(^|_)ADYEN_(\w+_)?CLIENT_KEY$/, 'test_GREENROOMPLACEHOLDER', /^test_/),
    mode(/(^|_)ADYEN_(ENV|ENVIRONMENT|MODE)$/, { live: 'test', production: 'test' }),
    endpoint(/(^|_)ADYEN_(\w+_)?(ENDPOINT|API_URL|URL_PREFIX|LIVE_URL)$/, 'adyen'),
  ],
  keys: [
    {
      kind: 'Adyen live client key',
      live: /\blive_[A-Z0-9]{32}\b/,
      placeholder: 'test_GREENROOMPLACEHOLDER',
    },
  ],
  urls: [],
};
