import assert from 'node:assert/strict';
import { histories } from './histories.ts';
import { assertOracle, freshDatabase, type Place, runAll } from './oracle.ts';

/**
 * Each upgrade of a real history: the diff makes what the upgrade's own statements made, its undo brings back what was there. And
 * the guard's measure: of all these changes, which count as destructive.
 */
export function historyCases(place: () => Place): void {
  for (const { name, start, steps } of histories)
    it(`${name}: every upgrade, there and back`, async () => {
      const flagged: string[] = [];
      let changes = 0;
      const a = await freshDatabase(place(), 'a', 'CHARACTER SET utf8mb4');
      const b = await freshDatabase(place(), 'b', 'CHARACTER SET utf8mb4');
      try {
        await runAll(a, start);
        await runAll(b, start);
        for (const { what, sql } of steps) {
          await runAll(b, sql);
          const { diff } = await assertOracle(a, b);
          assert.ok(diff.changes.length > 0, what);
          changes += diff.changes.length;
          if (diff.changes.some(({ destructive }) => destructive)) flagged.push(what);
          await runAll(a, sql);
        }
      } finally {
        await a.close();
        await b.close();
      }
      assert.ok(changes >= steps.length);
      assert.deepEqual(
        flagged,
        steps.filter(({ loses }) => loses).map(({ what }) => what),
        'what asks for a second confirmation, of all upgrades',
      );
    });
}
