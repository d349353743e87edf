import * as z from 'zod';
import { folderParams, timings } from './common.ts';
import { environmentParams } from './environment.ts';
import { request } from './message.ts';

export const ledgerEntry = z.object({
  promotion: z.string(),
  kind: z.enum(['promotion', 'undo', 'approval', 'direct']),
  at: z.string(),
  by: z.string(),
  branch: z.string().optional(),
  message: z.string(),
  digest: z.string().optional(),
  commit: z.string(),
  files: z.number(),
  statements: z.number(),
  /** Findings as they were, with who confirmed. */
  findings: z.array(z.string()),
  undoes: z.string().optional(),
  /** Whether undo is offered now, and until when the snapshot is kept. */
  undo: z.discriminatedUnion('state', [
    z.object({ state: z.literal('possible'), until: z.string() }),
    z.object({ state: z.literal('done'), by: z.string() }),
    z.object({ state: z.literal('gone'), why: z.string() }),
  ]),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;

/** "Apply these exact changes": the person's click, or the command line. Never an agent's. */
export const promote = request(
  'greenroom/promotion/promote',
  environmentParams.extend({
    digest: z.string(),
    message: z.string(),
    confirmDestructive: z.boolean().optional(),
    reviewed: z.boolean().optional(),
  }),
  z.object({
    promotion: z.string(),
    digest: z.string(),
    timings,
    ledgerCommit: z.string(),
    warnings: z.array(z.string()),
  }),
);
export const undo = request(
  'greenroom/promotion/undo',
  folderParams.extend({ promotion: z.string(), confirmed: z.boolean().optional() }),
  z.object({
    promotion: z.string(),
    undoes: z.string(),
    timings,
    ledgerCommit: z.string(),
    warnings: z.array(z.string()),
  }),
);
export const approve = request(
  'greenroom/promotion/approve',
  folderParams.extend({ digest: z.string() }),
  z.object({ digest: z.string(), by: z.string(), commit: z.string() }),
);
export const log = request('greenroom/log', folderParams, z.object({ entries: z.array(ledgerEntry) }));
export const verify = request(
  'greenroom/verify',
  folderParams.extend({ allowedSigners: z.string().optional() }),
  z.object({ ok: z.boolean(), entries: z.number(), problems: z.array(z.string()) }),
);
export const adoption = request(
  'greenroom/adoption',
  folderParams,
  z.object({
    promotions: z.number(),
    direct: z.number(),
    /** Promotions as a share of all changes to production, 0 to 1; absent before the first change. */
    share: z.number().optional(),
    months: z.array(z.object({ month: z.string(), promotions: z.number(), direct: z.number() })),
  }),
);
/** `greenroom log --bundle FILE`: the auditor's self-contained page. */
export const exportBundle = request(
  'greenroom/evidence/export',
  folderParams.extend({ to: z.string() }),
  z.object({ file: z.string(), entries: z.number() }),
);
/** `greenroom log --fetch`, `--push`: exchanges the signed ledger with a remote of the repository. */
export const exchangeLedger = request(
  'greenroom/evidence/exchange',
  folderParams.extend({ direction: z.enum(['fetch', 'push']), remote: z.string().optional() }),
  z.object({ remote: z.string(), received: z.number(), commit: z.string().optional() }),
);
