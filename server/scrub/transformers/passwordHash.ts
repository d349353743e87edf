import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { KeyStream } from '../keyStream.ts';
import { hashLike } from '../passwordHashes.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';
import { isText, sameShape } from './token.ts';

const options = z.strictObject({
  /** A password that signs in to every account of the environment; without it nobody can sign in. */
  login: z.string().min(1).optional(),
});

/**
 * Password hash: `$2y$10$N9qo8uLOickgx2ZMRZoMye…` → another of the same scheme and cost. With `{ "use": "passwordHash", "login": "test" }` every account gets the
 * hash of that password; without it the salt and hash are random letters of the same shape, and no password fits. Schemes that can be
 * computed for a login: bcrypt (also WordPress's), phpass, Drupal's SHA-512, Django's PBKDF2, MediaWiki's PBKDF2, Magento's SHA-256, bare MD5, SHA-1 and SHA-256; Argon2 becomes
 * bcrypt, which PHP's `password_verify` takes as well.
 */
export const passwordHash: Transformer = {
  name: 'passwordHash',
  version: 1,
  summary: 'A hash of the same scheme that fits no password, or a known test login.',
  example: {
    before: '$P$BWqHRyBmjAxvEsUIfkWmVlbMoUHrZH0',
    after: '$P$BmQzVdTwkLrXcNyeuPsHgoaJfRbZK13',
  },
  options,
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: false,
  create,
};

function create(context: TransformContext): Transform {
  const { login } = options.parse(context.options);
  const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const stream = new KeyStream(context.hash('passwordHash'));
  /** A scheme's hash is computed once: bcrypt alone takes a tenth of a second. */
  const known = new Map<string, Buffer>();
  return value => {
    if (value.length === 0) return value;
    stream.seed(value, 0, value.length);
    if (isBytes(context.column) && !isText(value)) {
      const bytes = Buffer.from(value);
      for (let i = 0; i < bytes.length; i++) bytes[i] = stream.below(256);
      return bytes;
    }
    const text = value.toString('utf8');
    if (login !== undefined) {
      const computed = hashLike(text, login, stream, known);
      if (computed !== undefined && computed.length <= limit) return computed;
    }
    const scheme = schemeOf(text);
    return Buffer.from(scheme + sameShape(text.slice(scheme.length), stream));
  };
}

/** `$2y$10$`, `pbkdf2_sha256$260000$`, `:pbkdf2:sha512:30000:64:`: tells the application how to check, holds no secret. */
function schemeOf(text: string): string {
  return (
    /^(?:\$(?:wp\$)?2[abxy]\$\d\d\$|\$[PH]\$.|\$S\$.|\$argon2\w+\$v=\d+\$m=\d+,t=\d+,p=\d+\$|\$[156]\$(?:rounds=\d+\$)?|\w+_sha\d+\$\d+\$|:[A-Za-z0-9]+:(?:sha\d+:\d+:\d+:)?|\{\w+\})/.exec(
      text,
    )?.[0] ?? ''
  );
}
