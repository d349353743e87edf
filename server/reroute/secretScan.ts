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

/** What secretlint's rules ask of their surroundings. */
interface LintRule {
  meta: { id: string };
  create(context: object, options: object): { file(source: object): void | Promise<void> };
}

/**
 * Runs secretlint's rules without its engine: that keeps a performance entry of every run for ever and searches them
 * all at each, and it lets comments in the text switch rules off, which production's files must not.
 */
async function secretlint(text: string, file: string): Promise<SecretFinding[]> {
  // Loaded when the first file is scanned: it takes longer than most scans.
  const { rules } = await import('@secretlint/secretlint-rule-preset-recommend');
  const found: SecretFinding[] = [];
  const source = { content: text, filePath: `/${file}`, ext: '', contentType: 'text', hasBOM: false };
  for (const rule of rules as unknown as LintRule[]) {
    // Finds nothing itself: it is what reads the comments.
    if (rule.meta.id.endsWith('filter-comments')) continue;
    const context = {
      createTranslator: () => (messageId: string) => ({ messageId, message: messageId }),
      ignore: () => undefined,
      report({ message, range: [start, end] }: { message: { messageId: string }; range: [number, number] }) {
        const kind = kindOf(rule.meta.id, message.messageId);
        found.push({ kind, start, end, line: lineAt(text, start), placeholder });
      },
    };
    await rule.create(context, {}).file(source);
  }
  return found;
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
