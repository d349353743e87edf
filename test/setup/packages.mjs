// Puts the npm packages of the lock file in place. Plain JavaScript for the Node that a fresh machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const root = path.resolve(
  import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname),
  '../..',
);

/** Runs `npm ci` when `node_modules` is missing or was made from another lock file. */
export function ensurePackages() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex');
  const stamp = path.join(root, 'node_modules', '.greenroom-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  console.log('Installing npm packages (once per lock file) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (npm.status !== 0)
    fail('npm ci failed; its own words are above. Check the network and the npm registry, then try again.');
  writeFileSync(stamp, digest);
}

/** The Node that the project is made for: the one VS Code brings, from npm. */
export function rightNode() {
  return path.join(root, 'node_modules', 'node', 'bin', 'node');
}

/** Says what is wrong and what to do, and ends. */
export function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}

/** The environment of everything that is started: the right Node first on the PATH, server programs findable. */
export function childEnvironment(extra = {}) {
  const directories = [
    path.dirname(rightNode()),
    path.join(root, 'node_modules', '.bin'),
    process.env.PATH ?? '',
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ];
  return {
    ...process.env,
    PATH: directories.join(path.delimiter),
    NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
    ...extra,
  };
}

// `node test/setup/packages.mjs`: the packages alone, for whoever runs lint and types only.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) ensurePackages();
