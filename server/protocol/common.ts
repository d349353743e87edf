import * as z from 'zod';

/** Milliseconds per named step, and `total`. */
export const timings = z.record(z.string(), z.number());

/** A failed request's `data`: what the face needs to show the sentence and offer the next step. */
export const failure = z.object({
  reason: z.string(),
  /** The user's sentence: what happened, to what, what to do next. */
  message: z.string(),
  items: z.array(z.string()),
  /** Exit code of the command line (design, section 5). */
  exitCode: z.number(),
});
export type Failure = z.infer<typeof failure>;

/** How a running operation is doing; sent as the value of the protocol's own `$/progress`. */
export const progressReport = z.object({
  step: z.string(),
  done: z.number().optional(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'rows', 'files', 'tables', 'steps']).optional(),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
});

export const nothing = z.object({});
/** Every request names the folder it is about: one backend may serve several repositories and worktrees. */
export const folderParams = z.object({ folder: z.string() });
