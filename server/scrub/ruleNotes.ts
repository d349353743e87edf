import * as z from 'zod';
import type { RuleOptions } from './plan.ts';

/** What any rule may say beside the options of its transformer: `{ "use": "text", "allow": ["name"], "reason": "our authors" }`. */
export const ruleNotes = z.object({
  /** Why, for people. */
  reason: z.string().optional(),
  /** What may be found in this column without failing the proof: an address, card, IBAN or key that looks live, a word that is a name or a value elsewhere. */
  allow: z.array(z.enum(['email', 'card', 'iban', 'key', 'name', 'value'])).optional(),
});

/** The options that are the transformer's. */
export function ownOptions({ reason: _, allow: __, ...own }: RuleOptions): RuleOptions {
  return own;
}
