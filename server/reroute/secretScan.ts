import { lineAt } from './formats/format.ts';
import { providers } from './providers/all.ts';
import { isHarmless, placeholder } from './rules/secrets.ts';

/** A live credential found in a text. */
export interface SecretFinding {
  /** What it is, for people; never the value. */
  kind: string;
  start: number;
  end: number;
  line: number;
  /** What may stand in its place. */
  placeholder: string;
}

const shapes = providers.flatMap(provider => provider.keys);

/** Credentials of known providers, by their shapes. Synchronous and quick: a few patterns over the text. */
export function scanShapes(text: string): SecretFinding[] {
  const found: SecretFinding[] = [];
  for (const shape of shapes)
    for (const match of text.matchAll(new RegExp(shape.live, 'g')))
      found.push({
        kind: shape.kind,
        start: match.index,
        end: match.index + match[0].length,
        line: lineAt(text, match.index),
        placeholder: shape.placeholder,
      });
  return found;
}

/**
 * What secretlint's recommended rules and the providers' shapes find.
 *
 * @param known values that are the environment's own (the clone's password), or meant to be there
 */
export async function scanSecrets(
  text: string,
  file: string,
  known: readonly string[] = [],
): Promise<SecretFinding[]> {
  const found = [...scanShapes(text), ...(await secretlint(text, file))];
  const allowed = known.filter(value => value !== '');
  const first = new Map<string, SecretFinding>();
  for (const finding of found) {
    const value = text.slice(finding.start, finding.end);
    if (isHarmless(value) || allowed.some(one => value.includes(one) || one.includes(value))) continue;
    const key = `${finding.start}`;
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()].sort((a, b) => a.start - b.start);
}

async function secretlint(text: string, file: string): Promise<SecretFinding[]> {
  // Loaded when the first file is scanned: it takes longer than most scans.
  const [{ lintSource }, { creator }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  // A comment in production's file must not switch the check off.
  const content = text.replace(/secretlint-(disable|enable)/gi, 'secretlint_$1');
  const result = await lintSource({
    source: { filePath: `/${file}`, content, ext: '', contentType: 'text' },
    options: {
      noPhysicFilePath: true,
      config: {
        rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }],
      },
    },
  });
  return result.messages
    .filter(message => message.type === 'message')
    .map(message => ({
      kind: kindOf(message.ruleId, message.messageId),
      start: message.range[0],
      end: message.range[1],
      line: message.loc.start.line,
      placeholder,
    }));
}

/** `@secretlint/secretlint-rule-aws`, `AWSSecretAccessKey` → `AWS secret access key`. */
function kindOf(ruleId: string, messageId: string): string {
  const rule = ruleId.replace(/^.*secretlint-rule-/, '');
  const words = messageId
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.startsWith(rule) ? words : `${rule}: ${words}`;
}
