import { endpoint, type Provider, secret } from './provider.ts';

/** Any other address that an application calls when something happens. */
export const webhook: Provider = {
  name: 'webhook',
  title: 'Webhooks',
  settings: [
    endpoint(
      /(^|_)(WEBHOOK|WEB_HOOK|CALLBACK|HOOK|NOTIFY)_(URL|URI|ENDPOINT|TARGET)$|(^|_)(WEBHOOK_URLS?|ZAPIER_URL|IFTTT_URL|MAKE_URL|N8N_URL)$/,
      'webhook',
    ),
    secret(/(^|_)WEBHOOK_(SECRET|TOKEN|SIGNING_SECRET|KEY)$/, 'greenroom-placeholder'),
  ],
  keys: [],
  urls: [
    {
      pattern:
        /^https:\/\/(hooks\.zapier\.com|maker\.ifttt\.com|hook\.[\w.]*make\.com|hook\.integromat\.com)\//i,
      what: 'sandbox',
      secret: true,
      sandbox: facts => `${facts.http.url}/webhook`,
    },
  ],
};
