import { connect } from '../database/connection.ts';
import type { Host } from '../platform/host.ts';
import type { Conflict, PlanView } from '../protocol/plan.ts';
import { diffSchemas, type PlannedChange, type Rename } from '../schema/diff.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
import { rebaseSchema } from '../schema/rebase.ts';
import { withSpellings } from '../schema/renames.ts';
import type { Choices } from './choices.ts';
import type { PlanSource } from './context.ts';
import { differentObjects, type ObjectRef, withObjects } from './ddl/objects.ts';
import { asReadBy, withDefinersOf } from './readProduction.ts';

/** The schema half of the three-way comparison. */
export interface SchemaPlan {
  /** Production as it is now. */
  production: Schema;
  target: Schema;
  /** The environment's clone. */
  mine: Schema;
  changes: PlannedChange[];
  touched: ObjectRef[];
  conflicts: Conflict[];
  /** What may be renames, with the person's decisions. */
  candidates: PlanView['renames'];
  /** Decided renames that production still needs. */
  renames: Rename[];
}

/** What an environment promoted before, and is in effect: its own work already, whoever looks at production. */
export interface PromotedPart {
  mine: Schema;
  touched: readonly ObjectRef[];
}

/** Rebases what the environment changed since its generation on production's schema. */
export async function planSchema(
  host: Host,
  source: PlanSource,
  theirs: Schema,
  choices: Choices,
  promoter: string | undefined,
  promoted: readonly PromotedPart[],
): Promise<SchemaPlan> {
  const [generation, mine] = await Promise.all([source.baseSchema(), readCloneSchema(host, source)]);
  const base = withDefinersOf(
    promoted.reduce((schema, part) => withObjects(schema, part.mine, part.touched), generation),
    theirs,
  );
  const candidates = diffSchemas(base, mine).renameCandidates;
  const decided = withSpellings(
    base,
    mine,
    candidates.filter(candidate => choices.renames[candidate.id] === 'rename'),
  );
  const rebased = rebaseSchema(base, mine, theirs, { resolve: choices.resolve, renames: decided });
  // From here on as the promoter will see and make it.
  const production = asReadBy(theirs, promoter);
  const target = asReadBy(rebased.target, promoter);
  const changes = diffSchemas(production, target, { renames: rebased.renames }).changes;
  return {
    production,
    target,
    mine,
    changes,
    touched: changes.length === 0 ? [] : differentObjects(production, target),
    conflicts: rebased.conflicts,
    candidates: candidates.map(candidate => {
      const decision = choices.renames[candidate.id];
      return { ...candidate, ...(decision !== undefined && { decision }) };
    }),
    renames: rebased.renames,
  };
}

async function readCloneSchema(host: Host, source: PlanSource): Promise<Schema> {
  const connection = await connect(host, source.clone, { readOnly: true });
  try {
    return await introspect(connection, source.clone.database ?? '');
  } finally {
    await connection.close();
  }
}
