import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasReason } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { type BridgePlan, type Tool, wrapperOf } from './networkTools.ts';

export type Isolation = { state: 'isolated'; command: string[] } | { state: 'open'; why: string };

export interface IsolationOptions {
  /** Loopback ports that stay reachable: the clone's, the inbox's. */
  ports: readonly number[];
  /** Ports on which the command will listen, to be reached from outside. */
  expose?: readonly number[];
  /** A program that stands where the system's sendmail stands, where there is one. */
  sendmail?: string;
}

/**
 * Wraps a command so that it runs in a network of its own: loopback, the given ports, and no way out. Input, output,
 * signals and the exit code pass through; the user stays the same. Where the machine cannot do that, `why` says so
 * and the command is left to be run openly.
 */
export async function isolatedCommand(
  host: Host,
  command: readonly string[],
  options: IsolationOptions,
): Promise<Isolation> {
  const found = await findTool(host);
  if ('why' in found) return { state: 'open', why: found.why };
  const plan: BridgePlan = {
    tool: found.tool,
    ports: [...options.ports],
    expose: [...(options.expose ?? [])],
    ...(options.sendmail !== undefined && { sendmail: options.sendmail }),
  };
  const program = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './networkBridge.ts' : './networkBridge.js', import.meta.url),
  );
  // Inside VS Code the program that runs us is Electron.
  const node = process.versions['electron'] === undefined ? [] : ['env', 'ELECTRON_RUN_AS_NODE=1'];
  return {
    state: 'isolated',
    command: [
      ...node,
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      program,
      JSON.stringify(plan),
      '--',
      ...command,
    ],
  };
}

/** `greenroom doctor`: whether commands run cut off from the network here, by what, and what is missing otherwise. */
export async function isolationProbe(host: Host): Promise<{ ok: boolean; choice: string; advice?: string }> {
  const found = await findTool(host);
  if ('tool' in found) return { ok: true, choice: `commands run without a network, by ${found.tool}` };
  return { ok: false, choice: 'commands run with the network open', advice: found.why };
}

/** The first tool that makes a network namespace here, or why none does. */
async function findTool(host: Host): Promise<{ tool: Tool } | { why: string }> {
  if (host.platform !== 'linux')
    return { why: 'network namespaces exist on Linux only: a hard-coded provider address would be reached' };
  const refused: string[] = [];
  for (const tool of ['bwrap', 'unshare'] as const) {
    if (!isInstalled(host, tool)) continue;
    if (tool === 'unshare' && !isInstalled(host, 'ip')) {
      refused.push('unshare needs the program ip (package iproute2) to bring loopback up');
      continue;
    }
    const [program = '', ...args] = wrapperOf(tool, ['true']);
    try {
      await host.processes.run(program, args, { timeout: 10_000 });
      return { tool };
    } catch (error) {
      if (!hasReason(error, 'process-failed', 'timeout', 'binary-missing')) throw error;
      refused.push(`${tool}: ${error.detail ?? error.reason}`);
    }
  }
  return {
    why:
      refused.length === 0
        ? 'neither bubblewrap nor unshare is installed: install the package bubblewrap'
        : `this machine refuses user namespaces (${refused.join('; ')})`,
  };
}

function isInstalled(host: Host, name: string): boolean {
  return (host.environment['PATH'] ?? '').split(path.delimiter).some(directory => {
    if (directory === '') return false;
    try {
      accessSync(path.join(directory, name), constants.X_OK);
      return true;
    } catch {
      // Not there: the next directory may have it.
      return false;
    }
  });
}
