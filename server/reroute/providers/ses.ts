import { endpoint, type Provider, secret } from './provider.ts';

/** Amazon's keys open far more than mail: none of them is left, whatever it was for. */
export const ses: Provider = {
  name: 'ses',
  title: 'Amazon SES and other Amazon services',
  settings: [
    secret(
      /(^|_)(AWS|SES|S3|SQS|SNS)_(\w+_)?(SECRET|SECRET_KEY|SECRET_ACCESS_KEY|SESSION_TOKEN)$/,
      'greenroom-placeholder',
    ),
    secret(
      /(^|_)(AWS|SES|S3|SQS|SNS)_(\w+_)?(KEY|ACCESS_KEY|ACCESS_KEY_ID|KEY_ID)$/,
      'greenroom-placeholder',
    ),
    endpoint(/(^|_)(AWS_ENDPOINT_URL_SES(V2)?|SES_ENDPOINT)$/, 'ses'),
  ],
  keys: [
    {
      kind: 'AWS access key id',
      live: /\b(AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/,
      placeholder: 'greenroom-placeholder',
    },
  ],
  urls: [],
};
