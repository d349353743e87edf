/** Time as an argument, so that tests can set it and jump it. */
export interface Clock {
  /** Milliseconds since 1970, may jump. For dates that people see and deadlines that survive the process. */
  now(): number;
  /** Milliseconds from an arbitrary start, never goes back. For durations and timeouts. */
  elapsed(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, milliseconds);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** RFC 3339 in UTC, as kept in state files and evidence. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}

/** Measures named steps of an operation: the `timings` of results. */
export class Stopwatch {
  readonly #clock: Clock;
  readonly #start: number;
  readonly #steps: Record<string, number> = {};

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.elapsed();
  }

  /** Runs the step and adds its milliseconds under `name`. */
  async time<T>(name: string, step: () => Promise<T>): Promise<T> {
    const start = this.#clock.elapsed();
    try {
      return await step();
    } finally {
      this.#steps[name] = Math.round((this.#steps[name] ?? 0) + this.#clock.elapsed() - start);
    }
  }

  /** Milliseconds per step, and `total` since the stopwatch was made. */
  timings(): Record<string, number> & { total: number } {
    return { ...this.#steps, total: Math.round(this.#clock.elapsed() - this.#start) };
  }
}
