import type { Clock } from '../platform/clock.ts';

/** Keeps the bytes read at or below a rate, over any second. */
export class Throttle {
  readonly #clock: Clock;
  readonly #rate: number;
  /** When the bytes read so far will have been within the rate. */
  #freeAt: number;

  /** @param rate bytes a second */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#rate = rate;
    this.#freeAt = clock.elapsed();
  }

  /** Milliseconds to wait after having read these bytes. Time not used is not saved up: a burst would defeat the purpose. */
  wait(bytes: number): number {
    const now = this.#clock.elapsed();
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes / this.#rate) * 1000;
    return Math.max(0, this.#freeAt - now);
  }
}
