import * as z from 'zod';
import { folderParams } from './common.ts';
import { request } from './message.ts';

/** A sealed generation as views show it. */
export const generationView = z.object({
  generation: z.number(),
  createdAt: z.string(),
  engine: z.string(),
  tables: z.number(),
  rows: z.number(),
  bytes: z.number(),
  seconds: z.number(),
  /** How the generation came to be: built anew, or refreshed from another. */
  origin: z.enum(['build', 'refresh']),
  /** Environments that use it. */
  usedBy: z.number(),
  /** True when the proof found no original value. */
  proven: z.boolean(),
});
export type GenerationView = z.infer<typeof generationView>;

export const baseBuilt = z.object({
  generation: z.number(),
  rows: z.number(),
  bytes: z.number(),
  seconds: z.number(),
  tablesCopied: z.number(),
  warnings: z.array(z.string()),
});

/** Palette, welcome view, command line; reports progress, can be cancelled. */
export const buildBase = request('greenroom/base/build', folderParams, baseBuilt);
export const refreshBase = request('greenroom/base/refresh', folderParams, baseBuilt);
export const listBases = request(
  'greenroom/base/list',
  folderParams,
  z.object({ generations: z.array(generationView) }),
);

export const ruleProposal = z.object({
  table: z.string(),
  column: z.string(),
  /** Transformer name, or `keep`. */
  use: z.string(),
  reason: z.string(),
  confidence: z.number(),
  /** The line to paste into `scrub.rules`. */
  rule: z.string(),
});
/** Command line, `greenroom init`, quick fixes. Never holds a value. */
export const detectScrub = request(
  'greenroom/scrub/detect',
  /** `write`: the proposals are added to `scrub.rules` of the configuration. */
  folderParams.extend({ write: z.boolean().optional() }),
  z.object({
    proposals: z.array(ruleProposal),
    covered: z.number(),
    uncovered: z.number(),
    seconds: z.number(),
    /** The configuration that the proposals were added to. */
    written: z.string().optional(),
  }),
);
/** The person's own screen only: originals beside replacements, never logged, never written. */
export const previewScrub = request(
  'greenroom/scrub/preview',
  folderParams.extend({ table: z.string(), rows: z.number().optional() }),
  z.object({
    table: z.string(),
    columns: z.array(z.object({ name: z.string(), rule: z.string() })),
    rows: z.array(
      z.object({ before: z.array(z.string().nullable()), after: z.array(z.string().nullable()) }),
    ),
  }),
);
