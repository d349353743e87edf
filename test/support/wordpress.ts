import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { systemProcesses } from '../../server/platform/processes.ts';

/** Debian's own `wordpress` package, unpacked once per user; needs no root. */
export async function wordpressFiles(): Promise<string> {
  const cache = path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'greenroom-test');
  const ready = path.join(cache, 'wordpress');
  if (await exists(ready)) return ready;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'wordpress-'));
  try {
    await systemProcesses.run('apt-get', ['download', '-qq', 'wordpress'], { cwd: draft });
    const [archive] = (await readdir(draft)).filter(name => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get download brought no wordpress package');
    await systemProcesses.run('dpkg-deb', ['-x', archive, 'unpacked'], { cwd: draft });
    await rename(path.join(draft, 'unpacked/usr/share/wordpress'), ready).catch(async error => {
      if (!(await exists(ready))) throw error;
    });
    return ready;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** A copy of WordPress as a site: Debian's links into other packages are left out, they are not needed to run it. */
export async function copyWordpress(to: string): Promise<void> {
  const from = await wordpressFiles();
  await cp(from, to, {
    recursive: true,
    filter: source =>
      !/\.htaccess$|wp-config\.php$|\/ID3\/|\/crop(\/|$)|underscore(\.min)?\.js$|ca-bundle\.crt$/.test(
        source,
      ),
  });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
