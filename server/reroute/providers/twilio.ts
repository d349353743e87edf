import { caughtUrl, type Provider, secret } from './provider.ts';

export const twilio: Provider = {
  name: 'twilio',
  title: 'Twilio',
  settings: [
    secret(/(^|_)TWILIO_(\w+_)?(TOKEN|AUTH_TOKEN|API_SECRET|SECRET)$/, 'greenroom-placeholder'),
    secret(
      /(^|_)TWILIO_(\w+_)?(SID|ACCOUNT_SID|API_KEY|API_KEY_SID)$/,
      'AC00000000000000000000000000000000',
      /^AC0{32}$/,
    ),
    {
      // The documented number that test credentials may send from.
      name: /(^|_)TWILIO_(\w+_)?(FROM|NUMBER|PHONE_NUMBER|FROM_NUMBER)$/,
      what: 'sandbox',
      sandbox: (_facts, current) => (current === '' ? undefined : '+15005550006'),
    },
  ],
  keys: [
    { kind: 'Twilio API key', live: /\bSK[0-9a-f]{32}\b/, placeholder: 'greenroom-placeholder' },
    {
      kind: 'Twilio account',
      live: /\bAC(?!0{32})[0-9a-f]{32}\b/,
      placeholder: 'AC00000000000000000000000000000000',
    },
  ],
  urls: [caughtUrl('api\\.twilio\\.com', 'twilio')],
};
