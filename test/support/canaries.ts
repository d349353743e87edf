import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ibanCheckDigits } from '../../server/scrub/iban.ts';
import { luhnDigit } from '../../server/scrub/reserved.ts';

/** One person who does not exist, with values that stand nowhere else in the world: found once, they have leaked. */
export interface Canary {
  email: string;
  given: string;
  family: string;
  phone: string;
  iban: string;
  card: string;
  ssn: string;
  login: string;
  street: string;
  token: string;
}

export function makeCanaries(count: number): Canary[] {
  return Array.from({ length: count }, (_, index) => {
    const id = String(1000 + index);
    const word = [...id].map(digit => 'bcdfghjkmn'[Number(digit)]).join('');
    const account = `37040044077${id}${String((index * 7919) % 1000).padStart(3, '0')}`;
    const body = `45391488${id}${String((index * 104_729) % 1000).padStart(3, '0')}`;
    return {
      email: `quax.${word}@vogel-${word}.de`,
      given: `Quax${word}`,
      family: `Zwitsch${word}`,
      phone: `+4915177${id}${(index * 31) % 10}`,
      iban: `DE${ibanCheckDigits('DE', account)}${account}`,
      card: body + luhnDigit(body),
      ssn: `54${id[0]}-${id.slice(1, 3)}-7${id.slice(1)}`,
      login: `piep_${word}_77`,
      street: `Nestweg${word} ${index + 3}`,
      token: `tok${word}${'0a1b2c3d4e5f6a7b'}${id}`,
    };
  });
}

export function valuesOf(canaries: readonly Canary[]): string[] {
  return canaries.flatMap(canary => Object.values(canary) as string[]);
}

/** Searches files for any of the values, as bytes: nothing that the search itself writes lies below `root`. */
export class CanarySearch {
  readonly #directory: string;
  readonly #patterns: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#patterns = path.join(directory, 'patterns');
  }

  static async create(values: readonly string[]): Promise<CanarySearch> {
    const search = new CanarySearch(await mkdtemp(path.join(tmpdir(), 'gr-canary-')));
    await writeFile(search.#patterns, `${values.join('\n')}\n`);
    return search;
  }

  /** Files below `root` that hold a value. Files that vanish meanwhile are none of them. */
  async filesIn(root: string): Promise<string[]> {
    const child = spawn('grep', ['-rlasF', '-f', this.#patterns, root], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { LC_ALL: 'C' },
    });
    let output = '';
    child.stdout.on('data', chunk => {
      output += chunk;
    });
    await once(child, 'close');
    return output.split('\n').filter(file => file !== '');
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}
