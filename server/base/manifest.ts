import * as z from 'zod';

const position = z.object({ file: z.string(), position: z.string() });

/** What a refresh compares to know whether a table is still the same. */
export const tableRecord = z.object({
  rows: z.number(),
  engine: z.string(),
  /** `information_schema.TABLES.UPDATE_TIME` before the snapshot; null where the engine did not know it. */
  updateTime: z.string().nullable(),
  createTime: z.string().nullable(),
  /** `CHECKSUM TABLE` under the snapshot; null where it was not needed. */
  checksum: z.string().nullable(),
  /** How it was scrubbed: a digest over its rules. */
  rules: z.string(),
  /** A digest over production's definition; empty in what earlier versions recorded. */
  definition: z.string().default(''),
});
export type TableRecord = z.infer<typeof tableRecord>;

/** `manifest.json` of a generation. */
export const manifestSchema = z.object({
  format: z.literal(1),
  generation: z.number(),
  origin: z.enum(['build', 'refresh']),
  /** The generation that a refresh started from. */
  from: z.number().optional(),
  createdAt: z.string(),
  seconds: z.number(),
  engine: z.object({
    flavour: z.enum(['mariadb', 'mysql']),
    version: z.tuple([z.number(), z.number(), z.number()]),
    versionText: z.string(),
    production: z.string(),
    binariesDirectory: z.string().optional(),
  }),
  database: z.string(),
  schemaDigest: z.string(),
  rulesDigest: z.string(),
  keyId: z.string(),
  source: z.object({
    /** Production's clock at the snapshot, UTC. */
    at: z.string(),
    consistency: z.enum(['binlog-snapshot', 'transaction-counter', 'global-read-lock', 'single-reader']),
    position: position.nullable(),
    /** Executed global transaction ids: shows whether the log was started anew. */
    transactions: z.string().nullable(),
    /** Names this start of the production server: what it remembers in memory is comparable only within it. */
    startedAt: z.string(),
    /** Digest over production's definitions. */
    fingerprint: z.string(),
    /** Tables of engines without snapshots: copied while others may have been writing. */
    outsideSnapshot: z.array(z.string()),
  }),
  /** How it was decided which tables to copy. */
  changeDetection: z.enum(['none', 'binlog-position', 'binlog-events', 'table-checks']),
  tables: z.record(z.string(), tableRecord),
  rows: z.number(),
  bytes: z.number(),
  tablesCopied: z.array(z.string()),
  proven: z.boolean(),
  warnings: z.array(z.string()),
});
export type Manifest = z.infer<typeof manifestSchema>;
