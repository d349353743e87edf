import type { EnvironmentFacts } from '../facts.ts';
import { isTestCredential, providersRule } from '../rules/providers.ts';
import { type ForkedFile, type NamedSetting, nameSetting } from '../rules/rule.ts';
import { secretsRule } from '../rules/secrets.ts';
import { scanShapes } from '../secretScan.ts';
import { looksSerialized, mapSerialized, NotSerialized } from './phpSerialized.ts';

/** Switches that payment plugins keep beside their keys; only asked for settings of payment, mail and the like. */
const testSwitch = /(^|_)(TEST_?MODE|SANDBOX|SANDBOX_MODE|TEST|DEBUG_?MODE|SANDBOX_FLAG|USE_SANDBOX)$/;
const liveSwitch = /(^|_)(LIVE_?MODE|LIVE|PRODUCTION_?MODE)$/;
const environmentSwitch = /(^|_)(ENVIRONMENT|MODE|API_MODE)$/;
const on: Readonly<Record<string, string>> = { no: 'yes', '0': '1', false: 'true', off: 'on', '': '1' };
const off: Readonly<Record<string, string>> = { yes: 'no', '1': '0', true: 'false', on: 'off' };
const safe: Readonly<Record<string, string>> = { live: 'test', production: 'sandbox', prod: 'sandbox' };

/**
 * What a setting kept in a table becomes: a plain text, or a PHP-serialized or JSON value whose parts are looked at one
 * by one. `undefined` when nothing is to change.
 */
export function rerouteValue(
  path: readonly string[],
  value: string,
  facts: EnvironmentFacts,
): string | undefined {
  const part = (names: readonly string[], text: string) => leaf([...path, ...names], text, facts);
  let result: string | undefined;
  if (looksSerialized(value)) {
    try {
      result = mapSerialized(value, inner => part(inner.path, inner.value));
    } catch (error) {
      if (!(error instanceof NotSerialized)) throw error;
    }
  } else if (/^\s*[{[]/.test(value)) result = mapJson(value, part);
  result ??= part([], value);
  return result === value ? undefined : result;
}

function mapJson(
  text: string,
  replace: (path: string[], value: string) => string | undefined,
): string | undefined {
  let changed = false;
  const walk = (value: unknown, path: string[]): unknown => {
    if (typeof value === 'string' || typeof value === 'boolean') {
      const next = replace(path, String(value));
      if (next === undefined) return value;
      changed = true;
      return typeof value === 'boolean' ? next === 'true' || next === '1' : next;
    }
    if (Array.isArray(value)) return value.map((one, index) => walk(one, [...path, String(index)]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, [...path, name])]));
  };
  try {
    const result = walk(JSON.parse(text), []);
    return changed ? JSON.stringify(result) : text;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function leaf(path: readonly string[], value: string, facts: EnvironmentFacts): string | undefined {
  const setting = nameSetting('', { path, value, type: 'string', start: 0, end: 0, line: 0 });
  const file: ForkedFile = { file: '', document: noDocument, named: [setting] };
  const context = { facts, files: [file], exists: () => false, warn: () => undefined };
  const decision =
    providersRule(file, context).get(setting) ??
    modeSwitch(setting) ??
    secretsRule(file, context).get(setting);
  const replaced = decision !== undefined && !isTestCredential(value) ? decision.value : undefined;
  return replaced ?? withoutKeys(value);
}

function modeSwitch({ full, value = '' }: NamedSetting): { value: string } | undefined {
  const word = value.toLowerCase();
  const next = testSwitch.test(full)
    ? on[word]
    : liveSwitch.test(full)
      ? off[word]
      : environmentSwitch.test(full)
        ? safe[word]
        : undefined;
  return next === undefined ? undefined : { value: next };
}

/** Live credentials in the middle of a text. */
function withoutKeys(value: string): string | undefined {
  const found = scanShapes(value);
  if (found.length === 0) return undefined;
  let result = value;
  for (const { start, end, placeholder } of found.sort((a, b) => b.start - a.start))
    if (end <= result.length) result = result.slice(0, start) + placeholder + result.slice(end);
  return result;
}

const noDocument = {
  settings: [],
  encode: (_setting: unknown, value: string) => value,
  insertAfter: () => undefined,
  append: () => undefined,
};
