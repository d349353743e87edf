import * as z from 'zod';
import { quoteName } from '../../database/quote.ts';
import { GreenroomError } from '../../platform/errors.ts';
import type { EnvironmentFacts } from '../facts.ts';

const plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const condition = z.union([
  plain,
  z.array(z.union([z.string(), z.number()])).min(1),
  z.strictObject({ like: z.string() }),
]);

/** One entry of `reroute.database`: rows of a table are changed or removed in every new environment. */
export const databaseRule = z
  .strictObject({
    table: z.string().min(1),
    /** Column to value, list of values or `{ "like": pattern }`; all have to hold. Without it: every row. */
    where: z.record(z.string(), condition).optional(),
    /** Column to new value; `{{siteUrl}}`, `{{httpUrl}}`, `{{smtpHost}}`, `{{smtpPort}}`, `{{environment}}` are filled in. */
    set: z.record(z.string(), plain).optional(),
    /** Removes the rows: queued mail, pending jobs. */
    empty: z.literal(true).optional(),
    reason: z.string().min(1).optional(),
  })
  .refine(rule => (rule.set === undefined) !== (rule.empty === undefined), 'either "set" or "empty"');
export type DatabaseRule = z.infer<typeof databaseRule>;

/** Throws `configuration-invalid` naming the entry. */
export function parseRules(rules: readonly unknown[]): DatabaseRule[] {
  return rules.map((rule, index) => {
    const parsed = databaseRule.safeParse(rule);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new GreenroomError('configuration-invalid', {
      subject: `reroute.database[${index}]${issue?.path.map(part => `.${String(part)}`).join('') ?? ''}`,
      detail: issue?.message ?? 'not a rule',
    });
  });
}

export interface Statement {
  sql: string;
  values: unknown[];
}

export function statementOf(rule: DatabaseRule, facts: EnvironmentFacts): Statement {
  const values: unknown[] = [];
  const sets = Object.entries(rule.set ?? {}).map(([column, value]) => {
    values.push(typeof value === 'string' ? fill(value, facts) : value);
    return `${quoteName(column)} = ?`;
  });
  const wheres = Object.entries(rule.where ?? {}).map(([column, value]) => {
    const name = quoteName(column);
    if (value === null) return `${name} IS NULL`;
    if (Array.isArray(value)) {
      values.push(value);
      return `${name} IN (?)`;
    }
    if (typeof value === 'object') {
      values.push(value.like);
      return `${name} LIKE ?`;
    }
    values.push(value);
    return `${name} = ?`;
  });
  const where = wheres.length > 0 ? ` WHERE ${wheres.join(' AND ')}` : '';
  const table = quoteName(rule.table);
  return {
    sql: rule.empty ? `DELETE FROM ${table}${where}` : `UPDATE ${table} SET ${sets.join(', ')}${where}`,
    values,
  };
}

function fill(text: string, facts: EnvironmentFacts): string {
  const known: Record<string, string> = {
    siteUrl: facts.siteUrl ?? '',
    httpUrl: facts.http.url,
    smtpHost: facts.smtp.host,
    smtpPort: String(facts.smtp.port),
    environment: facts.id,
  };
  return text.replace(/\{\{(\w+)\}\}/g, (all, name: string) => known[name] ?? all);
}
