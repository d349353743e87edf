import type { EnvironmentFacts } from './facts.ts';
import type { Draft, ForkChange } from './fork.ts';
import type { DecidedFile } from './forkDecisions.ts';
import { applyEdits, type Edit, lineAt } from './formats/format.ts';
import type { NamedSetting } from './rules/rule.ts';
import { isHarmless, placeholder } from './rules/secrets.ts';
import { tagName } from './rules/tag.ts';
import { scanSecrets, scanShapes } from './secretScan.ts';

export interface RewrittenFile {
  draft: Draft;
  text: string;
  edits: Edit[];
  changes: ForkChange[];
  warnings: string[];
}

/**
 * Turns decisions into edits, adds the environment's tag where it is missing, and puts a placeholder wherever a
 * credential stands that no setting owns: in a comment, in the middle of a longer value, in an argument.
 */
export async function rewrite(
  file: DecidedFile,
  all: readonly DecidedFile[],
  facts: EnvironmentFacts,
): Promise<RewrittenFile> {
  const { source, forked } = file.draft;
  const { document } = forked;
  const edits: Edit[] = [];
  const changes: ForkChange[] = [];
  const warnings: string[] = [];
  const note = (key: string, what: ForkChange['what']) => changes.push({ file: forked.file, key, what });
  for (const [setting, decision] of file.decisions) {
    if (setting.value !== decision.value) {
      edits.push({ start: setting.start, end: setting.end, text: document.encode(setting, decision.value) });
      note(setting.path.join('.'), decision.secret && decision.value === '' ? 'removed' : decision.what);
    }
    const { beside } = decision;
    const extra = beside && document.insertAfter(setting, beside.key, beside.value);
    if (beside && !extra)
      warnings.push(
        `${setting.path.join('.')} (${forked.file}) has no ${beside.key} beside it: ${beside.value} is to be set by hand`,
      );
    if (beside && extra) {
      edits.push(extra);
      note([...setting.path.slice(0, -1), beside.key].join('.'), decision.what);
    }
  }
  for (const edit of await strays(file, all, facts, edits)) {
    edits.push(edit);
    note(`line ${lineAt(source.text, edit.start)}`, 'placeholder');
  }
  const wordpress =
    forked.named.some(setting => setting.key === 'DB_NAME') && /wp-config[^/]*\.php$/.test(forked.file);
  const dotenv = /(^|\/)\.env$/.test(forked.file);
  const missing = (name: string) =>
    !forked.named.some(setting => setting.key === name && setting.path.length === 1);
  const tags: [string, string][] = [
    ...(wordpress || dotenv ? [[tagName, facts.id] as [string, string]] : []),
    ...(wordpress ? [['WP_ENVIRONMENT_TYPE', 'staging'] as [string, string]] : []),
  ];
  for (const [name, value] of tags) {
    const edit = missing(name) ? document.append(name, value) : undefined;
    if (!edit) continue;
    edits.push(edit);
    note(name, 'tag');
  }
  const joined = merged(edits);
  return { draft: file.draft, text: applyEdits(source.text, joined), edits: joined, changes, warnings };
}

/** Credentials outside of what is replaced anyway. */
async function strays(
  file: DecidedFile,
  all: readonly DecidedFile[],
  facts: EnvironmentFacts,
  edits: readonly Edit[],
): Promise<Edit[]> {
  const { text } = file.draft.source;
  const { document } = file.draft.forked;
  const own = [facts.database.password ?? '', ...newValues(all)];
  const found = await scanSecrets(text, file.draft.forked.file, own);
  const places = found.map(({ start, end, placeholder: value }) => ({ start, end, text: value }));
  // The same secret once more: in a comment, in a command, in another file.
  for (const secret of removedSecrets(all, facts))
    for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length))
      places.push({ start: at, end: at + secret.length, text: placeholder });
  // Behind escapes, joined literals or base64 the text does not show what the application reads.
  for (const setting of file.draft.forked.named) {
    const hidden = hiddenKey(setting, text);
    if (hidden !== undefined)
      places.push({ start: setting.start, end: setting.end, text: document.encode(setting, hidden) });
  }
  const taken = [...edits, ...[...file.kept].map(({ start, end }) => ({ start, end, text: '' }))];
  const free: Edit[] = [];
  for (const edit of places.sort((a, b) => a.start - b.start || b.end - a.end))
    if (![...taken, ...free].some(other => edit.start < other.end && other.start < edit.end)) free.push(edit);
  return free;
}

/** The placeholder for a value that is a live credential only once it is decoded. */
function hiddenKey(setting: NamedSetting, text: string): string | undefined {
  const [shape] = scanShapes(setting.value ?? '');
  if (shape && scanShapes(text.slice(setting.start, setting.end)).length === 0) return shape.placeholder;
  return hidesKey(setting) ? placeholder : undefined;
}

export function hidesKey({ value }: NamedSetting): boolean {
  if (value === undefined || value.length < 24 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) return false;
  return scanShapes(Buffer.from(value, 'base64').toString('latin1')).length > 0;
}

/** Production's secrets that the fork replaces, as far as they are long and mixed enough to be searched for. */
export function removedSecrets(all: readonly DecidedFile[], facts: EnvironmentFacts): string[] {
  const fresh = new Set(newValues(all));
  const secrets = new Set<string>();
  for (const { decisions } of all)
    for (const [setting, decision] of decisions)
      if (decision.secret && setting.value !== undefined && setting.value !== decision.value)
        secrets.add(setting.value);
  if (facts.productionDatabase.password !== undefined) secrets.add(facts.productionDatabase.password);
  return [...secrets].filter(secret => isDistinct(secret) && !fresh.has(secret) && !isHarmless(secret));
}

function isDistinct(secret: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter(kind => kind.test(secret)).length;
  return secret.length >= 8 && kinds >= 2 && !/[\r\n]/.test(secret);
}

function newValues(all: readonly DecidedFile[]): string[] {
  return all.flatMap(({ decisions }) => [...decisions.values()].map(decision => decision.value));
}

/** Insertions at one place become one edit, in order; a host's new port goes in once where two hosts share a line. */
function merged(edits: readonly Edit[]): Edit[] {
  const byPlace = new Map<string, Edit>();
  for (const edit of edits) {
    const key = `${edit.start}-${edit.end}`;
    const before = byPlace.get(key);
    if (before && edit.start !== edit.end) continue;
    byPlace.set(key, before && before.text !== edit.text ? { ...edit, text: before.text + edit.text } : edit);
  }
  return [...byPlace.values()];
}
