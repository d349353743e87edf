import { z } from 'zod';
import { transformerNames } from '../plan.ts';

/** Rules inside a document, spelled as those for columns. */
export const pathRules = z.record(
  z.string(),
  z.union([
    z.enum(transformerNames),
    z.strictObject({ keep: z.string().min(1) }),
    z.looseObject({ use: z.enum(transformerNames) }),
  ]),
);
