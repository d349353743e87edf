import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { errorCode } from '../platform/errors.ts';
import type { PromotionContext } from './context.ts';

const memory = z.object({ productionDigest: z.string() });
const keptMs = 30 * 24 * 3600_000;

/** Remembers what production was for a plan: a promotion of its digest can then tell who moved. */
export async function rememberPlan(
  context: PromotionContext,
  digest: string,
  productionDigest: string,
): Promise<void> {
  const file = fileOf(context, digest);
  if ((await readJson(file, memory)) === undefined) await writeJsonAtomic(file, { productionDigest });
}

export async function productionDigestOf(
  context: PromotionContext,
  digest: string,
): Promise<string | undefined> {
  return (await readJson(fileOf(context, digest), memory))?.productionDigest;
}

/** Forgets plans and rehearsals of long ago. */
export async function forgetOldPlans({ host, paths }: PromotionContext): Promise<void> {
  for (const directory of [path.join(paths.state, 'plans'), path.join(paths.state, 'rehearsals')]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(directory)) {
      const file = path.join(directory, name);
      try {
        if (host.clock.now() - (await stat(file)).mtimeMs > keptMs) await rm(file, { force: true });
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    }
  }
}

function fileOf({ paths }: PromotionContext, digest: string): string {
  return path.join(paths.state, 'plans', `${digest.replaceAll(/[^0-9a-f]/g, '').slice(0, 64)}.json`);
}
