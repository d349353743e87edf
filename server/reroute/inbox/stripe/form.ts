/** A value of a form: text, a list, or names with values. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };
export type Form = { [name: string]: FormValue };

/** Reads `a[b][0][c]=d` as Stripe's libraries write it. Names of prototypes are no names. */
export function parseForm(text: string): Form {
  const form: Form = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = name.split(/[[\]]+/).filter((part, index) => part !== '' || index === 0);
    if (name.endsWith('[]')) parts.push(String(lengthAt(form, parts)));
    set(form, parts, value);
  }
  return lists(form) as Form;
}

function lengthAt(form: Form, parts: readonly string[]): number {
  let at: FormValue | undefined = form;
  for (const part of parts) at = isNames(at) ? at[part] : undefined;
  return isNames(at) ? Object.keys(at).length : 0;
}

function set(form: Form, parts: readonly string[], value: string): void {
  let at = form;
  for (const part of parts.slice(0, -1)) {
    const next: FormValue = Object.hasOwn(at, part) ? (at[part] ?? {}) : Object.create(null);
    if (!isNames(next)) return;
    at[part] = next;
    at = next;
  }
  const last = parts.at(-1);
  if (last !== undefined && last !== '__proto__') at[last] = value;
}

/** Names that count from 0 are a list. */
function lists(value: FormValue): FormValue {
  if (!isNames(value)) return value;
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name, index) => name === String(index)))
    return names.map(name => lists(value[name] ?? ''));
  return Object.fromEntries(names.map(name => [name, lists(value[name] ?? '')]));
}

function isNames(value: FormValue | undefined): value is { [name: string]: FormValue } {
  return typeof value === 'object' && !Array.isArray(value);
}

export function textOf(value: FormValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function namesOf(value: FormValue | undefined): Form {
  return isNames(value) ? value : {};
}

export function listOf(value: FormValue | undefined): FormValue[] {
  return Array.isArray(value) ? value : [];
}

/** Metadata: names with texts; an empty text removes the name. */
export function metadataOf(value: FormValue | undefined, before: unknown = {}): Record<string, string> {
  const merged: Record<string, string> = { ...(before as Record<string, string>) };
  for (const [name, text] of Object.entries(namesOf(value)))
    if (typeof text === 'string' && text !== '') merged[name] = text;
    else delete merged[name];
  return merged;
}
