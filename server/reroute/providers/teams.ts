import { caughtUrl, endpoint, type Provider } from './provider.ts';

export const teams: Provider = {
  name: 'teams',
  title: 'Microsoft Teams',
  settings: [endpoint(/(^|_)(MS_?)?TEAMS_(\w+_)?(WEBHOOK|WEBHOOK_URL|URL)$/, 'teams')],
  keys: [
    {
      kind: 'Teams webhook',
      live: /\b[\w-]+\.webhook\.office\.com\/webhookb2\/[0-9A-Za-z@/-]{20,}/,
      placeholder: 'greenroom-placeholder.invalid',
    },
  ],
  urls: [
    caughtUrl('([\\w-]+\\.webhook|outlook)\\.office\\.com', 'teams'),
    caughtUrl('[\\w.-]+\\.(logic\\.azure|powerplatform)\\.com', 'teams'),
  ],
};
