import { readOutcome } from './history.ts';
import { readSettled } from './record.ts';
import { listPromotionDirectories, type PromotionDirectory, type StateDirectory } from './stateDirectory.ts';

/** Promotions and undos that have neither ended nor been taken back, oldest first; running or interrupted. */
export async function unfinishedPromotions(state: StateDirectory): Promise<PromotionDirectory[]> {
  const unfinished: PromotionDirectory[] = [];
  for (const directory of await listPromotionDirectories(state)) {
    if ((await readSettled(directory)) !== undefined) continue;
    const { state: outcome } = await readOutcome(directory);
    // A committed one only lacks its evidence: production is what it shall be.
    if (outcome !== 'committed' && outcome !== 'recorded' && outcome !== 'reverted')
      unfinished.push(directory);
  }
  return unfinished;
}
