import * as z from 'zod';
import { failure, progressReport } from './common.ts';
import { planChoices, planFile, planView } from './plan.ts';

/**
 * Messages between the preview page and the extension. Both sides parse what arrives; anything else is dropped.
 * The page never sees a path of this machine, a password or a token.
 */

/** Page → extension. `call` numbers an answer; `file` is asked for when a file is opened, never for all of them. */
export const fromPage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('refresh') }),
  z.object({ type: z.literal('file'), call: z.number(), path: z.string() }),
  z.object({ type: z.literal('openDiff'), path: z.string() }),
  z.object({ type: z.literal('openAll') }),
  z.object({ type: z.literal('openDdl'), object: z.string() }),
  z.object({ type: z.literal('choose'), choices: planChoices }),
  z.object({ type: z.literal('message'), text: z.string() }),
  z.object({ type: z.literal('approve') }),
  z.object({
    type: z.literal('promote'),
    digest: z.string(),
    message: z.string(),
    confirmDestructive: z.boolean(),
    reviewed: z.boolean(),
  }),
  z.object({ type: z.literal('undo'), promotion: z.string() }),
  z.object({ type: z.literal('cancel') }),
]);
export type FromPage = z.infer<typeof fromPage>;

/** What the page is doing, beside the plan it shows. */
export const pageActivity = z.discriminatedUnion('state', [
  z.object({ state: z.literal('idle') }),
  z.object({
    state: z.literal('working'),
    what: z.enum(['plan', 'promote', 'undo', 'approve']),
    progress: progressReport,
  }),
  z.object({ state: z.literal('failed'), failure }),
  z.object({
    state: z.literal('promoted'),
    promotion: z.string(),
    ledgerCommit: z.string(),
    seconds: z.number(),
    warnings: z.array(z.string()),
  }),
  z.object({ state: z.literal('undone'), undoes: z.string(), seconds: z.number() }),
]);
export type PageActivity = z.infer<typeof pageActivity>;

/** Extension → page. */
export const toPage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('strings'),
    /** Translations by English text; empty for English. */
    strings: z.record(z.string(), z.string()),
    locale: z.string(),
  }),
  z.object({
    type: z.literal('plan'),
    plan: planView,
    message: z.string(),
    /** Made because the world moved, not because the person asked: it is shown, and not applied before they ask. */
    live: z.boolean(),
  }),
  z.object({ type: z.literal('activity'), activity: pageActivity }),
  z.object({ type: z.literal('moved'), what: z.enum(['environment', 'production']) }),
  z.object({ type: z.literal('message'), text: z.string() }),
  z.object({
    type: z.literal('answer'),
    call: z.number(),
    file: planFile.result.optional(),
    problem: z.string().optional(),
  }),
]);
export type ToPage = z.infer<typeof toPage>;
