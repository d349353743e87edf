import * as z from 'zod';
import { transformerNames } from '../scrub/plan.ts';

/** Shapes of `greenroom.jsonc`. Every object refuses keys it does not know: a misspelt guard must not be a missing guard. */

const sizeText = z.string().regex(/^\d+(\.\d+)?\s*(B|kB|KB|MB|GB|TB)$/, 'a size such as "1MB"');
const durationText = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(ms|s|m|h|d)$/, 'a duration such as "30m", "6h" or "30d"');
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time such as "09:00"');

export const databaseSchema = z.strictObject({
  url: z.string().describe('mysql://user@host:port/database; a socket: ?socketPath=/run/mysqld/mysqld.sock'),
  password: z.string().optional().describe('"${env:NAME}" or "${secret:NAME}": never the password itself'),
});

/** A rule is a transformer's name, `{ "keep": reason }`, or `{ "use": name, …options }`. */
export const ruleSchema = z.union([
  z.enum(transformerNames),
  z.strictObject({ keep: z.string().min(1) }),
  z.looseObject({ use: z.enum(transformerNames) }),
]);
export type Rule = z.infer<typeof ruleSchema>;

const windowSchema = z.strictObject({
  days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
  from: clockTime,
  to: clockTime,
  timeZone: z.string().default('UTC'),
});

const hookSchema = z.strictObject({
  run: z.string().describe('a command line, run by the shell in production’s root'),
  timeout: durationText.default('60s'),
  undoOnFailure: z.boolean().default(false),
});

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  production: z.strictObject({
    files: z.strictObject({
      root: z.string(),
      exclude: z.array(z.string()).default([]),
    }),
    database: databaseSchema.extend({
      promoter: databaseSchema.optional(),
      binaries: z
        .string()
        .optional()
        .describe('directory of the database server’s programs, if not on the PATH'),
    }),
  }),
  sync: z
    .array(
      z.strictObject({
        from: z.string().default('.'),
        to: z.string().default('.'),
        exclude: z.array(z.string()).default([]),
      }),
    )
    .default([{ from: '.', to: '.', exclude: [] }]),
  scrub: z
    .strictObject({
      presets: z.array(z.string()).default([]),
      rules: z.record(z.string(), ruleSchema).default({}),
      /** How many values per column the proof after a build samples; e-mail, phone, card and IBAN columns are searched whole. */
      proofSample: z.number().int().positive().default(10_000),
    })
    .prefault({}),
  reroute: z
    .strictObject({
      config: z.array(z.string()).default([]),
      sandbox: z.record(z.string(), z.string()).default({}),
      keep: z.array(z.string()).default([]).describe('settings that look like secrets and are none'),
      database: z.array(z.looseObject({ table: z.string() })).default([]),
      releaseTo: z.array(z.string()).default([]).describe('addresses that caught mail may be released to'),
      network: z.enum(['isolated', 'open']).default('isolated'),
    })
    .prefault({}),
  promotion: z
    .strictObject({
      reviewFilesOver: sizeText.default('1MB'),
      approvals: z.number().int().min(0).default(0),
      keepSnapshots: durationText.default('30d'),
      maxBlock: durationText.default('2s'),
      lockWait: durationText.default('5s'),
      windows: z.array(windowSchema).default([]),
      outsideWindow: z
        .strictObject({ run: z.string().optional(), webhook: z.string().optional() })
        .prefault({}),
      hooks: z
        .strictObject({ before: z.array(hookSchema).default([]), after: z.array(hookSchema).default([]) })
        .prefault({}),
      releases: z.enum(['auto', 'in-place']).default('auto'),
    })
    .prefault({}),
  expiry: z
    .strictObject({ idleDays: z.number().positive().default(7), onMerge: z.boolean().default(true) })
    .prefault({}),
  environment: z
    .strictObject({
      sleepAfter: durationText.default('30m'),
      spares: z.number().int().min(0).max(4).default(1),
      exclude: z
        .array(z.string())
        .default([])
        .describe('branches that get no environment on checkout, beside the default branch'),
    })
    .prefault({}),
  base: z
    .strictObject({
      refreshEvery: durationText.optional(),
      maxReadRate: sizeText.optional().describe('bytes a second that a build may read from production'),
    })
    .prefault({}),
  serve: z.string().optional(),
});

export type Config = z.infer<typeof configSchema>;
export type PromotionWindow = z.infer<typeof windowSchema>;

const sizeUnits: Record<string, number> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
const durationUnits: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

/** `"1.5MB"` → 1 500 000 bytes. The text was validated by the schema. */
export function parseSize(text: string): number {
  return parseUnit(text, sizeUnits);
}

/** `"30m"` → 1 800 000 milliseconds. */
export function parseDuration(text: string): number {
  return parseUnit(text, durationUnits);
}

function parseUnit(text: string, units: Record<string, number>): number {
  const match = /^([\d.]+)\s*(\w+)$/.exec(text);
  const factor = match?.[2] === undefined ? undefined : units[match[2]];
  if (match?.[1] === undefined || factor === undefined)
    throw new RangeError(`not a number with a unit: ${text}`);
  return Number(match[1]) * factor;
}
