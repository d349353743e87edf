// Puts a complete VS Code server outside the checkout, once per machine and version: the npm package `code-server` carries
// one, and needs no download from anywhere else. Plain JavaScript for Node 20: it runs before the right Node is there.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const codeServerVersion = '4.139.1';
/** code-server wants Node 24; this package carries its headers too, which the native parts are built against. */
const nodeVersion = '24.21.0';

const run = promisify(execFile);

/**
 * Where VS Code's server lies, installed first if need be (two minutes, once).
 * @returns {Promise<{node: string, serverMain: string}>} the Node that runs it, and its entry
 */
export async function codeServer(report = () => undefined) {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'greenroom-test');
  const directory = path.join(cache, `code-server-${codeServerVersion}`);
  if (!existsSync(directory)) {
    await mkdir(cache, { recursive: true });
    const draft = await mkdtemp(path.join(cache, 'installing-'));
    try {
      await install(draft, report);
      // The rename makes it whole for everyone at once; whoever comes second throws the own copy away.
      await rename(draft, directory).catch(error => {
        if (!existsSync(directory)) throw error;
      });
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return {
    node: path.join(directory, 'node_modules', nodePackage(), 'bin', 'node'),
    serverMain: path.join(directory, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  };
}

async function install(directory, report) {
  report('fetching VS Code (once per machine)');
  await writeFile(path.join(directory, 'package.json'), '{ "private": true }');
  const options = { maxBuffer: 64 << 20, env: cleanEnvironment() };
  await run(
    'npm',
    [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `code-server@${codeServerVersion}`,
      `${nodePackage()}@${nodeVersion}`,
    ],
    { ...options, cwd: directory },
  );
  const node = path.join(directory, 'node_modules', nodePackage());
  report('building its native parts (two minutes, once per machine)');
  await run('sh', ['./postinstall.sh'], {
    ...options,
    cwd: path.join(directory, 'node_modules', 'code-server'),
    env: {
      ...options.env,
      PATH: `${path.join(node, 'bin')}${path.delimiter}${process.env.PATH}`,
      npm_config_nodedir: node,
      npm_config_user_agent: `npm/10.0.0 node/v${nodeVersion} ${process.platform} ${process.arch}`,
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    },
  });
}

/** An npm script passes its own settings on in the environment; they would change what this install does. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
}

function nodePackage() {
  return `node-${process.platform}-${process.arch}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const installed = await codeServer(step => console.log(step));
  console.log(installed.serverMain);
}
