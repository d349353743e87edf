import { type ChildProcess, fork } from 'node:child_process';
import type * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  ErrorCodes,
  IPCMessageReader,
  IPCMessageWriter,
  LanguageClient,
  ProgressType,
  ResponseError,
  RevealOutputChannelOn,
} from 'vscode-languageclient/node';

/** A running backend, as far as `Backend` needs it. */
export interface ServerProcess {
  child: ChildProcess;
  request(method: string, params: unknown, token?: vscode.CancellationToken): Promise<unknown>;
  onProgress(token: string, handler: (value: unknown) => void): { dispose(): void };
  onNotification(method: string, handler: (params: unknown) => void): { dispose(): void };
  /** Asks it to end, and ends it when it does not within a second and a half. */
  stop(): Promise<void>;
}

export interface StartOptions {
  module: string;
  environment: Record<string, string | undefined>;
  locale: string;
  /** Directory. */
  compileCache: string;
  log: vscode.LogOutputChannel;
}

/**
 * Starts the language server with VS Code's own Node, over Node's IPC channel. The library does the handshake, keeps
 * `greenroom.jsonc` in step and registers its diagnostics, completion, hover and quick fixes. Starting again after an end
 * is `Backend`'s: it tells people once. The server ends itself when this process is gone (`clientProcessId`).
 *
 * This file is a bundle of its own, loaded when the first trusted folder needs it: activation does not wait for it.
 */
export async function startServer({
  module,
  environment,
  locale,
  compileCache,
  log,
}: StartOptions): Promise<ServerProcess> {
  const child = fork(module, ['--node-ipc', `--clientProcessId=${process.pid}`], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Compiled code is kept from one start to the next.
    env: { NODE_COMPILE_CACHE: compileCache, ...environment, ELECTRON_RUN_AS_NODE: '1' },
    silent: true,
  });
  logOutput(child, log);
  const client = new LanguageClient(
    'greenroom',
    'Greenroom',
    () => Promise.resolve({ reader: new IPCMessageReader(child), writer: new IPCMessageWriter(child) }),
    {
      documentSelector: [{ scheme: 'file', pattern: '**/greenroom.jsonc' }],
      diagnosticCollectionName: 'greenroom',
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { locale },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
      },
    },
  );
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the backend ended at start (${signal ?? code})`)));
  });
  // Once it runs, its end is told by the event that `Backend` listens to.
  gone.catch(() => undefined);
  try {
    await Promise.race([gone, client.start()]);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    child,
    // An absent token must not be an argument: it would count as a second parameter.
    request: (method, params, token) =>
      token ? client.sendRequest(method, params, token) : client.sendRequest(method, params),
    onProgress: (token, handler) => client.onProgress(new ProgressType<unknown>(), token, handler),
    onNotification: (method, handler) => client.onNotification(method, handler),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
      const timer = setTimeout(() => child.kill('SIGKILL'), 1500);
      try {
        await client.stop(1200);
      } catch (error) {
        log.debug(
          `The backend did not take leave: ${error instanceof Error ? error.message : String(error)}`,
        );
        child.kill();
      }
      await ended;
      clearTimeout(timer);
    },
  };
}

/** True where the backend answered with an error of its own; false where it went away before it could. */
export function isAnswer(error: unknown): error is ResponseError<unknown> {
  return error instanceof ResponseError && error.code !== ErrorCodes.PendingResponseRejected;
}

function logOutput(child: ChildProcess, log: vscode.LogOutputChannel): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    let rest = '';
    stream?.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') log.info(line);
    });
  }
}
