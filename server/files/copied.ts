import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readlink,
  rm,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { mapLimit } from '../platform/parallel.ts';
import type { Operation } from '../platform/progress.ts';
import { isAbsent, isDenied, lstatIfAny, permissions } from './compare.ts';
import { copiedChanges } from './copiedChanges.ts';
import type { OverlayDriver, OverlayPlace, Probe } from './driver.ts';
import {
  type CopyManifest,
  readManifest,
  type Signature,
  sameSignature,
  signatureOf,
  writeManifest,
} from './manifest.ts';
import { diskUsage } from './usage.ts';

/** The drivers that make a copy of production's files: sharing blocks (reflink), or plain. */
export function copiedOverlay(
  name: string,
  cloneMode: number,
  probe: (host: Host, place: OverlayPlace) => Promise<Probe>,
): OverlayDriver {
  return {
    name,
    fallsThrough: false,
    probe,
    async create(host, place, op) {
      await mkdir(place.directory, { recursive: true, mode: 0o700 });
      const copy = new TreeCopy(place, cloneMode, op);
      const copiedAt = host.clock.now();
      await copy.directory('');
      await writeManifest(place, { format: 1, copiedAt, entries: Object.fromEntries(copy.entries) });
      return copy.warnings;
    },
    isMounted: async (_host, place) => (await lstatIfAny(place.site)) !== undefined,
    async mount(_host, place) {
      if ((await lstatIfAny(place.site)) === undefined)
        throw new GreenroomError('environment-missing', { subject: place.site });
    },
    unmount: async () => [],
    changes: (_host, place) => copiedChanges(place),
    usage: (_host, place) => diskUsage(place.site),
    refresh: (_host, place) => refreshCopy(place, cloneMode),
  };
}

class TreeCopy {
  readonly entries = new Map<string, [Signature, Signature]>();
  readonly warnings: string[] = [];
  readonly #place: OverlayPlace;
  readonly #cloneMode: number;
  readonly #op: Operation | undefined;
  #done = 0;

  constructor(place: OverlayPlace, cloneMode: number, op?: Operation) {
    this.#place = place;
    this.#cloneMode = cloneMode;
    this.#op = op;
  }

  async directory(relative: string): Promise<void> {
    const from = path.join(this.#place.productionRoot, relative);
    const to = path.join(this.#place.site, relative);
    const stats = relative === '' ? await lstat(`${from}/.`) : await lstat(from);
    await mkdir(to, { recursive: true });
    let names: string[] = [];
    try {
      names = await readdir(from);
    } catch (error) {
      if (!isDenied(error)) throw error;
      this.warnings.push(`${relative || '.'}: cannot be read here, left out (${messageOf(error)})`);
    }
    await mapLimit(names, 8, name => this.entry(relative === '' ? name : `${relative}/${name}`));
    // After its children: a directory without write permission could not take them.
    await this.#finish(relative, to, stats);
  }

  /** Copies one entry with everything below it. */
  async entry(relative: string): Promise<void> {
    if (this.#op?.signal.aborted) throw new GreenroomError('cancelled', { subject: this.#place.site });
    const from = path.join(this.#place.productionRoot, relative);
    const to = path.join(this.#place.site, relative);
    try {
      const stats = await lstat(from);
      if (stats.isDirectory()) return await this.directory(relative);
      if (stats.isSymbolicLink()) await symlink(await readlink(from), to);
      else if (stats.isFile()) await copyFile(from, to, this.#cloneMode);
      else {
        this.warnings.push(`${relative}: is no file, directory or link, left out`);
        return;
      }
      await this.#finish(relative, to, stats);
    } catch (error) {
      if (isAbsent(error)) return; // Production removed it while we copied.
      if (!isDenied(error)) throw error;
      this.warnings.push(`${relative}: cannot be read here, left out (${messageOf(error)})`);
    }
  }

  async #finish(relative: string, to: string, stats: Stats): Promise<void> {
    if (process.getuid?.() === 0) await lchown(to, stats.uid, stats.gid);
    if (!stats.isSymbolicLink())
      await chmod(to, stats.isDirectory() ? permissions(stats) | 0o700 : permissions(stats));
    await lutimes(to, stats.atime, stats.mtime);
    if (relative !== '') this.entries.set(relative, [signatureOf(stats), signatureOf(await lstat(to))]);
    if (++this.#done % 1000 === 0)
      this.#op?.progress({ step: 'copying site files', done: this.#done, unit: 'files' });
  }
}

/** Brings production's changes into the copy where the environment has not touched the file itself. */
async function refreshCopy(place: OverlayPlace, cloneMode: number): Promise<string[]> {
  const manifest = await readManifest(place);
  const copy = new TreeCopy(place, cloneMode);
  // Longest first: the children of a directory that production removed go before it.
  for (const relative of Object.keys(manifest.entries).sort((a, b) => b.length - a.length))
    await refreshEntry(place, manifest, relative, copy);
  await addNew(place, manifest, '', copy);
  for (const [relative, signatures] of copy.entries) manifest.entries[relative] = signatures;
  await writeManifest(place, manifest);
  return copy.warnings;
}

async function refreshEntry(
  place: OverlayPlace,
  manifest: CopyManifest,
  relative: string,
  copy: TreeCopy,
): Promise<void> {
  const recorded = manifest.entries[relative];
  const site = path.join(place.site, relative);
  const [now, mine] = await Promise.all([
    lstatIfAny(path.join(place.productionRoot, relative)),
    lstatIfAny(site),
  ]);
  if (recorded === undefined || mine === undefined) return;
  if (now?.isDirectory() && mine.isDirectory()) return;
  if (now !== undefined && sameSignature(signatureOf(now), recorded[0])) return;
  const untouched = mine.isDirectory()
    ? (await readdir(site)).length === 0
    : sameSignature(signatureOf(mine), recorded[1]);
  if (!untouched) return;
  await rm(site, { recursive: true });
  delete manifest.entries[relative];
  if (now !== undefined) await copy.entry(relative);
}

async function addNew(
  place: OverlayPlace,
  manifest: CopyManifest,
  relative: string,
  copy: TreeCopy,
): Promise<void> {
  const directory = path.join(place.productionRoot, relative);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
    const known = manifest.entries[child] !== undefined || copy.entries.has(child);
    const there = await lstatIfAny(path.join(place.site, child));
    if (!known && there === undefined) await copy.entry(child);
    // Never through a link that stands where production has a directory.
    else if (entry.isDirectory() && there?.isDirectory()) await addNew(place, manifest, child, copy);
  }
}

export const cloneModes = {
  reflink: constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL,
  copy: constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL,
};
