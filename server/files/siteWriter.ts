import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { joinInside } from '../platform/paths.ts';
import { isAbsent, lstatIfAny, permissions } from './compare.ts';
import type { OverlayPlace } from './driver.ts';
import { seenTrees } from './linked.ts';
import { isWritable, linkMeaning } from './linkTarget.ts';

/** Our half-written files: left behind only by a kill, and never a change of the environment. */
export const temporaryName = /(^|\/)\.greenroom-[0-9a-f]{12}\.tmp$/;

const temporaryFile = (): string => `.greenroom-${randomBytes(6).toString('hex')}.tmp`;

/** Something of the branch that was read and waits to be put into the site. */
export interface Staged {
  relative: string;
  /** Of the worktree's file, before it was read. */
  stats: Stats;
  /** Returns a warning instead of writing, for a link that leads out of the site to a place that could be written. */
  put(): Promise<string | undefined>;
  discard(): Promise<void>;
}

/**
 * Writes into a site, and never beyond it: the real path of every parent directory has to lie inside. Files appear
 * whole, by renaming; permission bits and owner follow production's version or the directory they appear in.
 */
export class SiteWriter {
  readonly #place: OverlayPlace;
  #site: Promise<string> | undefined;

  constructor(place: OverlayPlace) {
    this.#place = place;
  }

  /**
   * Reads a regular file or symbolic link for a path of the site; the site itself is not changed before `put`. Of
   * permission bits only executable or not is taken over, which is what git keeps.
   */
  async stage(relative: string, source: string): Promise<Staged> {
    const stats = await lstat(source);
    if (stats.isSymbolicLink()) {
      const target = await readlink(source);
      return { relative, stats, put: () => this.putLink(relative, target), discard: async () => undefined };
    }
    const temporary = path.join(await this.#siteRoot(), temporaryFile());
    const discard = () => rm(temporary, { force: true });
    try {
      await copyFile(source, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (error) {
      await discard();
      throw fromFileSystem(error, relative);
    }
    return { relative, stats, put: () => this.#putFile(relative, stats, temporary), discard };
  }

  async #putFile(relative: string, stats: Stats, temporary: string): Promise<undefined> {
    const file = await this.#locate(relative);
    const production = await lstatIfAny(path.join(this.#place.productionRoot, relative));
    const executable = (stats.mode & 0o100) !== 0;
    const usual = production?.isFile() ? permissions(production) : 0o644;
    const mode = executable ? usual | ((usual & 0o444) >> 2) : usual & ~0o111;
    await this.#moveTo(file, production, temporary, () => chmod(temporary, mode));
  }

  async putLink(relative: string, target: string): Promise<string | undefined> {
    const file = await this.#locate(relative);
    const [site, ...linked] = await seenTrees(this.#place);
    const meaning = await linkMeaning(site, relative, target, linked);
    if (meaning.kind === 'escape' && (meaning.is !== 'directory' || (await isWritable(meaning.absolute))))
      return `${relative} leads out of the site, to ${meaning.absolute}: it was left out`;
    const safe =
      meaning.kind === 'rewrite' ? meaning.to : meaning.kind === 'inside' ? target : meaning.absolute;
    const production = await lstatIfAny(path.join(this.#place.productionRoot, relative));
    await this.#replace(file, production, temporary => symlink(safe, temporary));
    return undefined;
  }

  /** Makes production's version appear again, or takes the file away where production has none. */
  async restore(relative: string): Promise<void> {
    const original = path.join(this.#place.productionRoot, relative);
    const production = await lstatIfAny(original);
    if (production === undefined) return this.remove(relative);
    if (production.isSymbolicLink()) {
      await this.putLink(relative, await readlink(original));
      return;
    }
    const file = await this.#locate(relative);
    if (production.isDirectory()) {
      const there = await lstatIfAny(file);
      if (there !== undefined && !there.isDirectory()) await rm(file);
      await this.makeDirectory(relative);
      for (const name of await readdir(original))
        if ((await lstatIfAny(path.join(file, name))) === undefined)
          await this.restore(`${relative}/${name}`);
    } else if (production.isFile())
      await this.#replace(file, production, async temporary => {
        await copyFile(original, temporary, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
        await chmod(temporary, permissions(production));
      });
  }

  /** Removes a file, a link or an empty directory; anything else stays. */
  async remove(relative: string): Promise<void> {
    const file = await this.#locate(relative, false);
    const stats = await lstatIfAny(file);
    if (stats === undefined) return;
    try {
      if (stats.isDirectory()) await rmdir(file);
      else await rm(file);
    } catch (error) {
      if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST' || isAbsent(error)) return;
      throw fromFileSystem(error, relative);
    }
  }

  async makeDirectory(relative: string): Promise<void> {
    await this.#locate(`${relative}/.`);
  }

  #siteRoot(): Promise<string> {
    this.#site ??= realpath(this.#place.site);
    return this.#site;
  }

  /** The path to write to; its parent exists (or is made) and lies inside the site, links followed. */
  async #locate(relative: string, make = true): Promise<string> {
    joinInside(this.#place.site, relative);
    const parent = await this.#parent(path.posix.dirname(relative), make, relative);
    return path.join(parent, path.posix.basename(relative));
  }

  async #parent(relative: string, make: boolean, subject: string): Promise<string> {
    const site = await this.#siteRoot();
    if (relative === '.') return site;
    const above = await this.#parent(path.posix.dirname(relative), make, subject);
    const directory = path.join(above, path.posix.basename(relative));
    const stats = await lstatIfAny(directory);
    if (stats?.isSymbolicLink()) {
      const real = await realpath(directory).catch(() => undefined);
      if (real === undefined || !`${real}/`.startsWith(`${site}/`))
        throw new GreenroomError('path-escape', { subject });
      return real;
    }
    if (stats?.isDirectory() || !make) return directory;
    // The branch has a directory where the site has a file.
    if (stats !== undefined) await rm(directory, { force: true });
    try {
      await mkdir(directory);
    } catch (error) {
      // Another file of the same new directory was a moment faster.
      if (errorCode(error) !== 'EEXIST') throw error;
      return directory;
    }
    const production = await lstatIfAny(path.join(this.#place.productionRoot, relative));
    const asInProduction = production?.isDirectory() ? production : undefined;
    if (asInProduction) await chmod(directory, permissions(asInProduction));
    await this.#takeOwner(directory, asInProduction, above);
    return directory;
  }

  #replace(
    file: string,
    production: Stats | undefined,
    write: (temporary: string) => Promise<void>,
  ): Promise<void> {
    const temporary = path.join(path.dirname(file), temporaryFile());
    return this.#moveTo(file, production, temporary, () => write(temporary));
  }

  async #moveTo(
    file: string,
    production: Stats | undefined,
    temporary: string,
    prepare: () => Promise<void>,
  ): Promise<void> {
    try {
      await prepare();
      await this.#takeOwner(temporary, production, path.dirname(file));
      // The branch has a file where the site has a directory.
      if ((await lstatIfAny(file))?.isDirectory()) await rm(file, { recursive: true });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw fromFileSystem(error, file);
    }
  }

  /** As root only: what root writes would otherwise be root's, and the web server could not change it. */
  async #takeOwner(file: string, production: Stats | undefined, directory: string): Promise<void> {
    if (process.getuid?.() !== 0) return;
    const owner = production ?? (await lstat(directory));
    await lchown(file, owner.uid, owner.gid);
  }
}
