import * as z from 'zod';
import { environmentParams } from './environment.ts';
import { request } from './message.ts';

export const fileChange = z.object({
  path: z.string(),
  change: z.enum(['added', 'modified', 'deleted']),
  /** Size of the new content; of the old for a deletion. */
  bytes: z.number(),
  binary: z.boolean(),
  type: z.enum(['file', 'symlink', 'directory']),
  mode: z.number().optional(),
  /** Left out by the person's choice: shown, recorded in the evidence, not applied. */
  excluded: z.boolean().optional(),
});
export type FileChange = z.infer<typeof fileChange>;

export const schemaChange = z.object({
  object: z.string(),
  objectType: z.enum(['table', 'view', 'trigger', 'routine', 'event', 'sequence', 'database']),
  kind: z.enum(['create', 'alter', 'drop', 'rename']),
  sql: z.string(),
  undoSql: z.string(),
  destructive: z.boolean(),
  /** Why it is destructive: one sentence per rule. */
  reasons: z.array(z.string()),
  algorithm: z.enum(['instant', 'inplace', 'copy', 'none']),
  locks: z.enum(['none', 'writes', 'everything']),
});
export type SchemaChange = z.infer<typeof schemaChange>;

export const finding = z.object({
  guard: z.string(),
  severity: z.enum(['info', 'review', 'confirm', 'block']),
  message: z.string(),
  /** File path or database object that it is about. */
  subject: z.string().optional(),
  line: z.number().optional(),
});
export type Finding = z.infer<typeof finding>;

export const conflict = z.object({
  id: z.string(),
  kind: z.enum(['file', 'schema']),
  subject: z.string(),
  message: z.string(),
  mine: z.string().optional(),
  theirs: z.string().optional(),
  resolution: z.enum(['mine', 'theirs']).optional(),
});
export type Conflict = z.infer<typeof conflict>;

export const renameCandidate = z.object({
  id: z.string(),
  kind: z.enum(['table', 'column']),
  table: z.string(),
  from: z.string(),
  to: z.string(),
  /** Undecided until the person says so; undecided counts as drop and add. */
  decision: z.enum(['rename', 'drop-and-add']).optional(),
});

export const rehearsal = z.discriminatedUnion('state', [
  z.object({ state: z.literal('none'), why: z.string() }),
  z.object({
    state: z.literal('passed'),
    at: z.string(),
    applyMs: z.number(),
    undoMs: z.number(),
    statements: z.array(z.object({ sql: z.string(), ms: z.number(), blocksWritesMs: z.number() })),
  }),
  z.object({ state: z.literal('failed'), at: z.string(), problem: z.string() }),
]);

export const approval = z.object({ by: z.string(), at: z.string(), commit: z.string() });

export const planView = z.object({
  digest: z.string(),
  environment: z.string(),
  branch: z.string(),
  createdAt: z.string(),
  files: z.array(fileChange),
  schema: z.array(schemaChange),
  findings: z.array(finding),
  conflicts: z.array(conflict),
  renames: z.array(renameCandidate),
  rehearsal,
  approvals: z.object({ required: z.number(), given: z.array(approval) }),
  /** What undo would ask or lose, told before promoting. */
  undoNotes: z.array(z.string()),
  /** What production did without a promotion since the last look. */
  directChanges: z.array(z.string()),
  timings: z.record(z.string(), z.number()),
});
export type PlanView = z.infer<typeof planView>;

/** Choices that shape the plan; kept with the environment, part of the digest. */
export const planChoices = z.object({
  excludeFiles: z.array(z.string()).optional(),
  resolve: z.record(z.string(), z.enum(['mine', 'theirs'])).optional(),
  renames: z.record(z.string(), z.enum(['rename', 'drop-and-add'])).optional(),
});

/** Preview page, SCM view, `greenroom diff`. `rehearse: false` skips the rehearsal for live views. */
export const makePlan = request(
  'greenroom/plan/make',
  environmentParams.extend({ rehearse: z.boolean().optional() }),
  planView,
);
/** Checkboxes, conflict buttons, rename questions. Answers the new plan. */
export const choosePlan = request(
  'greenroom/plan/choose',
  environmentParams.extend({ choices: planChoices }),
  planView,
);

/** Both sides of one file; text only when it is text and below 2 MB. */
export const planFile = request(
  'greenroom/plan/file',
  environmentParams.extend({ path: z.string() }),
  z.object({
    path: z.string(),
    production: z.string().optional(),
    environment: z.string().optional(),
    binary: z.boolean(),
    hunks: z.array(
      z.object({
        oldStart: z.number(),
        oldLines: z.number(),
        newStart: z.number(),
        newLines: z.number(),
        lines: z.array(z.string()),
      }),
    ),
  }),
);
/** CodeLens on a hunk, conflict "theirs": production's version of a file, or of one hunk, comes back into the branch's file. */
export const revertFile = request(
  'greenroom/plan/revertFile',
  environmentParams.extend({ path: z.string(), hunk: z.number().optional() }),
  z.object({ path: z.string() }),
);
