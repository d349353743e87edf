import type { Clock } from '../platform/clock.ts';
import type { Progress } from '../platform/progress.ts';

/** Seconds over which the rate is averaged. */
const window = 10;

/**
 * Progress of a copy in bytes. The whole is what production says of its tables' sizes; a table that turns out longer makes it
 * grow, one that turns out shorter counts in full when it is done.
 */
export class Meter {
  readonly #clock: Clock;
  readonly #progress: Progress;
  readonly #sizes: Map<string, number>;
  readonly #read = new Map<string, number>();
  #total: number;
  #done = 0;
  #marks: { at: number; done: number }[] = [];
  #last = 0;

  constructor(clock: Clock, progress: Progress, sizes: ReadonlyMap<string, number>) {
    this.#clock = clock;
    this.#progress = progress;
    this.#sizes = new Map(sizes);
    this.#total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    this.#marks.push({ at: clock.elapsed(), done: 0 });
  }

  read(table: string, bytes: number): void {
    const read = (this.#read.get(table) ?? 0) + bytes;
    this.#read.set(table, read);
    const size = this.#sizes.get(table) ?? 0;
    if (read > size) {
      this.#sizes.set(table, read);
      this.#total += read - size;
    }
    this.#add(bytes, `copying ${table}`);
  }

  finished(table: string): void {
    const size = this.#sizes.get(table) ?? 0;
    const left = size - (this.#read.get(table) ?? 0);
    this.#read.set(table, size);
    this.#add(left, `copied ${table}`);
  }

  #add(bytes: number, step: string): void {
    this.#done += bytes;
    const now = this.#clock.elapsed();
    if (now - this.#last < 100 && this.#done < this.#total) return;
    this.#last = now;
    this.#marks.push({ at: now, done: this.#done });
    while (this.#marks.length > 2 && now - (this.#marks[0]?.at ?? now) > window * 1000) this.#marks.shift();
    const first = this.#marks[0] ?? { at: now, done: 0 };
    const rate = now > first.at ? ((this.#done - first.done) / (now - first.at)) * 1000 : 0;
    this.#progress({
      step,
      done: this.#done,
      total: this.#total,
      unit: 'bytes',
      ...(rate > 0 && { rate, secondsLeft: (this.#total - this.#done) / rate }),
    });
  }
}
