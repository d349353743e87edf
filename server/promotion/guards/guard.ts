import type { Config } from '../../config/schema.ts';
import type { Connection } from '../../database/connection.ts';
import type { Host } from '../../platform/host.ts';
import type { FileChange, Finding, SchemaChange } from '../../protocol/plan.ts';

/** What a guard may look at: the changes that would be applied, never what the person left out. */
export interface GuardSubject {
  files: readonly FileChange[];
  schema: readonly SchemaChange[];
}

/** What a guard may ask. A guard reads; it never writes, and it never stops a plan from being made. */
export interface GuardContext {
  host: Host;
  config: Config;
  /** Production, read-only, in production's database; absent when the plan changes no schema. */
  production: Connection | undefined;
  /** The first bytes of a file as the environment has it; empty for what is no regular file. */
  head(path: string, bytes: number): Promise<Buffer>;
}

/**
 * One check over a plan. Its findings carry the guard's name; `review` and `confirm` pause a promotion until a person
 * says so, `info` only tells. Guards fire on real mistakes: each has a measurement on ordinary changes in its test.
 */
export interface Guard {
  readonly name: string;
  check(subject: GuardSubject, context: GuardContext): Promise<Finding[]>;
}
