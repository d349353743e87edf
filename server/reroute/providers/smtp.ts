import type { EnvironmentFacts } from '../facts.ts';
import type { Provider, ProviderSetting } from './provider.ts';

/** `MAIL_HOST`, `SMTP_SERVER`, `mailer.transport.host`, `EMAIL_HOST`, `WPMS_SMTP_HOST`, Joomla's `smtphost`. */
function named(words: string): RegExp {
  return new RegExp(
    `(^|_)(MAIL|MAILS|MAILER|MAILERS|SMTP|EMAIL|EMAILS|SWIFTMAILER|WPMS|SMTP_SETTINGS|TRANSPORT)_?(?:[A-Z0-9]+_){0,2}(${words})$`,
  );
}

const old = (value: string | undefined) => value !== undefined && /^(|null|none)$/i.test(value);

function mail(
  words: string,
  sandbox: ProviderSetting['sandbox'],
  options: Pick<ProviderSetting, 'secret' | 'beside'> = {},
): ProviderSetting {
  return { name: named(words), what: 'mail', ...options, sandbox };
}

/** Every switch of encryption goes off: the inbox answers on loopback without it. */
function off(current: string | undefined): string | undefined {
  if (current === undefined) return undefined;
  if (/^\d+$/.test(current)) return '0';
  if (/^(yes|no)$/i.test(current)) return 'no';
  if (/^(on|off)$/i.test(current)) return 'off';
  if (/^(true|false)$/i.test(current)) return /^[A-Z][a-z]/.test(current) ? 'False' : 'false';
  return old(current) ? undefined : '';
}

function port({ smtp }: EnvironmentFacts): { word: string; value: string } {
  return { word: 'port', value: String(smtp.port) };
}

/** What sends mail goes by SMTP; what only logs it or keeps it in memory stays. */
function transport(current: string | undefined): string | undefined {
  const sends =
    /^(mail|php|sendmail|smtps?|ses(-v2)?|mailgun|postmark|sendgrid|resend|mandrill|mailjet|sparkpost|brevo|failover|roundrobin|qmail)$/i;
  if (current === undefined || !sends.test(current)) return undefined;
  return /^smtp$/i.test(current) ? current : 'smtp';
}

export const smtp: Provider = {
  name: 'smtp',
  title: 'SMTP',
  settings: [
    mail(
      'HOST|HOSTNAME|SERVER|HOST_NAME|ADDRESS_HOST|RELAY|RELAYHOST',
      ({ smtp }, current) =>
        current !== undefined && /:\d+$/.test(current) ? `${smtp.host}:${smtp.port}` : smtp.host,
      { beside: port },
    ),
    // Rails' `smtp_settings: address:`; an `address` of `mail` is somebody's.
    { name: /(^|_)SMTP(_SETTINGS)?_ADDRESS$/, what: 'mail', sandbox: ({ smtp }) => smtp.host, beside: port },
    // A well-known service's name would go before host and port (Nodemailer, Ghost).
    mail('SERVICE', (_facts, current) => (old(current) ? undefined : '')),
    // Moodle: hosts with their ports.
    { name: /(^|_)SMTP_?HOSTS$/, what: 'mail', sandbox: ({ smtp }) => `${smtp.host}:${smtp.port}` },
    mail('PORT', ({ smtp }) => String(smtp.port)),
    // The inbox takes any name and password: some clients refuse to start without.
    mail('USER|USERNAME|USER_NAME|LOGIN|HOST_USER|AUTH_USER', (_facts, current) =>
      old(current) ? undefined : 'greenroom',
    ),
    mail(
      'PASS|PASSWORD|PASSWD|PWD|HOST_PASSWORD|AUTH_PASS',
      (_facts, current) => (old(current) ? undefined : 'greenroom'),
      {
        secret: true,
      },
    ),
    mail(
      'ENCRYPTION|ENCRYPT|SECURE|SSL|TLS|USE_TLS|USE_SSL|STARTTLS|STARTTLS_AUTO|ENABLE_STARTTLS_AUTO|REQUIRE_TLS|SECURITY',
      (_facts, current) => off(current),
    ),
    mail('SCHEME', (_facts, current) => (old(current) ? undefined : 'smtp')),
    { name: /^MAILER$/, what: 'mail', sandbox: (_facts, current) => transport(current) },
    mail('MAILER|DRIVER|TRANSPORT|DEFAULT|PROTOCOL|METHOD', (_facts, current) => transport(current)),
    {
      name: /(^|_)(MAILER|MAIL|SMTP|EMAIL)_(DSN|URL|URI)$/,
      what: 'mail',
      secret: true,
      sandbox: ({ smtp }, current) =>
        current === undefined || (current !== '' && !/^(null|log|memory):/i.test(current))
          ? `smtp://${smtp.host}:${smtp.port}`
          : undefined,
    },
  ],
  keys: [],
  urls: [
    {
      // An SMTP address with or without a login, or a Symfony transport of a provider, in a setting of any name.
      pattern:
        /^(smtps?|sendmail|native|(ses|mailgun|sendgrid|postmark|mandrill|mailjet|brevo|resend|sendinblue|gmail)(\+\w+)?):\/\/\S+$/i,
      what: 'mail',
      secret: true,
      sandbox: ({ smtp }) => `smtp://${smtp.host}:${smtp.port}`,
    },
  ],
};
