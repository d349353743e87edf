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
