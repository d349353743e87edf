import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../../platform/atomicFile.ts';
import { digestOf } from '../canonical.ts';
import type { PlanSource } from '../context.ts';
import { identity } from './fileState.ts';
import type { PlannedFile } from './planFiles.ts';

const baselineSchema = z.record(z.string(), z.string());
/** By path: what production had when the environment's copy was newer than it. */
export type Baseline = z.infer<typeof baselineSchema>;

/**
 * A change time moves without a change: a permission set and set back, a backup that links files, a promotion that was taken
 * back. What production had at an earlier plan tells such a move from someone else's work.
 */
export async function readBaseline(source: PlanSource): Promise<Baseline> {
  return (await readJson(baselineFile(source), baselineSchema)) ?? {};
}

/** Keeps what production has for files without a conflict; what is not planned any more is forgotten. */
export async function rememberBaseline(
  source: PlanSource,
  old: Baseline,
  files: readonly PlannedFile[],
  inConflict: ReadonlySet<string>,
): Promise<void> {
  const baseline: Baseline = {};
  for (const file of files) {
    const known = inConflict.has(file.path) ? old[file.path] : identity(file.before);
    if (known !== undefined) baseline[file.path] = known;
  }
  if (digestOf(baseline) !== digestOf(old)) await writeJsonAtomic(baselineFile(source), baseline);
}

function baselineFile(source: PlanSource): string {
  return path.join(path.dirname(source.choicesFile), 'plan-baseline.json');
}
