import { parseDuration } from '../config/schema.ts';
import { type Connection, connect } from '../database/connection.ts';
import type { Operation } from '../platform/progress.ts';
import type { Rename } from '../schema/diff.ts';
import type { Schema } from '../schema/model.ts';
import type { PromotionContext } from './context.ts';
import { columnsAtStake } from './ddl/keepValues.ts';
import type { Kept, KeptValues } from './ddl/program.ts';
import {
  dropShadow,
  type Exchange,
  finishShadow,
  openExchange,
  planShadow,
  prepareShadow,
  type ShadowOptions,
  type ShadowPlan,
  shadowState,
  switchShadow,
} from './shadow.ts';

/** Tables that are rebuilt beside themselves, because altering them would block writes for too long. */
export interface Shadowing {
  plans: ShadowPlan[];
  /** The old tables, as keepers of values. */
  kept: KeptValues[];
  /** Tables that would block for too long and cannot be rebuilt so: they are altered in place. One sentence each. */
  slow: { table: string; message: string }[];
}

/**
 * Chooses by what the rehearsal measured (`blocked`: milliseconds by table) against `promotion.maxBlock`.
 */
export function chooseShadows(
  context: PromotionContext,
  change: {
    promotion: string;
    from: Schema;
    target: Schema;
    renames: readonly Rename[];
    restored?: readonly Kept[];
  },
  blocked: Readonly<Record<string, number>>,
): Shadowing {
  const limit = parseDuration(context.config.promotion.maxBlock);
  const shadowing: Shadowing = { plans: [], kept: [], slow: [] };
  for (const [table, milliseconds] of Object.entries(blocked)) {
    const before = change.from.tables[table];
    const after = change.target.tables[table];
    if (milliseconds <= limit || before === undefined || after === undefined) continue;
    const id = `${change.promotion.replaceAll('-', '_')}_${shadowing.plans.length}`;
    const restored = (change.restored ?? []).filter(
      (kept): kept is KeptValues => kept.kind === 'values' && kept.table === table,
    );
    const shadowed = planShadow({ ...change, id, table, restored });
    if (!shadowed.possible) {
      const seconds = (milliseconds / 1000).toFixed(1);
      shadowing.slow.push({
        table,
        message:
          `${table} blocks writes for about ${seconds} s, more than promotion.maxBlock: ` +
          `it is altered in place, because it cannot be rebuilt beside itself (${shadowed.reason}).`,
      });
      continue;
    }
    const { plan } = shadowed;
    shadowing.plans.push(plan);
    const renamed = new Map(
      change.renames
        .filter(rename => rename.kind === 'column' && rename.table === table)
        .map(({ from, to }) => [from, to]),
    );
    const key = plan.forward.key;
    shadowing.kept.push({
      kind: 'values',
      table,
      keptAs: `${[...plan.old].slice(0, 62).join('')}_k`,
      keptIn: plan.old,
      key: key.map(({ from }) => from),
      keyed: key.every(({ from, to }) => from === to),
      columns: columnsAtStake(before, after, renamed),
    });
  }
  return shadowing;
}

function optionsOf({ config }: PromotionContext): ShadowOptions {
  return { lockWaitMs: parseDuration(config.promotion.lockWait) };
}

const connecting = (context: PromotionContext) => () => connect(context.host, context.production.promoter);

/** The long half, before any lock: copies and follows. */
export async function prepareShadows(
  context: PromotionContext,
  plans: readonly ShadowPlan[],
  operation: Operation,
): Promise<void> {
  for (const plan of plans)
    await prepareShadow(
      context.host,
      connecting(context),
      plan,
      optionsOf(context),
      // What has begun is ended: after “committing” nobody cancels.
      { progress: operation.progress, signal: new AbortController().signal },
      async step => {
        context.host.log.info('rebuilding a table beside itself', { table: plan.table, step });
      },
    );
}

/** All of it for one table, for a rehearsal: nobody else is there. */
export async function rebuild(
  context: PromotionContext,
  connection: Connection,
  plan: ShadowPlan,
  operation: Operation,
): Promise<void> {
  await prepareShadows(context, [plan], operation);
  await switchShadow(context.host, connecting(context), plan, optionsOf(context), operation);
  await finishShadows(context, connection, [plan]);
}

/** The sessions of the exchanges; opened before the locks are taken. */
export async function openExchanges(
  context: PromotionContext,
  plans: readonly ShadowPlan[],
): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const plan of plans) exchanges.push(await openExchange(connecting(context), plan));
  return exchanges;
}

export async function finishShadows(
  context: PromotionContext,
  connection: Connection,
  plans: readonly ShadowPlan[],
): Promise<void> {
  const quiet = { progress: () => undefined, signal: new AbortController().signal };
  for (const plan of plans) await finishShadow(context.host, connection, plan, optionsOf(context), quiet);
}

/** Whether all tables were exchanged: then a promotion can be finished. */
export async function allExchanged(connection: Connection, plans: readonly ShadowPlan[]): Promise<boolean> {
  for (const plan of plans) if ((await shadowState(connection, plan)) !== 'switched') return false;
  return true;
}

/**
 * Takes rebuilt tables back: unfinished ones by exchanging or dropping. A finished one is not followed any more; it goes the
 * usual way back, with values out of the old table.
 */
export async function takeBackShadows(
  context: PromotionContext,
  connection: Connection,
  plans: readonly ShadowPlan[],
): Promise<void> {
  const quiet = { progress: () => undefined, signal: new AbortController().signal };
  for (const plan of plans) {
    const isSwitched = (await shadowState(connection, plan)) === 'switched';
    if (isSwitched && !(await isFollowed(connection, plan)))
      await finishShadow(context.host, connection, plan, optionsOf(context), quiet);
    else await dropShadow(context.host, connecting(context), plan, optionsOf(context), quiet);
  }
}

async function isFollowed(connection: Connection, plan: ShadowPlan): Promise<boolean> {
  const rows = await connection.rows(
    'SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME IN (?)',
    [plan.triggers.follow],
  );
  return rows.length === plan.triggers.follow.length;
}
