import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { unattended } from '../../../server/platform/progress.ts';
import type { PromotionContext } from '../../../server/promotion/context.ts';
import { recordTypes } from '../../../server/promotion/journalRecords.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { recover } from '../../../server/promotion/recover.ts';
import { listPromotionDirectories, stateDirectory } from '../../../server/promotion/stateDirectory.ts';
import { undo } from '../../../server/promotion/undo.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { Children } from '../../support/promotionChild.ts';
import {
  contextOf,
  editEnvironment,
  makeSite,
  type Picture,
  picture,
  rootOf,
  type SiteSpec,
  visible,
} from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Only a promotion that fails writes these. */
const failing = ['reverting', 'reverted'];
const points = recordTypes.flatMap(type => [
  { type, when: 'before' as const },
  { type, when: 'after' as const },
]);

describe('promotion: killed at every journal record', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let spec: SiteSpec;
  let context: PromotionContext;
  let old: Picture;
  let fresh: Picture;
  let digest: string;
  /** The promotion that is in effect. */
  let current: string | undefined;
  const children = new Children();

  before(async () => {
    server = await startMariadb();
    directory = await temporaryDirectory();
    spec = await makeSite(server, directory.path, 'killed');
    old = visible(await picture(server, spec));
    await editEnvironment(server, spec);
    context = await contextOf(spec);
    digest = (await makePlan(context, unattended)).digest;
    current = await promoteNow();
    fresh = visible(await picture(server, spec));
    assert.notDeepEqual(fresh, old);
  });
  after(async () => {
    await children.close();
    await server?.stop();
    await directory?.remove();
  });

  async function promoteNow(): Promise<string> {
    const params = { digest, message: 'again', confirmDestructive: true, reviewed: true };
    return (await promote(context, params, unattended)).promotion;
  }

  async function beOld(): Promise<void> {
    if (current !== undefined) await undo(context, { promotion: current }, unattended);
    current = undefined;
  }

  async function beFresh(): Promise<string> {
    current ??= await promoteNow();
    return current;
  }

  /** After the kill: one recovery ends it, whole or not at all, and leaves nothing behind. */
  async function endsWhole(): Promise<'old' | 'fresh'> {
    const report = await recover(context, unattended);
    assert.deepEqual(report.problems, []);
    assert.equal(report.running, false);
    const now = visible(await picture(server, spec));
    const state = now.files['index.php'] === old.files['index.php'] ? 'old' : 'fresh';
    assert.deepEqual(now, state === 'old' ? old : fresh);
    const again = await recover(context, unattended);
    assert.deepEqual([again.finished, again.takenBack, again.recorded, again.problems], [[], [], [], []]);
    for (const { staged } of await listPromotionDirectories(stateDirectory(rootOf(spec))))
      assert.equal(existsSync(staged), false);
    assert.deepEqual(
      readdirSync(path.dirname(rootOf(spec))).filter(name => name.startsWith('.greenroom-')),
      [],
    );
    return state;
  }

  async function lastPromotion(): Promise<string> {
    const last = (await listPromotionDirectories(stateDirectory(rootOf(spec)))).at(-1);
    assert.ok(last);
    return last.id;
  }

  for (const die of points.filter(({ type }) => !failing.includes(type))) {
    it(`promote, ${die.when} “${die.type}”`, async () => {
      await beOld();
      const ended = await children.run({ spec, action: { promote: digest }, die });
      assert.deepEqual(ended, { state: 'killed' });
      const state = await endsWhole();
      current = state === 'fresh' ? await lastPromotion() : undefined;
      assert.equal(state, expectedAfter(die) ? 'fresh' : 'old');
    });

    it(`undo, ${die.when} “${die.type}”`, async () => {
      const promotion = await beFresh();
      const ended = await children.run({ spec, action: { undo: promotion }, die });
      assert.deepEqual(ended, { state: 'killed' });
      const state = await endsWhole();
      if (state === 'old') current = undefined;
      assert.equal(state, expectedAfter(die) ? 'old' : 'fresh');
    });
  }

  for (const die of points.filter(({ type }) => failing.includes(type)))
    it(`a promotion that takes itself back, ${die.when} “${die.type}”`, async () => {
      await beOld();
      const hooks = { after: [{ run: 'exit 1', undoOnFailure: true }] };
      const ended = await children.run({
        spec: { ...spec, promotion: { hooks } },
        action: { promote: digest },
        die,
      });
      assert.deepEqual(ended, { state: 'killed' });
      const state = await endsWhole();
      current = state === 'fresh' ? await lastPromotion() : undefined;
      // Before “reverting” the journal says that visitors see the new version: it is finished.
      assert.equal(state, die.type === 'reverting' && die.when === 'before' ? 'fresh' : 'old');
    });
});

/** From “switched” on the new version is what visitors see. */
function expectedAfter({ type, when }: (typeof points)[number]): boolean {
  const order = recordTypes.indexOf(type);
  const switched = recordTypes.indexOf('switched');
  return order > switched || (order === switched && when === 'after');
}
