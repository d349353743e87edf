import * as z from 'zod';
import { folderParams, nothing, timings } from './common.ts';
import { request } from './message.ts';

export const databaseAccess = z.object({
  host: z.string(),
  port: z.number(),
  socket: z.string(),
  user: z.string(),
  password: z.string(),
  name: z.string(),
});

/** Where an environment is in its life. */
export const environmentState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('creating'), step: z.string() }),
  z.object({ state: z.literal('ready') }),
  z.object({ state: z.literal('asleep'), since: z.string() }),
  z.object({
    state: z.literal('expired'),
    at: z.string(),
    why: z.enum(['merged', 'idle', 'by-hand']),
    restorableUntil: z.string(),
  }),
  z.object({ state: z.literal('broken'), problem: z.string() }),
  z.object({ state: z.literal('destroying') }),
]);
export type EnvironmentState = z.infer<typeof environmentState>;

export const inboxAddress = z.object({ smtpPort: z.number(), httpPort: z.number(), unread: z.number() });

/** An environment as views show it; holds no password. */
export const environmentView = z.object({
  id: z.string(),
  branch: z.string(),
  engineer: z.string(),
  worktree: z.string(),
  state: environmentState,
  site: z.string(),
  database: databaseAccess.omit({ password: true }),
  generation: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
  lastPush: z.string().optional(),
  bytes: z.number().optional(),
  overlay: z.string(),
  inbox: inboxAddress.optional(),
  /** What the fork of the configuration did, for people: `STRIPE_SECRET_KEY → placeholder (.env)`. */
  configuration: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type EnvironmentView = z.infer<typeof environmentView>;

export const environmentParams = folderParams.extend({
  branch: z.string().optional(),
  id: z.string().optional(),
});

export const environmentCreated = z.object({
  id: z.string(),
  branch: z.string(),
  site: z.string(),
  database: databaseAccess,
  expiresAt: z.string(),
  /** False when the branch already had this environment. */
  created: z.boolean(),
  warnings: z.array(z.string()),
  timings,
});
export type EnvironmentCreated = z.infer<typeof environmentCreated>;

/** Extension on checkout or by command; command line. Makes the branch's environment, or answers the one that is there. */
export const createEnvironment = request(
  'greenroom/environment/create',
  folderParams.extend({ branch: z.string().optional() }),
  environmentCreated,
);
/** Tree and command line. */
export const listEnvironments = request(
  'greenroom/environment/list',
  folderParams,
  z.object({ environments: z.array(environmentView) }),
);
/** Copying connection details, terminals, `env show`: the only answer that holds the clone's password. */
export const showEnvironment = request(
  'greenroom/environment/show',
  environmentParams,
  environmentView.extend({ database: databaseAccess, variables: z.record(z.string(), z.string()) }),
);
export const sleepEnvironment = request('greenroom/environment/sleep', environmentParams, environmentView);
export const wakeEnvironment = request(
  'greenroom/environment/wake',
  environmentParams,
  environmentView.extend({ timings }),
);
/** By hand, from tree, palette or command line. Restorable for 24 hours unless `now`. */
export const destroyEnvironment = request(
  'greenroom/environment/destroy',
  environmentParams.extend({ now: z.boolean().optional(), evenIfChanged: z.boolean().optional() }),
  z.object({ id: z.string(), branch: z.string(), restorableUntil: z.string().optional() }),
);
export const restoreEnvironment = request(
  'greenroom/environment/restore',
  environmentParams,
  environmentView,
);
/** "Postpone" on the expiry notice. */
export const postponeEnvironment = request(
  'greenroom/environment/postpone',
  environmentParams,
  environmentView,
);
/** Frees what expired more than a day ago and what crashes left behind. */
export const collectGarbage = request(
  'greenroom/gc',
  folderParams,
  z.object({ removed: z.array(z.string()), bytes: z.number() }),
);
/** On save and by the watcher: brings the branch's files into the environment now. */
export const syncEnvironment = request(
  'greenroom/environment/sync',
  environmentParams,
  z.object({ written: z.number(), deleted: z.number(), timings }),
);
export { nothing };
