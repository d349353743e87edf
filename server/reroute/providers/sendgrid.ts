import { caughtUrl, endpoint, type Provider, secret } from './provider.ts';

export const sendgrid: Provider = {
  name: 'sendgrid',
  title: 'SendGrid',
  settings: [
    secret(
      /(^|_)SENDGRID_(\w+_)?(KEY|API_KEY|PASSWORD|SECRET|VERIFICATION_KEY)$/,
      'SG.greenroom-placeholder',
    ),
    endpoint(/(^|_)SENDGRID_(HOST|API_URL|ENDPOINT|BASE_URL)$/, 'sendgrid'),
  ],
  keys: [
    {
      kind: 'SendGrid API key',
      live: /\bSG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64}/,
      placeholder: 'SG.greenroom-placeholder',
    },
  ],
  urls: [caughtUrl('api(\\.eu)?\\.sendgrid\\.com', 'sendgrid')],
};
