import { type ChildProcess, fork } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';

export interface ServerProcess {
  child: ChildProcess;
  connection: MessageConnection;
}

/**
 * Starts the language server with VS Code's own Node, speaking JSON-RPC over Node's IPC channel, and shakes hands.
 * The server ends itself when this process is gone (`clientProcessId`, `processId`).
 */
export async function startServer(options: {
  module: string;
  environment: Record<string, string | undefined>;
  locale: string;
  version: string;
  onOutput(line: string): void;
}): Promise<ServerProcess> {
  const child = fork(options.module, ['--node-ipc', `--clientProcessId=${process.pid}`], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...options.environment, ELECTRON_RUN_AS_NODE: '1' },
    silent: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    let rest = '';
    stream?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') options.onOutput(line);
    });
  }
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the backend ended at start (${signal ?? code})`)));
  });
  connection.listen();
  try {
    await Promise.race([
      gone,
      connection.sendRequest('initialize', {
        processId: process.pid,
        clientInfo: { name: 'vscode-greenroom', version: options.version },
        locale: options.locale,
        rootUri: null,
        workspaceFolders: null,
        initializationOptions: { locale: options.locale },
        capabilities: {
          textDocument: {
            synchronization: {},
            completion: {
              completionItem: { snippetSupport: true, documentationFormat: ['markdown', 'plaintext'] },
            },
            hover: { contentFormat: ['markdown', 'plaintext'] },
            publishDiagnostics: { relatedInformation: false },
            codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } },
          },
          window: { workDoneProgress: true },
          workspace: { applyEdit: false, workspaceEdit: { documentChanges: true } },
        },
      }),
    ]);
  } catch (error) {
    connection.dispose();
    child.kill();
    throw error;
  }
  await connection.sendNotification('initialized', {});
  return { child, connection };
}

/** Asks it to end, and ends it when it does not within a second and a half. */
export async function stopServer(server: ServerProcess): Promise<void> {
  const { child, connection } = server;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const timer = setTimeout(() => child.kill('SIGKILL'), 1500);
  try {
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
  } catch {
    child.kill();
  }
  await ended;
  clearTimeout(timer);
  connection.dispose();
}
