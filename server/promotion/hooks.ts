import { parseDuration } from '../config/schema.ts';
import { GreenroomError, hasReason, messageOf } from '../platform/errors.ts';
import type { PromotionContext } from './context.ts';
import type { PromotionRecord } from './record.ts';

type Hook = PromotionContext['config']['promotion']['hooks']['before'][number];

/** Commands before a promotion: the first that fails stops it. Nothing of production was touched by us then. */
export async function runBeforeHooks(context: PromotionContext, record: HookFacts): Promise<void> {
  for (const hook of context.config.promotion.hooks.before) await runHook(context, hook, record);
}

/**
 * Commands after a promotion, while it can still be taken back. A failing hook with `undoOnFailure` throws `hook-failed`;
 * any other failure is answered as a warning.
 */
export async function runAfterHooks(context: PromotionContext, record: HookFacts): Promise<string[]> {
  const warnings: string[] = [];
  for (const hook of context.config.promotion.hooks.after) {
    try {
      await runHook(context, hook, record);
    } catch (error) {
      if (hook.undoOnFailure || !hasReason(error, 'hook-failed')) throw error;
      warnings.push(
        `The command “${hook.run}” after the promotion failed: ${error.detail ?? messageOf(error)}.`,
      );
    }
  }
  return warnings;
}

/** What a hook is told of in its environment. */
export type HookFacts = Pick<PromotionRecord, 'promotion' | 'kind' | 'digest' | 'branch'>;

async function runHook(context: PromotionContext, hook: Hook, facts: HookFacts): Promise<void> {
  const { host, production } = context;
  host.log.info('running hook', { command: hook.run });
  try {
    await host.processes.run('/bin/sh', ['-c', hook.run], {
      cwd: production.root,
      timeout: parseDuration(hook.timeout),
      env: {
        ...host.environment,
        GREENROOM_PROMOTION: facts.promotion,
        GREENROOM_KIND: facts.kind,
        GREENROOM_DIGEST: facts.digest,
        GREENROOM_BRANCH: facts.branch ?? '',
      },
    });
  } catch (error) {
    if (!hasReason(error, 'process-failed', 'timeout', 'binary-missing')) throw error;
    throw new GreenroomError('hook-failed', {
      subject: hook.run,
      ...(error.detail !== undefined && { detail: host.redact.clean(error.detail) }),
      cause: error,
    });
  }
}
