import path from 'node:path';
import * as z from 'zod';
import { connect } from '../database/connection.ts';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { resolveInside } from '../platform/paths.ts';
import { digestOf } from './canonical.ts';
import type { PromotionContext } from './context.ts';
import { objectRefSchema, objectText } from './ddl/objects.ts';
import { identity, readFileState } from './files/fileState.ts';
import type { PlanDetails } from './plan.ts';
import { asReadBy, promoterAccount, readProductionSchema } from './readProduction.ts';

const seenSchema = z.object({
  files: z.array(z.object({ path: z.string(), identity: z.string() })),
  objects: z.array(objectRefSchema.extend({ digest: z.string() })),
});

/** Remembers with the environment what production was where its last plan touches it. */
export async function rememberSeen(context: PromotionContext, details: PlanDetails): Promise<void> {
  const file = seenFile(context);
  if (file === undefined) return;
  const seen: z.infer<typeof seenSchema> = {
    files: details.files.files.map(({ path: name, before }) => ({ path: name, identity: identity(before) })),
    objects: details.schema.touched.map(ref => ({
      ...ref,
      digest: digestOf(objectText(details.schema.production, ref) ?? null),
    })),
  };
  const old = await readJson(file, seenSchema);
  if (digestOf(old ?? null) !== digestOf(seen)) await writeJsonAtomic(file, seen);
}

/**
 * Whether production is not any more what the environment's last plan saw, where that plan touches it. For a live view:
 * reads the files of the plan and the schema, nothing else. False before the first plan.
 */
export async function productionMoved(context: PromotionContext): Promise<boolean> {
  const file = seenFile(context);
  const seen = file === undefined ? undefined : await readJson(file, seenSchema);
  if (seen === undefined) return false;
  for (const { path: name, identity: before } of seen.files) {
    const now = await readFileState(await resolveInside(context.production.root, name));
    if (identity(now?.state) !== before) return true;
  }
  if (seen.objects.length === 0) return false;
  const connection = await connect(context.host, context.production.reader, { readOnly: true });
  try {
    const schema = asReadBy(await readProductionSchema(context, connection), await promoterAccount(context));
    return seen.objects.some(ref => digestOf(objectText(schema, ref) ?? null) !== ref.digest);
  } finally {
    await connection.close();
  }
}

function seenFile({ environment }: PromotionContext): string | undefined {
  return environment && path.join(path.dirname(environment.choicesFile), 'plan-seen.json');
}
