import { adyen } from './adyen.ts';
import { braintree } from './braintree.ts';
import { discord } from './discord.ts';
import { mailchimp } from './mailchimp.ts';
import { mailgun } from './mailgun.ts';
import { mollie } from './mollie.ts';
import { paypal } from './paypal.ts';
import { postmark } from './postmark.ts';
import type { Provider } from './provider.ts';
import { sendgrid } from './sendgrid.ts';
import { ses } from './ses.ts';
import { slack } from './slack.ts';
import { smtp } from './smtp.ts';
import { square } from './square.ts';
import { stripe } from './stripe.ts';
import { teams } from './teams.ts';
import { twilio } from './twilio.ts';
import { vonage } from './vonage.ts';
import { webhook } from './webhook.ts';

/** Asked in this order: the generic ones last. */
export const providers: readonly Provider[] = [
  stripe,
  paypal,
  braintree,
  adyen,
  mollie,
  square,
  sendgrid,
  mailgun,
  postmark,
  ses,
  mailchimp,
  twilio,
  vonage,
  slack,
  discord,
  teams,
  smtp,
  webhook,
];
