import { providers } from '../providers/all.ts';
import type { Provider } from '../providers/provider.ts';
import {
  type Decision,
  type ForkedFile,
  isSet,
  type NamedSetting,
  type Rule,
  type RuleContext,
} from './rule.ts';
import { isHarmless } from './secrets.ts';

/** Settings of known providers: by their names, then by what they hold. */
export const providersRule: Rule = (file, context) => {
  const decisions = new Map<NamedSetting, Decision>();
  for (const setting of file.named) {
    // What reads a variable is decided where the fork sets it; without either, what counts is what it falls back to.
    const { reads, fallback } = setting;
    if (setting.value === undefined && reads !== undefined && (!fallback || isSet(context.files, reads)))
      continue;
    const now = setting.value === undefined && fallback ? { ...setting, value: fallback } : setting;
    const decision = byName(now, file, context) ?? byAddress(now, context);
    if (decision) decisions.set(setting, decision);
  }
  return decisions;
};

function byName(setting: NamedSetting, file: ForkedFile, { facts }: RuleContext): Decision | undefined {
  for (const provider of providers)
    for (const known of provider.settings) {
      if (!known.name.test(setting.full) && !known.name.test(setting.name)) continue;
      if (known.secret && setting.value !== undefined && isHarmless(setting.value)) return undefined;
      const wanted = known.sandbox(facts, setting.value);
      // A secret key under a publishable key's name stays a secret key.
      const shape = known.what === 'placeholder' ? shapeOf(provider, setting.value) : undefined;
      const value = wanted === undefined ? undefined : (shape ?? wanted);
      if (value === undefined) continue;
      const beside = known.beside && missingBeside(setting, file, known.beside(facts));
      return { what: known.what, value, ...(known.secret && { secret: true }), ...(beside && { beside }) };
    }
  return undefined;
}

function byAddress({ value }: NamedSetting, { facts }: RuleContext): Decision | undefined {
  if (value === undefined || value.startsWith(`${facts.http.url}/`)) return undefined;
  for (const provider of providers)
    for (const url of provider.urls)
      if (url.pattern.test(value))
        return { what: url.what, value: url.sandbox(facts, value), ...(url.secret && { secret: true }) };
  return undefined;
}

function shapeOf({ keys }: Provider, value: string | undefined): string | undefined {
  return keys.find(key => value !== undefined && new RegExp(`^(?:${key.live.source})$`).test(value))
    ?.placeholder;
}

/** `MAIL_HOST` without `MAIL_PORT` gets one; `smtp.x:587` has it already. */
function missingBeside(
  setting: NamedSetting,
  file: ForkedFile,
  { word, value }: { word: string; value: string },
): { key: string; value: string } | undefined {
  const stem = setting.key.replace(/(host_?name|host|server|address|relay)$/i, '');
  const last = setting.key.slice(stem.length);
  const key = stem + (last === last.toUpperCase() ? word.toUpperCase() : word);
  const group = setting.path.slice(0, -1).join('.');
  const there = file.named.some(
    other => other.path.slice(0, -1).join('.') === group && other.key.toLowerCase() === key.toLowerCase(),
  );
  return there || /:\d+$/.test(setting.value ?? '') ? undefined : { key, value };
}

/** True for a credential that its provider documents as one for tests. */
export function isTestCredential(value: string): boolean {
  return providers.some((provider: Provider) => provider.test?.test(value));
}
