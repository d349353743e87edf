// Finds programs of the system, and installs what is missing with the system's package manager where the rights allow it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { fail } from './packages.mjs';

/** What a program is called by each package manager. */
const packages = {
  git: { apt: ['git'], dnf: ['git'], brew: ['git'] },
  mariadbd: {
    apt: ['mariadb-server-core', 'mariadb-client-core'],
    dnf: ['mariadb-server'],
    brew: ['mariadb'],
  },
  'ssh-keygen': { apt: ['openssh-client'], dnf: ['openssh'], brew: ['openssh'] },
  'fuse-overlayfs': { apt: ['fuse-overlayfs', 'fuse3'], dnf: ['fuse-overlayfs'], brew: [] },
  'mkfs.xfs': { apt: ['xfsprogs'], dnf: ['xfsprogs'], brew: [] },
  php: {
    apt: ['php-cli', 'php-mysql', 'php-xml'],
    dnf: ['php-cli', 'php-mysqlnd', 'php-xml'],
    brew: ['php'],
  },
  chromium: { apt: ['chromium'], dnf: ['chromium'], brew: ['chromium'] },
  debootstrap: { apt: ['debootstrap'], dnf: ['debootstrap'], brew: [] },
  chattr: { apt: ['e2fsprogs'], dnf: ['e2fsprogs'], brew: [] },
  setfattr: { apt: ['attr'], dnf: ['attr'], brew: [] },
  bwrap: { apt: ['bubblewrap'], dnf: ['bubblewrap'], brew: [] },
  mydumper: { apt: ['mydumper'], dnf: ['mydumper'], brew: ['mydumper'] },
  'g++': {
    apt: ['g++', 'make', 'python3', 'libkrb5-dev'],
    dnf: ['gcc-c++', 'make', 'python3', 'krb5-devel'],
    brew: [],
  },
};

const directories = [
  ...(process.env.PATH ?? '').split(path.delimiter),
  '/usr/sbin',
  '/sbin',
  '/usr/local/sbin',
  '/usr/libexec',
  '/opt/homebrew/bin',
];

export function has(program) {
  return directories.some(directory => {
    try {
      accessSync(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Installs what is missing; ends with a clear sentence where that needs rights this user lacks. */
export function ensurePrograms(programs, purpose) {
  const missing = programs.filter(program => !has(program));
  if (missing.length === 0) return;
  const manager = ['apt', 'dnf', 'brew'].find(name => has(name === 'apt' ? 'apt-get' : name));
  const wanted = manager === undefined ? [] : missing.flatMap(program => packages[program]?.[manager] ?? []);
  if (manager === undefined || wanted.length === 0)
    fail(
      `${purpose} needs ${missing.join(', ')}, and there is no package manager here that Greenroom knows. Install them and try again.`,
    );
  const command = {
    apt: ['apt-get', 'install', '-y', '--no-install-recommends'],
    dnf: ['dnf', 'install', '-y'],
    brew: ['brew', 'install'],
  }[manager];
  const prefix = manager === 'brew' || process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const line = [...prefix.filter(word => word !== '-n'), ...command, ...wanted].join(' ');
  if (prefix.length > 0 && (!has('sudo') || spawnSync('sudo', ['-n', 'true']).status !== 0))
    fail(
      `${purpose} needs ${missing.join(', ')}. This user may not install packages; run this once as one who may, then try again:\n  ${line}`,
    );
  console.log(`Installing ${wanted.join(', ')} …`);
  const run = words =>
    spawnSync(words[0], words.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  if (manager === 'apt') run([...prefix, 'apt-get', 'update', '-qq']);
  run([...prefix, ...command, ...(manager === 'apt' ? ['-qq'] : []), ...wanted]);
  const still = missing.filter(program => !has(program));
  if (still.length > 0)
    fail(
      `${still.join(', ')} could not be installed. Run this and read what it says, then try again:\n  ${line}`,
    );
}
