import * as z from 'zod';

const identity = z.object({ pid: z.number(), startedAt: z.string() });

/** Where an environment is in its life. Every step of making or removing one is on disk before it is done. */
export const lifeSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('creating'), by: identity }),
  z.object({ state: z.literal('ready') }),
  z.object({
    state: z.literal('expired'),
    at: z.string(),
    why: z.enum(['merged', 'idle', 'by-hand']),
    restorableUntil: z.string(),
  }),
  z.object({ state: z.literal('destroying') }),
]);

/** `environment.json` in the environment's directory: all that the next backend needs to find it again. */
export const environmentRecordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  branch: z.string(),
  /** E-mail of the engineer's git identity. */
  engineer: z.string(),
  /** The worktree it follows. */
  worktree: z.string(),
  life: lifeSchema,
  createdAt: z.string(),
  /** Last sign of use: push, save, promotion, wake. Idle expiry counts from here. */
  lastActivity: z.string(),
  lastPush: z.string().optional(),
  /** The branch's last commit that was seen: tells of a merge or a new name when the branch itself is gone. */
  lastCommit: z.string().optional(),
  postponedUntil: z.string().optional(),
  toldOfExpiry: z.string().optional(),
  generation: z.number(),
  /** Database name inside the clone: production's own. */
  database: z.string(),
  port: z.number(),
  overlay: z.object({ driver: z.string(), productionRoot: z.string() }),
  inbox: z.object({ smtpPort: z.number(), httpPort: z.number() }),
  servePort: z.number(),
  /** Milliseconds without a connection after which the clone's server is stopped. */
  sleepAfter: z.number(),
  configuration: z.array(z.string()),
  /** Paths of the fork, relative to the site: never part of a plan. */
  forkedFiles: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type EnvironmentRecord = z.infer<typeof environmentRecordSchema>;

/**
 * Directory layout of one environment, below `ProjectPaths.environments/<id>`:
 * `environment.json`, `clone/` (database), `overlay/` (upper layer and mount), `inbox/`, `choices.json`.
 */
export interface EnvironmentPaths {
  directory: string;
  record: string;
  clone: string;
  overlay: string;
  inbox: string;
  choices: string;
}
