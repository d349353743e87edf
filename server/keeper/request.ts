import * as z from 'zod';

/** What clients say to the keeper, one JSON line each; see `environments/keeperClient.ts`. */
export const keeperRequestSchema = z.object({
  verb: z.enum(['open', 'close', 'guard', 'quit']),
  directory: z.string(),
});
