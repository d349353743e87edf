import { GreenroomError } from '../platform/errors.ts';
import type { Redactor } from '../platform/log.ts';

/** Where secrets come from: never from the configuration itself. */
export interface SecretSource {
  environment: Readonly<Record<string, string | undefined>>;
  /** The editor's SecretStorage, sent once and kept in memory. */
  secrets: Readonly<Record<string, string>>;
  redact: Redactor;
}

const reference = /\$\{(env|secret):([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** True if the text is made of references alone, so that it cannot be a secret itself. */
export function isReference(text: string): boolean {
  return text !== '' && text.replace(reference, '') === '';
}

/**
 * Replaces `${env:NAME}` and `${secret:NAME}`. A secret kept by the editor under a name also answers `${env:NAME}`.
 * What comes out is told to the redactor. Throws `secret-missing`.
 */
export function expandReferences(text: string, source: SecretSource): string {
  return text.replace(reference, (_, kind: string, name: string) => {
    const value =
      kind === 'secret' ? source.secrets[name] : (source.environment[name] ?? source.secrets[name]);
    if (value === undefined) throw new GreenroomError('secret-missing', { subject: name, detail: kind });
    source.redact.add(value);
    return value;
  });
}

/** The secrets a configuration refers to by name, and whether a value is known. Never a value. */
export function referencedSecrets(
  config: unknown,
  source: SecretSource,
): { name: string; source: 'secret' | 'env'; known: boolean }[] {
  const found = new Map<string, { name: string; source: 'secret' | 'env'; known: boolean }>();
  for (const [, kind, name = ''] of JSON.stringify(config).matchAll(reference)) {
    const known =
      source.secrets[name] !== undefined || (kind === 'env' && source.environment[name] !== undefined);
    found.set(`${kind}:${name}`, { name, source: kind === 'secret' ? 'secret' : 'env', known });
  }
  return [...found.values()];
}
