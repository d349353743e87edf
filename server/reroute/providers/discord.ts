import { caughtUrl, endpoint, type Provider, secret } from './provider.ts';

export const discord: Provider = {
  name: 'discord',
  title: 'Discord',
  settings: [
    endpoint(/(^|_)DISCORD_(\w+_)?(WEBHOOK|WEBHOOK_URL|URL)$/, 'discord'),
    secret(/(^|_)DISCORD_(\w+_)?(TOKEN|BOT_TOKEN|CLIENT_SECRET)$/, 'greenroom-placeholder'),
  ],
  keys: [
    {
      kind: 'Discord webhook',
      live: /\bdiscord(app)?\.com\/api\/webhooks\/\d+\/[0-9A-Za-z_-]{20,}/,
      placeholder: 'greenroom-placeholder.invalid',
    },
  ],
  urls: [caughtUrl('discord(app)?\\.com', 'discord')],
};
