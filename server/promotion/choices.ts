import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { GreenroomError } from '../platform/errors.ts';
import { withLock } from '../platform/locks.ts';
import { planChoices } from '../protocol/plan.ts';
import type { PromotionContext } from './context.ts';

/** What a person decided about an environment's plan; kept with the environment, part of the plan's digest. */
export const choicesSchema = z.object({
  excludeFiles: z.array(z.string()),
  resolve: z.record(z.string(), z.enum(['mine', 'theirs'])),
  renames: z.record(z.string(), z.enum(['rename', 'drop-and-add'])),
});
export type Choices = z.infer<typeof choicesSchema>;

export async function readChoices(file: string): Promise<Choices> {
  return (await readJson(file, choicesSchema)) ?? { excludeFiles: [], resolve: {}, renames: {} };
}

/**
 * Adds choices to those that are kept: `excludeFiles` replaces the list (checkboxes), the others are merged by id.
 */
export async function choose(context: PromotionContext, choices: z.infer<typeof planChoices>): Promise<void> {
  const environment = context.environment;
  if (environment === undefined) throw new GreenroomError('environment-missing');
  const given = planChoices.parse(choices);
  const lock = { purpose: 'plan choose', wait: 5000 };
  await withLock(context.host, `choices-${environment.record.id}`, lock, async () => {
    const kept = await readChoices(environment.choicesFile);
    await writeJsonAtomic(environment.choicesFile, {
      excludeFiles: [...new Set(given.excludeFiles ?? kept.excludeFiles)].sort(),
      resolve: { ...kept.resolve, ...given.resolve },
      renames: { ...kept.renames, ...given.renames },
    } satisfies Choices);
  });
}

/** Whether a path is left out: named itself, or below a directory that is named. */
export function isExcluded(choices: Choices, path: string): boolean {
  return choices.excludeFiles.some(name => path === name || path.startsWith(`${name.replace(/\/$/, '')}/`));
}
