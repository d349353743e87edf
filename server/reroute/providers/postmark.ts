import { caughtUrl, type Provider, secret } from './provider.ts';

/** `POSTMARK_API_TEST` is the documented token that accepts mail and sends none. */
const testToken = 'POSTMARK_API_TEST';

export const postmark: Provider = {
  name: 'postmark',
  title: 'Postmark',
  test: new RegExp(`^${testToken}$`),
  settings: [
    secret(
      /(^|_)POSTMARK_?(\w+_)?(TOKEN|API_KEY|API_TOKEN|SERVER_TOKEN|SECRET|KEY|ACCOUNT_TOKEN)$/,
      testToken,
      new RegExp(`^${testToken}$`),
    ),
  ],
  keys: [],
  urls: [caughtUrl('api\\.postmarkapp\\.com', 'postmark')],
};
