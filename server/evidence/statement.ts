import { createHash } from 'node:crypto';
import * as z from 'zod';

/** in-toto Statement, version 1: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const statementType = 'https://in-toto.io/Statement/v1';
/** Our predicate: what was done to production, by whom, under which findings, and what production was afterwards. */
export const entryType = 'urn:greenroom:ledger-entry:v1';
/** Two ledgers that grew apart on two machines become one. */
export const mergeType = 'urn:greenroom:ledger-merge:v1';

const person = z.object({ name: z.string(), email: z.string() });
export type Person = z.infer<typeof person>;

const findingSchema = z.object({
  guard: z.string(),
  severity: z.enum(['info', 'review', 'confirm', 'block']),
  message: z.string(),
  /** Who said "yes, I know": e-mail. */
  confirmedBy: z.string().optional(),
});

export const entryPredicate = z.object({
  kind: z.enum(['promotion', 'undo', 'approval', 'direct']),
  promotion: z.string(),
  at: z.string(),
  by: person,
  message: z.string(),
  branch: z.string().optional(),
  /** Digest of the plan that was applied or approved. */
  digest: z.string().optional(),
  undoes: z.string().optional(),
  /** Files of production that were changed, with their digest afterwards. */
  changed: z.array(
    z.object({
      path: z.string(),
      change: z.enum(['added', 'modified', 'deleted']),
      sha256: z.string().optional(),
    }),
  ),
  statements: z.number(),
  findings: z.array(findingSchema),
  /** Paths that the person left out of the plan. */
  excluded: z.array(z.string()),
  /** Whether it happened outside the agreed times. */
  window: z.object({ outside: z.boolean(), note: z.string().optional() }).optional(),
  snapshot: z.object({ id: z.string(), keptUntil: z.string() }).optional(),
  /** What each object (`file:index.php`, `schema`) had to be afterwards, and was: digests. */
  afterState: z.array(z.object({ object: z.string(), expected: z.string(), observed: z.string() })),
  approvals: z
    .object({
      required: z.number(),
      given: z.array(z.object({ by: z.string(), commit: z.string() })),
    })
    .optional(),
  /** What changed in production without a promotion. */
  changes: z.array(z.string()),
  /** SHA-256 of every other file of the entry, by name. */
  attachments: z.record(z.string(), z.string()),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type EntryPredicate = z.infer<typeof entryPredicate>;

const subject = z.object({ name: z.string(), digest: z.record(z.string(), z.string()) });

export const entryStatement = z.object({
  _type: z.literal(statementType),
  subject: z.array(subject).min(1),
  predicateType: z.literal(entryType),
  predicate: entryPredicate,
});
export type EntryStatement = z.infer<typeof entryStatement>;

const mergeStatement = z.object({
  _type: z.literal(statementType),
  subject: z.array(subject).min(1),
  predicateType: z.literal(mergeType),
  predicate: z.object({ at: z.string(), by: person, heads: z.array(z.string()).min(2) }),
});
export type MergeStatement = z.infer<typeof mergeStatement>;

export const anyStatement = z.discriminatedUnion('predicateType', [entryStatement, mergeStatement]);
export type AnyStatement = z.infer<typeof anyStatement>;

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** A plan's digest as an in-toto DigestSet: `sha256` when it is one, else under our own name. */
function digestSet(digest: string): Record<string, string> {
  const hex = digest.replace(/^sha256:/, '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? { sha256: hex } : { greenroom: digest };
}

/** The statement about an entry: its subjects are the plan, production's files afterwards, and the entry's attachments. */
export function entryStatementOf(predicate: EntryPredicate): EntryStatement {
  return {
    _type: statementType,
    subject: subjectsOf(predicate),
    predicateType: entryType,
    predicate,
  };
}

export function subjectsOf(predicate: EntryPredicate): EntryStatement['subject'] {
  const subjects = [
    ...(predicate.digest === undefined ? [] : [{ name: 'plan', digest: digestSet(predicate.digest) }]),
    ...predicate.changed
      .filter(file => file.sha256 !== undefined)
      .map(file => ({ name: `production/${file.path}`, digest: { sha256: file.sha256 ?? '' } })),
    ...Object.entries(predicate.attachments).map(([name, digest]) => ({
      name: `evidence/${name}`,
      digest: { sha256: digest },
    })),
  ];
  if (subjects.length > 0) return subjects;
  return [{ name: 'changes', digest: { sha256: sha256(JSON.stringify(predicate.changes)) } }];
}

export function mergeStatementOf(at: string, by: Person, heads: string[]): MergeStatement {
  return {
    _type: statementType,
    subject: heads.map(head => ({ name: 'ledger', digest: { gitCommit: head } })),
    predicateType: mergeType,
    predicate: { at, by, heads },
  };
}

export const personText = (by: Person): string => (by.name === '' ? by.email : `${by.name} <${by.email}>`);
