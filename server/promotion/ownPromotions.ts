import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import type { PlanSource, PromotionContext } from './context.ts';
import type { PromotedPart } from './planSchema.ts';
import { type PromotionRecord, readRecord, readSettled } from './record.ts';
import { listPromotionDirectories, stateDirectory } from './stateDirectory.ts';

const ownSchema = z.array(z.string());

/** Remembers with the environment that a promotion of its schema was begun: plans look whether it is in effect. */
export async function rememberOwn(source: PlanSource, promotion: string): Promise<void> {
  const known = (await readJson(fileOf(source), ownSchema)) ?? [];
  await writeJsonAtomic(fileOf(source), [...known, promotion]);
}

/** The environment's schema promotions that are in effect, oldest first. Reads those records alone. */
export async function ownPromotions(
  { production }: PromotionContext,
  source: PlanSource,
): Promise<PromotedPart[]> {
  const own = new Set((await readJson(fileOf(source), ownSchema)) ?? []);
  if (own.size === 0) return [];
  const parts: PromotedPart[] = [];
  for (const directory of await listPromotionDirectories(stateDirectory(production.root))) {
    if (!own.has(directory.id)) continue;
    const settled = await readSettled(directory);
    if (settled?.state !== 'committed' || settled.undoneBy !== undefined) continue;
    const schema: PromotionRecord['schema'] = (await readRecord(directory))?.schema;
    if (schema?.mine !== undefined) parts.push({ mine: schema.mine, touched: schema.touched });
  }
  return parts;
}

function fileOf(source: PlanSource): string {
  return path.join(path.dirname(source.choicesFile), 'plan-promoted.json');
}
