import assert from 'node:assert/strict';
import fc from 'fast-check';
import { databaseSpec, type Flavour, statementsOf } from './generate.ts';
import { assertOracle, freshDatabase, type Place, runAll } from './oracle.ts';

/** More in a night: `SCHEMA_PAIRS=2000 SCHEMA_SEED=7 npx mocha test/integration/schema/generated.test.ts`. */
const pairs = Number(process.env['SCHEMA_PAIRS'] ?? 25);
const seed = Number(process.env['SCHEMA_SEED'] ?? 20_260_701);

/** Generated pairs of schemas in one server's vocabulary. */
export function generatedPairs(place: () => Place, flavour: Flavour): void {
  it(`${pairs} generated pairs become each other and come back`, async function () {
    this.timeout(60_000 + pairs * 5000);
    let changes = 0;
    let refused = 0;
    const property = fc.asyncProperty(databaseSpec, databaseSpec, async (from, to) => {
      const a = await freshDatabase(place(), 'a', 'CHARACTER SET utf8mb4');
      const b = await freshDatabase(place(), 'b', 'CHARACTER SET utf8mb4');
      try {
        // What the server itself refuses to create is no schema.
        const created = await Promise.allSettled([
          runAll(a, statementsOf(from, flavour)),
          runAll(b, statementsOf(to, flavour)),
        ]);
        if (created.some(result => result.status === 'rejected')) {
          refused++;
          for (const result of created)
            if (result.status === 'rejected' && process.env['SCHEMA_VERBOSE']) console.log(result.reason);
          return;
        }
        const { diff } = await assertOracle(a, b);
        changes += diff.changes.length;
      } finally {
        await a.close();
        await b.close();
      }
    });
    await fc.assert(property, { seed, numRuns: pairs, endOnFailure: true });
    assert.ok(changes > pairs, 'the pairs differ');
    assert.ok(refused < pairs / 5, `${refused} pairs could not be made`);
  });
}
