import type { EnvironmentFacts } from '../facts.ts';
import type { ConfigDocument, Setting } from '../formats/format.ts';

export type ChangeKind = 'database' | 'tag' | 'mail' | 'sandbox' | 'placeholder' | 'removed';

/** What a rule says about one setting. */
export interface Decision {
  what: ChangeKind;
  value: string;
  /** True where the value that goes away is a secret of production's: it may stand nowhere else in the fork. */
  secret?: boolean;
  /** One more setting beside it: a port where the host had none. */
  beside?: { key: string; value: string };
}

/** One file under the fork, with all its settings. */
export interface ForkedFile {
  file: string;
  document: ConfigDocument;
  named: NamedSetting[];
}

export interface NamedSetting extends Setting {
  file: string;
  /** The last name: `host`, `DB_HOST`. */
  key: string;
  /** The last name as an environment variable would be written: `dbHost` → `DB_HOST`. */
  name: string;
  /** All names so: `db.connection.default.host` → `DB_CONNECTION_DEFAULT_HOST`. */
  full: string;
  /** All names but the last, so. */
  group: string;
}

export interface RuleContext {
  facts: EnvironmentFacts;
  /** Every file of the fork: what one reads from the environment another may set. */
  files: readonly ForkedFile[];
  /** Answers whether a path exists in the site. */
  exists(relative: string): boolean;
  warn(message: string): void;
}

/** Decides about settings of one kind; a setting without a decision is left to the next rule. */
export type Rule = (file: ForkedFile, context: RuleContext) => Map<NamedSetting, Decision>;

export function nameSetting(file: string, setting: Setting): NamedSetting {
  const names = setting.path.map(snake).filter(part => part !== '');
  const key = setting.path.at(-1) ?? '';
  return {
    ...setting,
    file,
    key,
    name: names.at(-1) ?? '',
    full: names.join('_'),
    group: names.slice(0, -1).join('_'),
  };
}

/** `dbHost`, `db-host`, `db.host`, `DB_HOST` → `DB_HOST`. */
function snake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase();
}

/** Whether a file of the fork sets an environment variable: what reads it is decided there. */
export function isSet(files: readonly ForkedFile[], variable: string): boolean {
  return files.some(file =>
    file.named.some(one => one.key === variable && one.path.length === 1 && one.reads !== variable),
  );
}

/** `STRIPE_SECRET`, `services.stripe.secret` and both with `*` for any run of characters; case does not matter. */
export function matchesName(setting: NamedSetting, pattern: string): boolean {
  const [first, rest] = pattern.includes(':') ? splitOnce(pattern) : [undefined, pattern];
  if (first !== undefined && first !== setting.file) return false;
  const dotted = setting.path.join('.');
  const expression = new RegExp(`^${rest.split('*').map(quoted).join('.*')}$`, 'i');
  return expression.test(setting.key) || expression.test(dotted) || expression.test(setting.full);
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
}

export function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** True for the same setting of the same file before and after the fork. */
export function matchesPlaceOf(before: NamedSetting, after: NamedSetting): boolean {
  return before.file === after.file && before.path.join('\0') === after.path.join('\0');
}
