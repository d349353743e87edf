import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import type { KeyStream } from './keyStream.ts';

const itoa64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

interface Scheme {
  pattern: RegExp;
  hash(match: RegExpExecArray, login: string, salt: (letters: number) => string): string;
}

/**
 * The hash of `login` in the scheme of `original`, or undefined where the scheme is not known. Slow schemes are computed once per
 * scheme and cost, and kept in `known`.
 */
export function hashLike(
  original: string,
  login: string,
  stream: KeyStream,
  known: Map<string, Buffer>,
): Buffer | undefined {
  for (const { pattern, hash } of schemes) {
    const match = pattern.exec(original);
    if (match === null) continue;
    const id = `${pattern.source} ${match.slice(1).join(' ')}`;
    let computed = known.get(id);
    if (computed === undefined) {
      const salt = (letters: number) =>
        Array.from({ length: letters }, () => itoa64[2 + stream.below(62)]).join('');
      computed = Buffer.from(hash(match, login, salt), 'latin1');
      known.set(id, computed);
    }
    return computed;
  }
  return undefined;
}

/** A low cost: the password is known to everybody anyway. */
const bcrypt = (password: string, tag: string): string => hashSync(password, 6).replace(/^\$2\w\$/, tag);

const schemes: readonly Scheme[] = [
  {
    // WordPress 6.8: bcrypt over a keyed SHA-384, marked `$wp`.
    pattern: /^\$wp\$2y\$\d\d\$/,
    hash: (_, login) =>
      `$wp${bcrypt(createHmac('sha384', 'wp-sha384').update(login.trim()).digest('base64'), '$2y$')}`,
  },
  { pattern: /^(\$2[aby]\$)\d\d\$/, hash: (match, login) => bcrypt(login, match[1] as string) },
  { pattern: /^\$argon2(?:id|i|d)\$/, hash: (_, login) => bcrypt(login, '$2y$') },
  {
    // phpass: `$P$`, then the logarithm of the rounds, eight letters of salt, 16 bytes of MD5.
    pattern: /^(\$[PH]\$)/,
    hash: (match, login, salt) => phpass(login, `${match[1]}B${salt(8)}`, 'md5', 34),
  },
  { pattern: /^\$S\$/, hash: (_, login, salt) => phpass(login, `$S$5${salt(8)}`, 'sha512', 55) },
  {
    // Django.
    pattern: /^pbkdf2_sha256\$/,
    hash: (_, login, salt) => {
      const salted = salt(12);
      return `pbkdf2_sha256$1000$${salted}$${pbkdf2Sync(login, salted, 1000, 32, 'sha256').toString('base64')}`;
    },
  },
  {
    // MediaWiki.
    pattern: /^:pbkdf2:sha512:/,
    hash: (_, login, salt) => {
      const salted = Buffer.from(salt(16), 'latin1');
      return `:pbkdf2:sha512:1000:64:${salted.toString('base64')}:${pbkdf2Sync(login, salted, 1000, 64, 'sha512').toString('base64')}`;
    },
  },
  {
    // Magento 2: hash, salt, version.
    pattern: /^[0-9a-f]{64}:\w+:(\d)/,
    hash: (_, login, salt) => {
      const salted = salt(32);
      return `${createHash('sha256')
        .update(salted + login)
        .digest('hex')}:${salted}:1`;
    },
  },
  { pattern: /^[0-9a-f]{32}$/, hash: (_, login) => createHash('md5').update(login).digest('hex') },
  { pattern: /^[0-9a-f]{40}$/, hash: (_, login) => createHash('sha1').update(login).digest('hex') },
  { pattern: /^[0-9a-f]{64}$/, hash: (_, login) => createHash('sha256').update(login).digest('hex') },
];

/** Openwall's portable hash, with MD5 or, as Drupal 7 has it, SHA-512. */
function phpass(password: string, setting: string, algorithm: 'md5' | 'sha512', length: number): string {
  const rounds = 1 << itoa64.indexOf(setting[3] as string);
  let digest = createHash(algorithm).update(setting.slice(4, 12)).update(password).digest();
  for (let i = 0; i < rounds; i++) digest = createHash(algorithm).update(digest).update(password).digest();
  return (setting + encode64(digest)).slice(0, length);
}

function encode64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] as number) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16);
    const letters = Math.min(4, Math.ceil(((bytes.length - i) * 8) / 6));
    for (let j = 0; j < letters; j++) text += itoa64[(group >>> (6 * j)) & 63];
  }
  return text;
}
