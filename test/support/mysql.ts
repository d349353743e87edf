import { chmod, cp, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { systemProcesses } from '../../server/platform/processes.ts';
import { needs } from './requirements.ts';

/** Everything the server needs to run outside of the system it comes from; the rest of that system is not kept. */
const kept = [
  'usr/sbin/mysqld',
  'usr/lib/x86_64-linux-gnu',
  'usr/lib/aarch64-linux-gnu',
  'usr/lib/mysql',
  'usr/share/mysql',
];

/** Whether MySQL has been made for tests of this user. */
export function hasMysql(): Promise<boolean> {
  return exists(path.join(cacheDirectory(), 'mysql', 'bin', 'mysqld'));
}

/** Skips the test where MySQL is not there and cannot be made. */
export async function needsMysql(test: Mocha.Context): Promise<void> {
  if (!(await hasMysql())) needs(test, 'root', 'program:debootstrap');
}

/**
 * A directory with a real MySQL server to find (`mysqld`), made once per user and machine from Debian sid's packages:
 * Debian 12 has none. Making it needs root, debootstrap and the network; using it needs nothing.
 */
export async function mysqlDirectory(): Promise<string> {
  const cache = cacheDirectory();
  const ready = path.join(cache, 'mysql');
  if (await exists(path.join(ready, 'bin', 'mysqld'))) return path.join(ready, 'bin');
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(path.join(cache, 'mysql-draft-'));
  try {
    await build(draft, ready);
    await rename(draft, ready).catch(async (error: unknown) => {
      // Another test process was first.
      if (!(await exists(path.join(ready, 'bin', 'mysqld')))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return path.join(ready, 'bin');
}

function cacheDirectory(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'greenroom-test');
}

async function build(draft: string, ready: string): Promise<void> {
  const system = path.join(draft, 'system');
  await systemProcesses.run('debootstrap', [
    '--variant=minbase',
    '--include=mysql-server-core,mysql-client-core',
    'sid',
    system,
  ]);
  for (const part of kept)
    if (await exists(path.join(system, part)))
      await cp(path.join(system, part), path.join(draft, 'root', part), {
        recursive: true,
        verbatimSymlinks: true,
      });
  await rm(system, { recursive: true, force: true });
  await mkdir(path.join(draft, 'bin'));
  const wrapper = path.join(draft, 'bin', 'mysqld');
  await writeFile(wrapper, wrapperScript(path.join(ready, 'root')));
  await chmod(wrapper, 0o755);
}

/** sid's C library is newer than this machine's: the server runs with its own loader and libraries, as an ordinary process. */
function wrapperScript(root: string): string {
  return `#!/bin/sh
root='${root}'
for libraries in "$root"/usr/lib/*-linux-gnu; do
  for loader in "$libraries"/ld-linux-*.so.*; do
    exec "$loader" --library-path "$libraries" "$root/usr/sbin/mysqld" "$@" \\
      --lc-messages-dir="$root/usr/share/mysql" --character-sets-dir="$root/usr/share/mysql/charsets" \\
      --plugin-dir="$root/usr/lib/mysql/plugin"
  done
done
exit 127
`;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
