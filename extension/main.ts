import type * as vscode from 'vscode';
import type { ProjectStatus } from '../server/protocol/project.ts';
import { Extension } from './extension.ts';

/** What other extensions get from `activate`: the status of a folder as this window knows it. */
export interface GreenroomApi {
  version: 1;
  /** Milliseconds that activation took in this extension host. */
  activationMs: number;
  /** Process id of the backend while it runs. */
  backendPid(): number | undefined;
  status(folder: vscode.Uri): ProjectStatus | undefined;
  onDidChangeStatus: vscode.Event<void>;
}

let extension: Extension | undefined;

export function activate(context: vscode.ExtensionContext): GreenroomApi {
  const start = performance.now();
  const running = new Extension(context);
  extension = running;
  const activationMs = performance.now() - start;
  running.log.info(`Activated in ${activationMs.toFixed(1)} ms.`);
  return {
    version: 1,
    activationMs,
    backendPid: () => running.backend.pid,
    status: folder => running.workspace.folders.find(({ path }) => path === folder.fsPath)?.status,
    onDidChangeStatus: listener => running.workspace.onDidChange(() => listener(undefined)),
  };
}

/** VS Code waits for this before it ends the extension host; the backend gets the time to finish what it writes. */
export async function deactivate(): Promise<void> {
  await extension?.backend.stop();
  extension?.dispose();
}
