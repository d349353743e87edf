import * as z from 'zod';
import { generationView } from './base.ts';
import { failure, folderParams, nothing, progressReport } from './common.ts';
import { environmentView } from './environment.ts';
import { notification, request } from './message.ts';
import { ledgerEntry } from './promotion.ts';

/** What a window's HEAD says. Only `branch` makes or switches environments. */
export const headState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('branch'), name: z.string(), isDefault: z.boolean() }),
  z.object({ kind: z.literal('detached'), commit: z.string(), during: z.enum(['rebase', 'bisect', 'none']) }),
  z.object({ kind: z.literal('unborn'), name: z.string() }),
]);
export type HeadState = z.infer<typeof headState>;

export const configurationProblem = z.object({
  file: z.string(),
  /** 1-based. */
  line: z.number(),
  column: z.number(),
  endColumn: z.number().optional(),
  message: z.string(),
});

export const job = z.object({
  id: z.string(),
  title: z.string(),
  branch: z.string().optional(),
  progress: progressReport,
});

export const projectStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('no-repository') }),
  z.object({ state: z.literal('unconfigured'), root: z.string() }),
  z.object({ state: z.literal('invalid'), root: z.string(), problems: z.array(configurationProblem) }),
  /** The configuration is in order and yet the project cannot be opened: a secret is missing, the store is out of reach. */
  z.object({ state: z.literal('blocked'), root: z.string(), failure }),
  z.object({
    state: z.literal('ready'),
    root: z.string(),
    project: z.string(),
    head: headState,
    /** The environment of the branch that is checked out. */
    current: environmentView.optional(),
    environments: z.array(environmentView),
    generations: z.array(generationView),
    promotions: z.array(ledgerEntry),
    jobs: z.array(job),
    /** Production changed since the current environment's last plan. */
    productionMoved: z.boolean(),
    excludedBranch: z.boolean(),
    /** The last automatic action's failure, until the next success. */
    problem: failure.optional(),
  }),
]);
export type ProjectStatus = z.infer<typeof projectStatus>;

/** Extension at start and for refreshes. */
export const status = request('greenroom/status', folderParams, projectStatus);
/** Backend → extension when anything in `status` changed, at most a few times a second. */
export const statusChanged = notification(
  'greenroom/statusChanged',
  z.object({ folder: z.string(), status: projectStatus }),
);
/** Backend → extension: something a person should hear once; the extension decides how. */
export const notice = notification(
  'greenroom/notice',
  z.object({
    folder: z.string(),
    kind: z.enum(['expires-soon', 'expired', 'production-moved']),
    message: z.string(),
    branch: z.string().optional(),
    environment: z.string().optional(),
  }),
);
/** Extension → backend: which folders are open (and trusted), and how checkouts are answered. */
export const openFolder = request(
  'greenroom/folder/open',
  folderParams.extend({
    autoCreate: z.enum(['always', 'ask', 'never']),
    excludedBranches: z.array(z.string()),
    /** Secrets from SecretStorage, by the name used in `${secret:NAME}` or `${env:NAME}`; kept in memory only. */
    secrets: z.record(z.string(), z.string()).optional(),
  }),
  projectStatus,
);
export const closeFolder = request('greenroom/folder/close', folderParams, nothing);
/** Backend → extension when `autoCreate` is `ask` and a branch without environment is checked out. */
export const askCreate = notification(
  'greenroom/askCreate',
  z.object({ folder: z.string(), branch: z.string() }),
);

export const doctorPart = z.object({
  part: z.string(),
  ok: z.boolean(),
  /** What would be used, and why. */
  choice: z.string(),
  /** How to get a better one; absent when nothing is better. */
  advice: z.string().optional(),
});
export const doctor = request('greenroom/doctor', folderParams, z.object({ parts: z.array(doctorPart) }));
/** Writes a first `greenroom.jsonc` from what is found in the folder; refuses to replace one. */
export const initialize = request(
  'greenroom/init',
  folderParams,
  z.object({ file: z.string(), found: z.array(z.string()), questions: z.array(z.string()) }),
);
export const initializeStore = request(
  'greenroom/store/init',
  folderParams.extend({ size: z.string().optional() }),
  z.object({ volume: z.string(), bytes: z.number() }),
);
/** A read-only query of the clone, for tools and people; rows are scrubbed data. */
export const queryClone = request(
  'greenroom/environment/query',
  folderParams.extend({ branch: z.string().optional(), sql: z.string(), limit: z.number().optional() }),
  z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string().nullable())) }),
);
