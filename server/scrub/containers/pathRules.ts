import * as z from 'zod';
import { transformerNames } from '../plan.ts';
import type { Row, TransformContext } from '../transformer.ts';

/** Rules inside a document, spelled as those for columns. */
export const pathRules = z.record(
  z.string(),
  z.union([
    z.enum(transformerNames),
    z.strictObject({ keep: z.string().min(1) }),
    z.looseObject({ use: z.enum(transformerNames) }),
  ]),
);

/** Reads what a key column says about the row's value; nothing where no column was named. */
export function keyColumn(context: TransformContext, name: string | undefined): (row: Row) => string[] {
  const index = name === undefined ? -1 : context.columns.findIndex(column => column.name === name);
  return row => {
    const key = row[index]?.value();
    return key === null || key === undefined ? [] : [key.toString('utf8')];
  };
}
