import { caughtUrl, type Provider, secret } from './provider.ts';

export const vonage: Provider = {
  name: 'vonage',
  title: 'Vonage',
  settings: [
    secret(
      /(^|_)(VONAGE|NEXMO)_(\w+_)?(KEY|API_KEY|SECRET|API_SECRET|SIGNATURE_SECRET|PRIVATE_KEY)$/,
      'greenroom-placeholder',
    ),
  ],
  keys: [],
  urls: [caughtUrl('(rest|api)\\.(nexmo|vonage)\\.com', 'vonage')],
};
