/** One measured line of a benchmark: ours beside a peer's in the same run. */
export interface BenchRow {
  /** What was measured: `env create, 1 GB, cold`. */
  what: string;
  /** Our median. */
  ours: number;
  unit: 'ms' | 's' | 'MB' | 'MB/s' | '/s' | '%' | 'x';
  /** What it is compared with, in the same run. */
  peer?: { name: string; value: number };
  /** The figure that was promised, as a sentence: `≤ 1000 ms`. */
  target?: string;
  note?: string;
}

/** The middle of the measured values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
