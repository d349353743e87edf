import type { Project } from '../config/project.ts';
import { siteToRepository } from '../files/mapping.ts';
import type { Operation } from '../platform/progress.ts';
import type { PromotionContext } from '../promotion/context.ts';
import { makePlan } from '../promotion/plan.ts';

/**
 * True when the environment holds work that would be lost with it: a schema change (git does not hold the clone), or a
 * file that no sync rule ties to the repository. A branch's committed files are in git and do not count.
 */
export async function hasUnpromoted(
  project: Project,
  context: PromotionContext,
  operation: Operation,
): Promise<boolean> {
  const plan = await makePlan(context, operation, { rehearse: false });
  return (
    plan.schema.length > 0 ||
    plan.files.some(file => siteToRepository(project.config.sync, file.path) === undefined)
  );
}
