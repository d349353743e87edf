import { realpath, rm } from 'node:fs/promises';
import { parseDuration } from '../config/schema.ts';
import { quoteName } from '../database/quote.ts';
import { timestamp } from '../platform/clock.ts';
import type { PromotionContext } from './context.ts';
import { keptNames, placeOf } from './ddl/schemaWork.ts';
import { committedPromotions } from './history.ts';
import { type Held, withPromotionLocks } from './locks.ts';
import { forgetOldPlans } from './planMemory.ts';
import { writeSettled } from './record.ts';

/**
 * Removes what promotions kept once `promotion.keepSnapshots` has passed: old file versions, old releases that Greenroom
 * built, and tables that hold removed tables and values. Answers the promotions that cannot be undone any more.
 */
export async function removeOldSnapshots(context: PromotionContext, held?: Held): Promise<string[]> {
  if (held === undefined)
    return await withPromotionLocks(context, 'remove old snapshots', inside =>
      removeOldSnapshots(context, inside),
    );
  const { host, config, production } = context;
  const keep = parseDuration(config.promotion.keepSnapshots);
  const removed: string[] = [];
  const past = await committedPromotions(held.state);
  const isOld = (at: string) => host.clock.now() - Date.parse(at) > keep;
  // What a younger undo brought back, or a younger promotion still needs, stays.
  const needed = new Set(
    past
      .filter(({ record }) => !isOld(record.at))
      .flatMap(({ record }) => [...(record.schema?.restored ?? [])].map(({ keptAs }) => keptAs)),
  );
  const current = await realpath(production.root);
  const there = new Set(await keptNames(held.connection));
  for (const { record, directory, settled } of past) {
    if (!isOld(record.at) || settled === undefined || settled.snapshotRemovedAt !== undefined) continue;
    for (const kept of record.schema?.kept ?? []) {
      if (!there.has(placeOf(kept)) || needed.has(kept.keptAs)) continue;
      const word = kept.kind === 'table' && kept.type === 'sequence' ? 'SEQUENCE' : 'TABLE';
      for (const name of new Set([kept.keptAs, placeOf(kept)]))
        await held.connection.execute(`DROP ${word} IF EXISTS ${quoteName(name)}`);
    }
    if (
      record.fileMode.mode === 'release' &&
      record.fileMode.from !== current &&
      isOurs(past, record.fileMode.from)
    )
      await rm(record.fileMode.from, { recursive: true, force: true });
    await rm(directory.snapshot, { recursive: true, force: true });
    await rm(directory.found, { recursive: true, force: true });
    await writeSettled(directory, { ...settled, snapshotRemovedAt: timestamp(host.clock) });
    removed.push(record.promotion);
  }
  await forgetOldPlans(context);
  return removed;
}

/** A release that a promotion built; one that people or their deploy tool made is never removed. */
function isOurs(past: Awaited<ReturnType<typeof committedPromotions>>, release: string): boolean {
  return past.some(
    ({ record }) =>
      record.fileMode.mode === 'release' && record.fileMode.built && record.fileMode.to === release,
  );
}
