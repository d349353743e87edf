import { caughtUrl, endpoint, type Provider, secret } from './provider.ts';

export const mailgun: Provider = {
  name: 'mailgun',
  title: 'Mailgun',
  settings: [
    secret(
      /(^|_)MAILGUN_(\w+_)?(SECRET|KEY|API_KEY|PRIVATE_KEY|SIGNING_KEY|WEBHOOK_SIGNING_KEY|PASSWORD|PRIVATE_API_KEY)$/,
      'greenroom-placeholder',
    ),
    {
      // Laravel writes the host alone and adds the scheme by a setting of its own.
      name: /(^|_)MAILGUN_(ENDPOINT|HOST|API_URL|BASE_URL|URL)$/,
      what: 'sandbox',
      sandbox: (facts, current) =>
        current === undefined || current === '' || /^https?:/i.test(current)
          ? current === ''
            ? undefined
            : `${facts.http.url}/mailgun`
          : facts.http.url.replace(/^https?:\/\//, ''),
    },
    { name: /(^|_)MAILGUN_SCHEME$/, what: 'sandbox', sandbox: () => 'http' },
    endpoint(/(^|_)MAILGUN_WEBHOOK_URL$/, 'mailgun'),
  ],
  keys: [
    {
      kind: 'Mailgun private API key',
      live: /\bkey-[0-9a-f]{32}\b/,
      placeholder: 'key-greenroom-placeholder',
    },
    {
      kind: 'Mailgun API key',
      live: /\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b/,
      placeholder: 'greenroom-placeholder',
    },
  ],
  urls: [caughtUrl('api(\\.eu)?\\.mailgun\\.net', 'mailgun')],
};
