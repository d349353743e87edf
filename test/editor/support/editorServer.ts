import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pickPort } from '../../../server/platform/ports.ts';
import { codeServer } from '../../setup/codeServer.mjs';

/** A VS Code server of the tests' own: its windows are pages of a browser, its extension host is a real one. */
export interface EditorServer {
  port: number;
  /** All that it has written so far. */
  output(): string;
  close(): Promise<void>;
}

export interface EditorServerOptions {
  /** Everything it keeps lies below. */
  directory: string;
  /** Added to the environment, which the extension host and the backend inherit. */
  environment?: Readonly<Record<string, string>>;
  settings?: Readonly<Record<string, unknown>>;
  /** A packaged extension to install before anything opens. */
  vsix?: string;
}

/** Quiet, and the same on every machine; nothing that would ask or fetch. */
const baseSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'files.autoSave': 'off',
  'git.autofetch': false,
  'remote.autoForwardPorts': false,
  'window.dialogStyle': 'custom',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

export async function startEditorServer(options: EditorServerOptions): Promise<EditorServer> {
  const { node, serverMain } = await codeServer();
  const userData = path.join(options.directory, 'user-data');
  const extensions = path.join(options.directory, 'extensions');
  await mkdir(path.join(userData, 'User'), { recursive: true });
  await mkdir(extensions, { recursive: true });
  await writeFile(
    path.join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...baseSettings, ...options.settings }, null, 2),
  );
  const own = [
    '--accept-server-license-terms',
    `--user-data-dir=${userData}`,
    `--extensions-dir=${extensions}`,
    `--server-data-dir=${path.join(options.directory, 'server-data')}`,
  ];
  const env = { ...process.env, ...options.environment };
  // A test runner's own settings must not reach the editor's processes.
  for (const name of Object.keys(env)) if (/^(npm_|VSCODE_|NODE_OPTIONS$)/.test(name)) delete env[name];
  if (options.vsix !== undefined)
    await finished(
      spawn(node, [serverMain, ...own, '--install-extension', options.vsix, '--force'], { env }),
    );
  const port = await pickPort(new Set());
  const child = spawn(
    node,
    [
      serverMain,
      ...own,
      '--host=127.0.0.1',
      `--port=${port}`,
      '--without-connection-token',
      '--enable-smoke-test-driver',
      // A closed page's extension host ends soon, not after three hours: its backend would go on following checkouts.
      '--reconnection-grace-time=1',
      '--telemetry-level=off',
    ],
    // A group of its own: its extension hosts and their backends end with it, and are waited for.
    { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  const signal = (name: NodeJS.Signals | 0) => signalGroup(child, name);
  const kill = () => signal('SIGKILL');
  process.once('exit', kill);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk;
    });
  await answering(port, child, () => output);
  return {
    port,
    output: () => output,
    async close() {
      process.removeListener('exit', kill);
      signal('SIGTERM');
      for (let attempt = 0; signal(0); attempt++) {
        if (attempt > 100) signal('SIGKILL');
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    },
  };
}

/** False when no process of the group is left. */
function signalGroup(child: ChildProcess, name: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, name);
  } catch {
    return false;
  }
}

async function answering(port: number, child: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(`http://127.0.0.1:${port}/version`, { signal: AbortSignal.timeout(2000) });
      return;
    } catch (error) {
      if (child.exitCode !== null || attempt > 600)
        throw new Error(`VS Code's server did not start: ${output().slice(-2000)}`, { cause: error });
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

async function finished(child: ChildProcess): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => {
      output += chunk;
    });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`installing the extension failed: ${output}`);
}
