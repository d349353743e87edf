import type { Finding } from '../../protocol/plan.ts';
import { destructiveSchema } from './destructiveSchema.ts';
import type { Guard, GuardContext, GuardSubject } from './guard.ts';
import { largeFiles } from './largeFiles.ts';
import { outsideWindow } from './outsideWindow.ts';

/** The three guards, in the order of their names. There are no more by default: a guard that cries wolf is no guard. */
export const guards: readonly Guard[] = [destructiveSchema, largeFiles, outsideWindow].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

export async function runGuards(subject: GuardSubject, context: GuardContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const guard of guards) findings.push(...(await guard.check(subject, context)));
  return findings;
}
