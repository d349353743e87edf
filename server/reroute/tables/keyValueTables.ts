import type { EnvironmentFacts } from '../facts.ts';

/** A table that holds an application's settings as names and values. */
export interface KeyValueTable {
  application: string;
  /** Its name without the installation's prefix. */
  suffix: RegExp;
  /** Tables with the same prefix that make sure it is this application. */
  beside: readonly string[];
  /** Columns that together name a setting, and the one that holds its value. */
  key: readonly string[];
  value: string;
  /** What names a row in an UPDATE. */
  id: readonly string[];
  /** Rows worth looking at: `LIKE` patterns on the last key column. Rows that hold a live credential are looked at anyway. */
  names: readonly string[];
  /** Settings that only this application knows; `undefined` leaves it to the general rules. */
  own(
    name: string,
    value: string,
    facts: EnvironmentFacts,
  ): { what: 'tag' | 'sandbox' | 'mail'; value: string } | undefined;
}

export const keyValueTables: readonly KeyValueTable[] = [
  {
    application: 'WordPress',
    suffix: /options$/,
    beside: ['posts'],
    key: ['option_name'],
    value: 'option_value',
    id: ['option_name'],
    names: [
      'siteurl',
      'home',
      'blog\\_public',
      'mailserver\\_%',
      'woocommerce\\_%',
      'wc\\_%',
      '%smtp%',
      '%mail%',
      '%stripe%',
      '%paypal%',
      '%mollie%',
      '%braintree%',
      '%adyen%',
      '%square%',
      '%webhook%',
      '%slack%',
      '%twilio%',
      '%api\\_key%',
      '%apikey%',
      '%secret%',
      '%token%',
    ],
    own(name, value, facts) {
      if (name === 'siteurl' || name === 'home') return site(value, facts);
      // A copy that search engines find competes with the original.
      return name === 'blog_public' ? { what: 'tag', value: '0' } : undefined;
    },
  },
  {
    application: 'Magento',
    suffix: /core_config_data$/,
    beside: [],
    key: ['path'],
    value: 'value',
    id: ['config_id'],
    names: [
      'web/%',
      'system/smtp/%',
      'smtp/%',
      'payment/%',
      'trans\\_email/%',
      'sales\\_email/%',
      '%webhook%',
      '%key%',
      '%secret%',
      '%token%',
      '%password%',
      '%sandbox%',
    ],
    own(name, value, facts) {
      if (/^web\/(un)?secure\/base_(link_|static_|media_)?url$/.test(name)) {
        const to = site(value, facts);
        return to && { ...to, value: value.includes('{{') ? value : `${to.value.replace(/\/$/, '')}/` };
      }
      if (name === 'web/cookie/cookie_domain') return { what: 'tag', value: '' };
      if (/^web\/secure\/use_in_/.test(name)) return { what: 'tag', value: '0' };
      return undefined;
    },
  },
  {
    application: 'Drupal',
    suffix: /config$/,
    beside: ['key_value', 'sessions'],
    key: ['name'],
    value: 'data',
    id: ['collection', 'name'],
    names: [
      'smtp.settings',
      'mailgun.settings',
      'sendgrid%',
      'symfony\\_mailer%',
      'mailsystem%',
      'commerce\\_payment%',
      '%stripe%',
      '%paypal%',
      '%webhook%',
      '%slack%',
      '%mailchimp%',
      'key.key.%',
    ],
    own: () => undefined,
  },
  {
    application: 'PrestaShop',
    suffix: /configuration$/,
    beside: ['shop_url'],
    key: ['name'],
    value: 'value',
    id: ['id_configuration'],
    names: [
      'PS\\_SHOP\\_DOMAIN%',
      'PS\\_SSL\\_ENABLED%',
      'PS\\_MAIL\\_%',
      '%KEY%',
      '%SECRET%',
      '%TOKEN%',
      '%SANDBOX%',
      '%LIVE%',
      '%WEBHOOK%',
      '%PASSWD%',
    ],
    own(name, value, facts) {
      if (/^PS_SHOP_DOMAIN(_SSL)?$/.test(name) && facts.siteUrl !== undefined)
        return { what: 'tag', value: new URL(facts.siteUrl).host };
      if (/^PS_SSL_ENABLED/.test(name)) return { what: 'tag', value: '0' };
      // 2: SMTP with what stands beside it. 3: no mail at all, which is safe already.
      return name === 'PS_MAIL_METHOD' && value === '1' ? { what: 'mail', value: '2' } : undefined;
    },
  },
  {
    application: 'OpenCart',
    suffix: /setting$/,
    beside: ['store', 'order_total'],
    key: ['key'],
    value: 'value',
    id: ['setting_id'],
    names: [
      'config\\_mail%',
      'config\\_url',
      'config\\_ssl',
      'payment\\_%',
      '%key%',
      '%secret%',
      '%token%',
      '%webhook%',
    ],
    own(name, value, facts) {
      if (name === 'config_url' || name === 'config_ssl') return site(value, facts);
      return name === 'config_mail_engine' && value === 'mail' ? { what: 'mail', value: 'smtp' } : undefined;
    },
  },
];

/** The environment's address with the old one's path. */
function site(value: string, { siteUrl }: EnvironmentFacts): { what: 'tag'; value: string } | undefined {
  if (siteUrl === undefined || value === '') return undefined;
  const path = URL.canParse(value) ? new URL(value).pathname.replace(/\/$/, '') : '';
  return { what: 'tag', value: siteUrl + path };
}
