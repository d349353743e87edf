import { messageOf } from '../platform/errors.ts';
import type { Finding } from '../protocol/plan.ts';
import type { PromotionContext } from './context.ts';
import { outsideWindow } from './guards/outsideWindow.ts';

/**
 * Tells the world of a promotion outside the windows: the log, and the command and webhook of
 * `promotion.outsideWindow`. It never stops a promotion: what fails is answered as a warning.
 */
export async function announceOutsideWindow(
  context: PromotionContext,
  facts: { promotion: string; digest: string; message: string },
  findings: readonly Finding[],
): Promise<string[]> {
  const { host, config } = context;
  const finding = findings.find(({ guard }) => guard === outsideWindow.name);
  if (finding === undefined) return [];
  host.log.warn('promotion outside the windows', { promotion: facts.promotion, finding: finding.message });
  const warnings = [finding.message];
  const { run, webhook } = config.promotion.outsideWindow;
  const body = JSON.stringify({
    promotion: facts.promotion,
    digest: facts.digest,
    message: facts.message,
    by: context.identity.email,
    finding: finding.message,
  });
  if (run !== undefined) {
    try {
      await host.processes.run('/bin/sh', ['-c', run], {
        cwd: context.repositoryRoot,
        input: body,
        timeout: 30_000,
      });
    } catch (error) {
      warnings.push(`The command of promotion.outsideWindow failed: ${host.redact.clean(messageOf(error))}.`);
    }
  }
  if (webhook !== undefined) {
    try {
      const response = await fetch(webhook, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      if (!response.ok) warnings.push(`The webhook of promotion.outsideWindow answered ${response.status}.`);
    } catch (error) {
      warnings.push(`The webhook of promotion.outsideWindow could not be reached: ${messageOf(error)}.`);
    }
  }
  return warnings;
}
