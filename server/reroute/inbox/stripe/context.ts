import { invalid, missing } from './errors.ts';
import type { Form, FormValue } from './form.ts';
import { textOf } from './form.ts';
import type { StripeObject, StripeState } from './state.ts';

/** What a resource of the sandbox works with. */
export interface StripeContext {
  state: StripeState;
  now(): number;
  /** The catcher's address, without a slash at the end. */
  address(): string;
  /** Records an event and sends it to the application's webhook endpoints. */
  emit(type: string, object: StripeObject): void;
}

export type Handler = (context: StripeContext, form: Form, id: string) => StripeObject | object;

/** `POST /v1/customers/:id` with what answers it. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** After `/v1/`; `:id` stands for one identifier. */
  path: string;
  handle: Handler;
}

export function find(context: StripeContext, kind: string, id: string): StripeObject {
  const found = context.state.get(id);
  if (found?.object !== kind) throw missing(kind, id);
  return found;
}

export function amountOf(value: FormValue | undefined, name: string): number {
  const amount = Number(textOf(value));
  if (!Number.isSafeInteger(amount) || amount < 0) throw invalid(`Invalid integer: ${name}`, name);
  return amount;
}

export function required(value: FormValue | undefined, name: string): string {
  const text = textOf(value);
  if (text === undefined) throw invalid(`Missing required param: ${name}.`, name);
  return text;
}

/** One page of a list, newest first. */
export function listing(form: Form, path: string, objects: StripeObject[]): object {
  const limit = Math.min(Number(textOf(form['limit']) ?? 10) || 10, 100);
  const after = textOf(form['starting_after']);
  const start = after === undefined ? 0 : objects.findIndex(one => one.id === after) + 1;
  const data = objects.slice(start, start + limit);
  return { object: 'list', url: `/v1/${path}`, has_more: start + limit < objects.length, data };
}
