import { caughtUrl, type Provider, secret } from './provider.ts';

export const mailchimp: Provider = {
  name: 'mailchimp',
  title: 'Mailchimp and Mandrill',
  settings: [
    secret(/(^|_)(MAILCHIMP|MANDRILL)_(\w+_)?(KEY|API_?KEY|SECRET|WEBHOOK_KEY)$/, 'greenroom-placeholder'),
  ],
  keys: [
    { kind: 'Mailchimp API key', live: /\b[0-9a-f]{32}-us\d{1,2}\b/, placeholder: 'greenroom-placeholder' },
  ],
  urls: [
    caughtUrl('([a-z0-9-]+\\.)?api\\.mailchimp\\.com', 'mailchimp'),
    caughtUrl('mandrillapp\\.com', 'mailchimp'),
  ],
};
