import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../../../platform/atomicFile.ts';

/** An object of Stripe's API as its reference describes it, with the fields the sandbox knows. */
export type StripeObject = Record<string, unknown> & { id: string; object: string; created: number };

const kept = z.object({
  version: z.literal(1),
  objects: z.array(z.looseObject({ id: z.string(), object: z.string(), created: z.number() })),
  /** Answers by `Idempotency-Key`. */
  answers: z.record(z.string(), z.object({ request: z.string(), status: z.number(), body: z.unknown() })),
});
export type KeptAnswer = z.infer<typeof kept>['answers'][string];

/** The sandbox's memory: one file, written as a whole after every change. */
export class StripeState {
  readonly #file: string;
  readonly #objects = new Map<string, StripeObject>();
  readonly answers = new Map<string, KeptAnswer>();
  #saving: Promise<void> = Promise.resolve();
  #dirty = false;

  private constructor(file: string) {
    this.#file = file;
  }

  static async open(file: string): Promise<StripeState> {
    const state = new StripeState(file);
    const before = await readJson(file, kept);
    for (const object of before?.objects ?? []) state.#objects.set(object.id, object);
    for (const [key, answer] of Object.entries(before?.answers ?? {})) state.answers.set(key, answer);
    return state;
  }

  create(prefix: string, object: string, fields: Record<string, unknown>, now: number): StripeObject {
    const id = `${prefix}_${randomBytes(12).toString('hex')}`;
    const made = { id, object, created: Math.floor(now / 1000), livemode: false, ...fields };
    this.#objects.set(id, made);
    return made;
  }

  get(id: string): StripeObject | undefined {
    return this.#objects.get(id);
  }

  remove(id: string): void {
    this.#objects.delete(id);
  }

  /** All objects of a kind, newest first. */
  all(object: string): StripeObject[] {
    return [...this.#objects.values()].filter(one => one.object === object).reverse();
  }

  /** Waits until everything up to now is on disk; changes that come together are written once. */
  async save(): Promise<void> {
    this.#dirty = true;
    this.#saving = this.#saving.then(async () => {
      if (!this.#dirty) return;
      this.#dirty = false;
      await writeJsonAtomic(this.#file, {
        version: 1,
        objects: [...this.#objects.values()],
        answers: Object.fromEntries([...this.answers].slice(-1000)),
      });
    });
    await this.#saving;
  }
}
