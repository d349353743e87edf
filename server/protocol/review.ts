import * as z from 'zod';
import { folderParams, nothing } from './common.ts';
import { environmentParams } from './environment.ts';
import { notification, request } from './message.ts';
import { ledgerEntry } from './promotion.ts';

/** Production's side in a diff editor, and the gutter's original: the bytes as they are, binary files too. */
export const readSide = request(
  'greenroom/plan/content',
  environmentParams.extend({
    side: z.enum(['production', 'environment']),
    /** Relative to the site's root, `/` between parts. */
    path: z.string(),
  }),
  z.discriminatedUnion('state', [
    z.object({ state: z.literal('missing') }),
    z.object({ state: z.literal('file'), base64: z.string(), modifiedAt: z.number() }),
  ]),
);

/**
 * The extension's two ways through the `sync` rules: which site path an open file becomes, and which file of the
 * branch a site path came from. `null` where there is none (not synced; written by the site itself).
 */
export const locate = request(
  'greenroom/plan/locate',
  folderParams.extend({
    /** Absolute paths of files below the folder. */
    files: z.array(z.string()).default([]),
    /** Paths relative to the site's root. */
    paths: z.array(z.string()).default([]),
  }),
  z.object({ paths: z.array(z.string().nullable()), files: z.array(z.string().nullable()) }),
);

/** Backend → extension: the current environment's files or schema, or production's, moved. Plans made before may be old. */
export const planChanged = notification(
  'greenroom/planChanged',
  z.object({ folder: z.string(), environment: z.string(), what: z.enum(['environment', 'production']) }),
);

/** A promotion's own document, from tree and palette. */
export const showPromotion = request(
  'greenroom/log/show',
  folderParams.extend({ promotion: z.string() }),
  z.object({
    entry: ledgerEntry,
    /** Unified diff of the files; empty for approvals. */
    patch: z.string(),
    ddl: z.string(),
    undoDdl: z.string(),
    /** The signed in-toto statement, JSON. */
    statement: z.string(),
  }),
);

/** The task `greenroom: serve` and "Open Site": the command of `serve`, wrapped so that it reaches only clone and inbox. */
export const serveSite = request(
  'greenroom/environment/serve',
  environmentParams,
  z.object({
    command: z.array(z.string()).min(1),
    directory: z.string(),
    variables: z.record(z.string(), z.string()),
    url: z.string(),
    /** Why it is not cut off from the network, where that was asked for. */
    warning: z.string().optional(),
  }),
);

/** "Cancel" on a job the person did not start by a request of their own, such as the creation after a checkout. */
export const cancelJob = request('greenroom/job/cancel', folderParams.extend({ id: z.string() }), nothing);

/** Names of the secrets that `greenroom.jsonc` mentions, and whether the backend has a value. Never a value. */
export const listSecrets = request(
  'greenroom/secrets/list',
  folderParams,
  z.object({
    secrets: z.array(z.object({ name: z.string(), source: z.enum(['secret', 'env']), known: z.boolean() })),
  }),
);
