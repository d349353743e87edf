import { caughtUrl, endpoint, type Provider, secret } from './provider.ts';

export const slack: Provider = {
  name: 'slack',
  title: 'Slack',
  settings: [
    endpoint(/(^|_)SLACK_(\w+_)?(WEBHOOK|WEBHOOK_URL|HOOK_URL|URL)$/, 'slack'),
    secret(
      /(^|_)SLACK_(\w+_)?(TOKEN|BOT_TOKEN|APP_TOKEN|SIGNING_SECRET|CLIENT_SECRET|BOT_USER_OAUTH_TOKEN)$/,
      'greenroom-placeholder',
    ),
  ],
  keys: [
    { kind: 'Slack token', live: /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/, placeholder: 'greenroom-placeholder' },
    {
      kind: 'Slack webhook',
      live: /\bhooks\.slack\.com\/(services|workflows|triggers)\/[0-9A-Za-z/_-]{10,}/,
      placeholder: 'greenroom-placeholder.invalid',
    },
  ],
  urls: [caughtUrl('hooks\\.slack\\.com', 'slack'), caughtUrl('slack\\.com/api', 'slack')],
};
