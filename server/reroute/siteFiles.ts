import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { resolveInside } from '../platform/paths.ts';

export interface SiteFile {
  file: string;
  text: string;
  /** Files that are not UTF-8 are kept byte for byte. */
  encoding: 'utf8' | 'latin1';
  byteOrderMark: boolean;
  mode: number;
  owner: { uid: number; gid: number };
}

const mark = '\ufeff';
const largest = 4 * 1024 * 1024;

/** An environment's files: the merged view, and its own views of directories that links lead to, outside of it. */
export interface SiteRoots {
  site: string;
  linked: readonly string[];
}

/**
 * Reads a configuration file through the site; `undefined` when there is none. A symbolic link is followed inside the
 * site, inside production, and from a release into the `shared` directory beside `releases` (Capistrano, Deployer);
 * anywhere else it is refused with `path-escape`.
 */
export async function readSiteFile(
  roots: SiteRoots,
  productionRoot: string,
  file: string,
): Promise<SiteFile | undefined> {
  const place = await resolveInside(roots.site, file, roots.linked);
  try {
    const link = await lstat(place);
    if (link.isSymbolicLink()) await checkTarget(await realpath(place), roots, productionRoot, file);
    const facts = link.isSymbolicLink() ? await stat(place) : link;
    if (!facts.isFile())
      throw new GreenroomError('files-unreadable', { subject: file, detail: 'it is no regular file' });
    if (facts.size > largest)
      throw new GreenroomError('configuration-unparsable', {
        subject: file,
        detail: 'it is larger than 4 MB',
      });
    const bytes = await readFile(place);
    const decoded = decode(bytes);
    return { file, ...decoded, mode: facts.mode & 0o7777, owner: { uid: facts.uid, gid: facts.gid } };
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    if (errorCode(error) === 'EACCES' || errorCode(error) === 'EPERM')
      throw new GreenroomError('files-unreadable', {
        subject: file,
        detail: 'you may not read it',
        cause: error,
      });
    throw error;
  }
}

async function checkTarget(
  target: string,
  { site, linked }: SiteRoots,
  productionRoot: string,
  file: string,
): Promise<void> {
  const production = await realpath(productionRoot);
  const roots = [production, ...(await Promise.all([site, ...linked].map(one => realpath(one))))];
  const releases = path.dirname(production);
  if (path.basename(releases) === 'releases') roots.push(path.join(path.dirname(releases), 'shared'));
  if (!roots.some(root => target.startsWith(root + path.sep)))
    throw new GreenroomError('path-escape', { subject: file, detail: 'the link leads out of the site' });
}

function decode(bytes: Buffer): Pick<SiteFile, 'text' | 'encoding' | 'byteOrderMark'> {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes))
    return { text: bytes.toString('latin1'), encoding: 'latin1', byteOrderMark: false };
  return text.startsWith(mark)
    ? { text: text.slice(1), encoding: 'utf8', byteOrderMark: true }
    : { text, encoding: 'utf8', byteOrderMark: false };
}

/**
 * Writes a forked file into the site, beside it first and renamed over it: a link is replaced, never written through,
 * and a directory that leads out of the site is refused. Mode and, where this user may, owner are kept.
 */
export async function writeSiteFile({ site, linked }: SiteRoots, file: SiteFile): Promise<void> {
  const place = await resolveInside(site, file.file, linked);
  const directory = path.dirname(place);
  const roots = await Promise.all([site, ...linked].map(one => realpath(one)));
  const real = await realpath(directory);
  if (!roots.some(root => real === root || real.startsWith(root + path.sep)))
    throw new GreenroomError('path-escape', {
      subject: file.file,
      detail: 'its directory lies outside the site',
    });
  const temporary = path.join(real, `.${path.basename(place)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const bytes = Buffer.from((file.byteOrderMark ? mark : '') + file.text, file.encoding);
    await writeFile(temporary, bytes, { flag: 'wx', mode: 0o600 });
    await keepOwner(temporary, file.owner);
    await chmod(temporary, file.mode);
    await rename(temporary, path.join(real, path.basename(place)));
  } catch (error) {
    await rm(temporary, { force: true });
    throw fromFileSystem(error, file.file);
  }
}

/** Only root may give files away; for anybody else the fork is their own. */
async function keepOwner(file: string, { uid, gid }: SiteFile['owner']): Promise<void> {
  if (process.getuid?.() === 0) {
    await chown(file, uid, gid);
    return;
  }
  if (process.getgid?.() === gid) return;
  try {
    await chown(file, -1, gid);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') throw error;
  }
}
