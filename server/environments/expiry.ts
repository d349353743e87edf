import type { Config } from '../config/schema.ts';
import type { EnvironmentRecord } from './record.ts';

const day = 86_400_000;
/** A notice comes this long before the end. */
export const noticeBefore = day;
/** An expired environment can be restored this long. */
export const restorableFor = day;
/** "Postpone" gives this much more. */
export const postponeBy = 3 * day;

/** Milliseconds since 1970 at which an idle environment expires: counted from its last push or, before the first, its last activity. */
export function expiresAt(record: EnvironmentRecord, config: Config): number {
  const since = Math.max(Date.parse(record.createdAt), record.lastPush ? Date.parse(record.lastPush) : 0);
  const idle = since + config.expiry.idleDays * day;
  return Math.max(idle, record.postponedUntil ? Date.parse(record.postponedUntil) : 0);
}

export type Verdict =
  | { verdict: 'keep' }
  /** Within a day of its end and the person has not been told. */
  | { verdict: 'tell'; at: number }
  | { verdict: 'expire'; why: 'merged' | 'idle' }
  /** It should go but is in use or holds work: the person is asked, nothing is removed. */
  | { verdict: 'ask'; why: 'merged' | 'idle'; because: 'in-use' | 'unpromoted' };

export interface ExpiryFacts {
  now: number;
  merged: boolean;
  /** Client connections to the clone, a terminal or an open window on this branch. */
  inUse: boolean;
  /** Changes that are neither in production nor in git. */
  unpromoted: boolean;
}

/** Decides about one ready environment. Pure: the sweep gathers the facts and acts. */
export function judge(record: EnvironmentRecord, config: Config, facts: ExpiryFacts): Verdict {
  if (record.life.state !== 'ready') return { verdict: 'keep' };
  const postponed = record.postponedUntil !== undefined && Date.parse(record.postponedUntil) > facts.now;
  const end = expiresAt(record, config);
  const why =
    facts.merged && config.expiry.onMerge && !postponed ? 'merged' : facts.now >= end ? 'idle' : undefined;
  if (why === undefined)
    return end - facts.now <= noticeBefore && record.toldOfExpiry === undefined
      ? { verdict: 'tell', at: end }
      : { verdict: 'keep' };
  if (facts.unpromoted) return { verdict: 'ask', why, because: 'unpromoted' };
  if (facts.inUse) return { verdict: 'ask', why, because: 'in-use' };
  return { verdict: 'expire', why };
}
