import { Stopwatch } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { ResultOf } from '../protocol/message.ts';
import type { undo as undoMessage } from '../protocol/promotion.ts';
import { beginAndCarryOut, newPromotionId } from './begin.ts';
import type { PromotionContext } from './context.ts';
import { verifySnapshot } from './files/snapshot.ts';
import { committedPromotions, type PastPromotion, undoneBy } from './history.ts';
import { runBeforeHooks } from './hooks.ts';
import { withPromotionLocks } from './locks.ts';
import { requireSettled } from './recover.ts';
import { removeOldSnapshots } from './snapshots.ts';
import { planUndo } from './undoPlan.ts';

export interface UndoParams {
  promotion: string;
  /** The person agrees that values written since are shortened to fit the old schema. They are kept, too. */
  confirmed?: boolean | undefined;
}

type Undone = ResultOf<typeof undoMessage>;

/**
 * Takes a promotion (or an undo) back: files and schema as they were, removed tables and values returned, rows written
 * since kept. It is itself a promotion with a snapshot and evidence, and can be undone.
 *
 * @throws GreenroomError `promotion-missing`, `undo-blocked` with the list of what is in the way, `snapshot-damaged`,
 *   `data-check`, `finding` where values would be shortened, and what {@link promote} throws
 */
export async function undo(
  context: PromotionContext,
  params: UndoParams,
  operation: Operation,
): Promise<Undone> {
  const watch = new Stopwatch(context.host.clock);
  return await withPromotionLocks(context, 'undo', async held => {
    await requireSettled(context, held);
    const past = await committedPromotions(held.state);
    const subject = requireUndoable(past, params.promotion);
    await watch.time('snapshot', () => verifySnapshot(subject.directory, subject.record.files));
    const promotion = newPromotionId(context);
    const { record, program } = await watch.time('plan', () =>
      planUndo(context, held, { past, subject, promotion, confirmed: params.confirmed ?? false }, operation),
    );
    await watch.time('before', () => runBeforeHooks(context, record));
    const done = await beginAndCarryOut(context, held, record, program, operation, watch);
    await removeOldSnapshots(context, held);
    return {
      promotion,
      undoes: params.promotion,
      timings: watch.timings(),
      ledgerCommit: done.ledgerCommit,
      warnings: done.warnings,
    };
  });
}

function requireUndoable(past: readonly PastPromotion[], id: string): PastPromotion {
  const subject = past.find(({ record }) => record.promotion === id);
  if (subject === undefined)
    throw new GreenroomError('promotion-missing', {
      subject: id,
      detail: 'this production holds no snapshot of it',
    });
  const by = undoneBy(past, id);
  if (by !== undefined)
    throw new GreenroomError('undo-blocked', {
      subject: id,
      detail: `it is undone already, by ${by}`,
      next: `To apply it again, undo ${by}.`,
    });
  if (subject.settled?.snapshotRemovedAt !== undefined)
    throw new GreenroomError('undo-blocked', {
      subject: id,
      detail: `its snapshot was kept until ${subject.settled.snapshotRemovedAt} (promotion.keepSnapshots)`,
    });
  return subject;
}
