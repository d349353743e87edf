import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { OverlayDriver, OverlayPlace, Probe } from './driver.ts';
import { overlayPlace } from './driver.ts';
import { mountState, unmountSite } from './mounts.ts';
import { unionChanges } from './unionChanges.ts';
import { diskUsage } from './usage.ts';

/** What a union driver brings of its own; the layers, probing by trial and the scan are the same for all. */
export interface UnionDriver {
  name: string;
  /** Whether the driver keeps its marks as names that begin with `.wh.`. */
  marksByName: boolean;
  /** Quick reasons against it, before a trial mount. */
  precheck(host: Host): Promise<Probe>;
  mount(host: Host, place: OverlayPlace): Promise<void>;
}

export const upperOf = (place: OverlayPlace): string => path.join(place.directory, 'upper');

/**
 * Mounts name their layers relative to the directory they run in: `lower` is a symbolic link to production's root.
 * So no character of a path can be mistaken for a separator of mount options, however a site is called.
 */
export const layerOptions = 'lowerdir=lower,upperdir=upper,workdir=work';

export function unionOverlay(union: UnionDriver): OverlayDriver {
  const mount = async (host: Host, place: OverlayPlace) => {
    const state = await mountState(place);
    if (state === 'alive') return;
    if (state === 'dead') await unmountSite(host, place);
    await union.mount(host, place);
  };
  return {
    name: union.name,
    fallsThrough: true,
    probe: (host, place) => probeByTrial(host, union, place),
    async create(host, place) {
      await makeLayers(place);
      await union.mount(host, place);
      return [];
    },
    isMounted: async (_host, place) => (await mountState(place)) === 'alive',
    mount,
    unmount: unmountSite,
    async changes(host, place) {
      // Directories that hide lower ones show only in the merged view.
      await mount(host, place);
      return unionChanges(place, upperOf(place), union);
    },
    usage: (_host, place) => diskUsage(upperOf(place)),
    async refresh(host, place) {
      const warnings = await unmountSite(host, place);
      await union.mount(host, place);
      return warnings;
    },
  };
}

async function makeLayers(place: OverlayPlace): Promise<void> {
  const production = await stat(place.productionRoot);
  const upper = upperOf(place);
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  for (const name of ['upper', 'work', 'site'])
    await mkdir(path.join(place.directory, name), { mode: 0o700 });
  await symlink(place.productionRoot, path.join(place.directory, 'lower'));
  // The merged root has the upper layer's owner and mode: it must look like production's.
  const isRoot = process.getuid?.() === 0;
  await chmod(upper, (production.mode & 0o7777) | 0o700);
  if (isRoot) await chown(upper, production.uid, production.gid);
}

/** Only a real mount tells: containers, kernels and file systems refuse for reasons that no list keeps up with. */
async function probeByTrial(host: Host, union: UnionDriver, place: OverlayPlace): Promise<Probe> {
  const early = await union.precheck(host);
  if (!early.ok) return early;
  await mkdir(place.directory, { recursive: true, mode: 0o700 });
  const trialDirectory = await mkdtemp(path.join(place.directory, '.probe-'));
  const trial = overlayPlace(path.join(trialDirectory, 'production'), trialDirectory);
  try {
    await mkdir(trial.productionRoot);
    await writeFile(path.join(trial.productionRoot, 'file'), 'production');
    await makeLayers(trial);
    await union.mount(host, trial);
    try {
      await writeFile(path.join(trial.site, 'file'), 'environment');
      if ((await readFile(path.join(trial.productionRoot, 'file'), 'utf8')) !== 'production')
        return { ok: false, why: 'a write through the trial mount reached the lower layer' };
      await lstat(path.join(upperOf(trial), 'file'));
    } finally {
      await unmountSite(host, trial);
    }
    return { ok: true };
  } catch (error) {
    return { ok: false, why: `a trial mount failed: ${messageOf(error)}` };
  } finally {
    if ((await mountState(trial)) === 'absent') await rm(trialDirectory, { recursive: true, force: true });
  }
}
