import { createHash } from 'node:crypto';
import type { EnvironmentFacts } from '../facts.ts';
import { withOtherPassword } from './connectionString.ts';
import type { Decision, NamedSetting, Rule } from './rule.ts';

/** Stands where a secret of production's stood and nothing of the environment takes its place. */
export const placeholder = 'greenroom-placeholder';

/** Names that hold secrets: the last words of a setting's name. */
const secretName =
  /(^|_)(SECRET|SECRETS|SECRET_KEY|SECRET_KEY_BASE|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|TOKEN|API_?KEY|APIKEY|ACCESS_KEY|ACCESS_KEY_ID|PRIVATE_KEY|LICENSE_KEY|LICENCE_KEY|ENCRYPTION_KEY|SIGNING_KEY|SECURITY_KEY|CIPHER_KEY|DES_KEY|AES_KEY|APP_KEYS?|APP_SECRET|CLIENT_SECRET|AUTH_KEY|AUTH_TOKEN|SECURE_AUTH_KEY|LOGGED_IN_KEY|NONCE_KEY|COOKIE_KEY|SALT|HASH_SALT|CREDENTIALS?|SERVICE_ACCOUNT|MASTER_KEY|WEBHOOK_SECRET|SIGNING_SECRET|CRYPT_KEY|VALIDATION_KEY|SECRET_ACCESS_KEY|ACCOUNT_KEY|CONNECTION_STRING)(_\d+)?$/;
/** The same words in names of settings that hold none. */
const noSecretName =
  /(^|_)(PUBLIC|PUBLISHABLE|SITE|PK)_?(KEY|API_KEY|TOKEN)$|(^|_)(TABLE|COLUMN|FIELD|HEADER|COOKIE|RESET|CONFIRM|HASHERS?|MIN|MAX|REQUIRED?)_(PASS|PASSWORD|TOKEN|SECRET|SALT)$/;
/**
 * Secrets that an application uses for itself: sessions, cookies, signatures. It needs one of the same shape to start,
 * and production's must not open production's sessions from here.
 */
const internalName =
  /(^|_)(APP_KEYS?|APP_SECRET|SECRET_KEY|SECRET_KEY_BASE|KERNEL_SECRET|FRAMEWORK_SECRET|JWT_SECRET|JWT_SECRET_KEY|SESSION_SECRET|COOKIE_SECRET|COOKIE_KEY|AUTH_SECRET|NEXTAUTH_SECRET|(SECURE_)?AUTH_(KEY|SALT)|LOGGED_IN_(KEY|SALT)|NONCE_(KEY|SALT)|HASH_SALT|SALT|CRYPT_KEY|ENCRYPTION_KEY|VALIDATION_KEY|SIGNING_KEY|MASTER_KEY|SECURITY_KEY|CIPHER_KEY|DES_KEY|AES_KEY|OTP_SECRET)$/;

/** Secrets by their names: the application's own get a new value of the same shape, the others a placeholder. */
export const secretsRule: Rule = (file, { facts }) => {
  const decisions = new Map<NamedSetting, Decision>();
  for (const setting of file.named) {
    const login = withoutPassword(setting.value);
    if (login !== undefined) decisions.set(setting, { what: 'placeholder', value: login });
    if (!isSecretName(setting) || !couldBeSecret(setting)) continue;
    decisions.set(setting, { what: 'placeholder', value: substitute(setting, facts), secret: true });
  }
  return decisions;
};

/** Another service's address with a password in it: `redis://:password@host`. */
function withoutPassword(value: string | undefined): string | undefined {
  const string = value === undefined ? undefined : withOtherPassword(value, placeholder);
  if (string !== undefined && string !== value) return string;
  const match = /^([a-z][\w+.-]*:\/\/[^\s/:@?#]*:)([^\s/@]+)(@.*)$/i.exec(value ?? '');
  if (!match?.[2] || isHarmless(match[2]) || /^[${<%]/.test(match[2])) return undefined;
  return `${match[1]}${placeholder}${match[3]}`;
}

export function isSecretName(setting: NamedSetting): boolean {
  const names = [setting.name, setting.full];
  return names.some(name => secretName.test(name)) && !names.some(name => noSecretName.test(name));
}

/** Empty, a switch, a number of seconds, a reference to a variable: no secret. */
function couldBeSecret({ value, type, reads }: NamedSetting): boolean {
  if (value === undefined) return reads === undefined;
  return (
    value !== '' && type !== 'boolean' && type !== 'null' && !/^\d{1,6}$/.test(value) && !isHarmless(value)
  );
}

/** What is meant to be replaced by hand, or was put there by us. */
export function isHarmless(value: string): boolean {
  return (
    value.includes(placeholder) ||
    /^(null|none|changeme|change-me|todo|example|secret|password|x+|\*+|your[-_ ].*|put your .*|<.*>)$/i.test(
      value,
    )
  );
}

function substitute(setting: NamedSetting, facts: EnvironmentFacts): string {
  const internal = internalName.test(setting.name) || internalName.test(setting.full);
  return internal && setting.value !== undefined ? ownSecret(setting, setting.value, facts) : placeholder;
}

/**
 * A secret of this environment's own: the same at every fork, unguessable without the clone's random password, and of
 * the shape that the old one had (hexadecimal, `base64:…`, any).
 */
function ownSecret({ full }: NamedSetting, old: string, facts: EnvironmentFacts): string {
  const bytes = (size: number) =>
    createHash('shake256', { outputLength: size })
      .update(`${facts.id}\0${facts.database.password ?? ''}\0${full}`)
      .digest();
  if (/^def00000[0-9a-f]{128}$/.test(old)) return defuseKey(bytes(32));
  if (/^base64:/.test(old))
    return `base64:${bytes(Buffer.from(old.slice(7), 'base64').length || 32).toString('base64')}`;
  if (/^[0-9a-f]+$/i.test(old))
    return bytes(Math.ceil(old.length / 2))
      .toString('hex')
      .slice(0, old.length);
  return bytes(Math.max(old.length, 16)).toString('base64url').slice(0, Math.max(old.length, 16));
}

/** A key as defuse/php-encryption saves it (PrestaShop): header, key, and a checksum that is looked at. */
function defuseKey(key: Buffer): string {
  const body = Buffer.concat([Buffer.from('def00000', 'hex'), key]);
  return Buffer.concat([body, createHash('sha256').update(body).digest()]).toString('hex');
}
