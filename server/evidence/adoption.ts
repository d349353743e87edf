import type { LedgerEntry } from '../protocol/promotion.ts';

export interface Adoption {
  promotions: number;
  direct: number;
  /** Promotions as a share of all changes to production, 0 to 1. */
  share?: number;
  /** Oldest first; months without a change in between are there with zeros. `month`: `2026-11`, UTC. */
  months: { month: string; promotions: number; direct: number }[];
}

/** How production was changed over time: by promotions (undos included), or directly. */
export function adoption(entries: readonly Pick<LedgerEntry, 'kind' | 'at'>[]): Adoption {
  const changes = entries.filter(({ kind }) => kind !== 'approval');
  const months = new Map<string, { promotions: number; direct: number }>();
  let direct = 0;
  for (const { kind, at } of [...changes].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const month = at.slice(0, 7);
    const count = months.get(month) ?? { promotions: 0, direct: 0 };
    if (kind === 'direct') {
      count.direct++;
      direct++;
    } else count.promotions++;
    months.set(month, count);
  }
  const promotions = changes.length - direct;
  return {
    promotions,
    direct,
    ...(changes.length > 0 && { share: promotions / changes.length }),
    months: withGaps(months),
  };
}

function withGaps(counts: ReadonlyMap<string, { promotions: number; direct: number }>): Adoption['months'] {
  const [first, last] = [[...counts.keys()][0], [...counts.keys()].at(-1)];
  const months: Adoption['months'] = [];
  if (first === undefined || last === undefined) return months;
  for (let month = first; month <= last; month = nextMonth(month))
    months.push({ month, ...(counts.get(month) ?? { promotions: 0, direct: 0 }) });
  return months;
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
