import path from 'node:path';
import type { Project } from '../config/project.ts';
import { siteToRepository } from '../files/mapping.ts';
import { filesHeldBy } from '../git/held.ts';
import type { Operation } from '../platform/progress.ts';
import type { PromotionContext } from '../promotion/context.ts';
import { makePlan } from '../promotion/plan.ts';

/**
 * True when the environment holds work that would be lost with it: a schema change (git does not hold the clone), or a
 * file that is neither in production nor, with this content, in the branch's last commit.
 */
export async function hasUnpromoted(
  project: Project,
  context: PromotionContext,
  operation: Operation,
): Promise<boolean> {
  const { environment } = context;
  if (environment === undefined) return false;
  const plan = await makePlan(context, operation, { rehearse: false });
  if (plan.schema.length > 0) return true;
  const written = plan.files.filter(({ change }) => change !== 'deleted');
  const inRepository = new Map<string, string>();
  for (const file of written) {
    const mapped = siteToRepository(project.config.sync, file.path);
    // A link or a directory has no content of its own that could be lost.
    if (file.type !== 'file') continue;
    if (mapped === undefined || mapped.includes('\n')) return true;
    inRepository.set(mapped, path.join(environment.overlay.site, file.path));
  }
  const { branch } = environment.record;
  const commit = await project.repository.resolve(branch);
  // The branch may be gone after a merge: then what it held is in the default branch.
  const holder = commit ?? (await project.repository.defaultBranch());
  if (holder === undefined) return inRepository.size > 0;
  const held = await filesHeldBy(project.host, project.repository, holder, inRepository);
  return held.size < inRepository.size;
}
