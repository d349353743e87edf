import * as z from 'zod';
import type { ObjectType } from '../../schema/ddlOf.ts';
import type { Schema } from '../../schema/model.ts';
import { canonicalJson } from '../canonical.ts';

/** One object of a schema; routines are named `PROCEDURE x`, `FUNCTION x`. */
export const objectRefSchema = z.object({
  type: z.enum(['table', 'view', 'trigger', 'routine', 'event', 'sequence', 'database']),
  name: z.string(),
});
export type ObjectRef = z.infer<typeof objectRefSchema> & { type: ObjectType };

const collections = {
  table: 'tables',
  view: 'views',
  trigger: 'triggers',
  routine: 'routines',
  event: 'events',
  sequence: 'sequences',
} as const satisfies Record<Exclude<ObjectType, 'database'>, keyof Schema>;
type Collected = keyof typeof collections;

/** The objects that are not the same in both schemas, in a stable order. */
export function differentObjects(a: Schema, b: Schema): ObjectRef[] {
  const found: ObjectRef[] = [];
  for (const type of Object.keys(collections) as Collected[]) {
    const names = new Set([...Object.keys(a[collections[type]]), ...Object.keys(b[collections[type]])]);
    for (const name of [...names].sort())
      if (objectText(a, { type, name }) !== objectText(b, { type, name })) found.push({ type, name });
  }
  const database: ObjectRef = { type: 'database', name: '' };
  if (objectText(a, database) !== objectText(b, database)) found.push(database);
  return found;
}

/** Canonical text of one object, for comparing and digests; `undefined` where the schema does not have it. */
export function objectText(schema: Schema, ref: ObjectRef): string | undefined {
  if (ref.type === 'database') return `${schema.charset} ${schema.collation}`;
  const object: unknown = schema[collections[ref.type]][ref.name];
  return object === undefined ? undefined : canonicalJson(object);
}

/** `schema` with the named objects as `source` has them: present, different or absent. */
export function withObjects(schema: Schema, source: Schema, refs: readonly ObjectRef[]): Schema {
  const result: Schema = structuredClone(schema);
  for (const ref of refs) {
    if (ref.type === 'database') {
      result.charset = source.charset;
      result.collation = source.collation;
      continue;
    }
    const collection: Record<string, unknown> = result[collections[ref.type]];
    const object: unknown = source[collections[ref.type]][ref.name];
    if (object === undefined) delete collection[ref.name];
    else collection[ref.name] = object;
  }
  return result;
}

/** `table orders`, `PROCEDURE sweep`: for people. */
export function describeObject(ref: ObjectRef): string {
  return ref.type === 'routine' ? ref.name : `${ref.type} ${ref.name}`.trim();
}

/** What a schema's digest covers: everything but the version of the server. */
export function schemaText(schema: Schema): string {
  const { version: _version, unseen: _unseen, sqlMode: _mode, ...rest } = schema;
  return canonicalJson(rest);
}
