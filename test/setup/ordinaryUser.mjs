// A user who is not root, for tests run by root: with a home, and a copy of the checkout that they own.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const name = 'greenroom-tester';

/** Makes the user once, and their copy of the checkout anew. */
export function ordinaryUser(root) {
  if (spawnSync('id', ['-u', name]).status !== 0)
    must('useradd', ['--create-home', '--shell', '/bin/bash', name]);
  const home = path.join('/home', name);
  const checkout = path.join(home, 'greenroom');
  // What an earlier run that was killed left mounted, in this user's own places, would be in the way.
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter(place => place.startsWith(`${home}/`)).reverse())
    spawnSync('umount', ['--lazy', mount]);
  must('rm', ['-rf', '--one-file-system', checkout]);
  mkdirSync(checkout, { recursive: true });
  // Everything but the history: what is tested is what is here now.
  must('sh', ['-c', `cd ${quote(root)} && tar -cf - --exclude=./.git . | tar -xf - -C ${quote(checkout)}`]);
  must('chown', ['-R', `${name}:`, checkout]);
  if (existsSync('/dev/fuse')) must('chmod', ['a+rw', '/dev/fuse']);
  return {
    home,
    checkout,
    run(command, variables) {
      const env = {
        PATH: `${path.join(checkout, 'node_modules/node/bin')}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
        HOME: home,
        USER: name,
        LOGNAME: name,
        LANG: 'C.UTF-8',
        CI: process.env.CI ?? '',
        NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
        ...variables,
      };
      const assignments = Object.entries(env).map(([key, value]) => `${key}=${value}`);
      return spawnSync(
        'setpriv',
        [
          `--reuid=${name}`,
          `--regid=${name}`,
          '--init-groups',
          '--inh-caps=-all',
          'env',
          '-i',
          ...assignments,
          ...command,
        ],
        { cwd: checkout, stdio: 'inherit' },
      );
    },
  };
}

function must(command, args) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
