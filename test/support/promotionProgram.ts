/*
 * A backend of its own that promotes, undoes or recovers, and dies by SIGKILL where it is told to. It waits for its
 * orders on IPC, so that the next one can start while the last one's ruins are looked at.
 */
import { writeSync } from 'node:fs';
import { Journal } from '../../server/platform/journal.ts';
import { unattended } from '../../server/platform/progress.ts';
import { promote } from '../../server/promotion/promote.ts';
import { recover } from '../../server/promotion/recover.ts';
import { undo } from '../../server/promotion/undo.ts';
import { contextOf, type SiteSpec } from './promotionSite.ts';

export interface Orders {
  spec: SiteSpec;
  action: { promote: string } | { undo: string } | { recover: true };
  die?: { type: string; when: 'before' | 'after' };
}

process.once('message', (orders: Orders) => {
  run(orders).then(
    result => process.send?.({ result }, () => process.exit(0)),
    error =>
      process.send?.({ error: String(error), reason: error?.reason, items: error?.items }, () =>
        process.exit(1),
      ),
  );
});

async function run({ spec, action, die }: Orders): Promise<unknown> {
  if (die !== undefined) dieAt(die);
  const context = await contextOf(spec);
  if ('promote' in action) {
    const params = {
      digest: action.promote,
      message: 'from a child',
      confirmDestructive: true,
      reviewed: true,
    };
    return await promote(context, params, unattended);
  }
  if ('undo' in action) return await undo(context, { promotion: action.undo }, unattended);
  return await recover(context, unattended);
}

/** The journal itself stays the product's: only its `append` is told to die around one record. */
function dieAt({ type, when }: NonNullable<Orders['die']>): void {
  const append = Journal.prototype.append;
  const kill = () => {
    writeSync(2, `dying ${when} ${type}\n`);
    process.kill(process.pid, 'SIGKILL');
    return new Promise<void>(() => undefined);
  };
  Journal.prototype.append = async function (record: unknown): Promise<void> {
    const is = (record as { type?: string }).type === type;
    if (is && when === 'before') await kill();
    await append.call(this, record as never);
    if (is && when === 'after') await kill();
  };
}
