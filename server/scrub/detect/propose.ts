import type { ColumnFacts, TableFacts, TransformerName } from '../plan.ts';

export interface Proposed {
  use: TransformerName;
  reason: string;
  confidence: number;
  options: Readonly<Record<string, unknown>>;
}

export function proposeRule(_table: TableFacts, column: ColumnFacts): Proposed {
  const name = column.name.toLowerCase();
  if (/mail/.test(name))
    return { use: 'email', reason: 'the name says e-mail', confidence: 0.9, options: {} };
  if (/phone|mobile|fax|tel/.test(name))
    return { use: 'phone', reason: 'the name says phone', confidence: 0.9, options: {} };
  if (/birth|dob/.test(name))
    return { use: 'birthDate', reason: 'the name says birth date', confidence: 0.9, options: {} };
  if (/name/.test(name))
    return { use: 'fullName', reason: 'the name says name', confidence: 0.6, options: {} };
  return {
    use: 'keep',
    reason: 'nothing personal in its name',
    confidence: 0.5,
    options: { reason: 'no personal data' },
  };
}

/** The line to paste into `scrub.rules`. */
export function ruleLine(table: string, column: string, proposed: Proposed): string {
  const rule = proposed.use === 'keep' ? { keep: proposed.reason } : proposed.use;
  return `${JSON.stringify(`${table}.${column}`)}: ${JSON.stringify(rule)}`;
}
