import { fileURLToPath } from 'node:url';
import {
  type CancellationToken,
  createConnection,
  type InitializeResult,
  LSPErrorCodes,
  ProposedFeatures,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { Backend } from './backend/backend.ts';
import { explain } from './backend/explain.ts';
import { registerConfigurationLanguage } from './backend/language/register.ts';
import { FolderSession, type Notify } from './backend/session.ts';
import { systemHost } from './backend/systemHost.ts';
import { answers } from './backend/useCases.ts';
import { GreenroomError } from './platform/errors.ts';
import type { LogLevel } from './platform/log.ts';
import type { Operation } from './platform/progress.ts';
import type { Failure } from './protocol/common.ts';
import { closeFolder, openFolder, status } from './protocol/project.ts';

/** The language server: the same use cases as the command line, over stdio or node-ipc, with progress and cancel. */
const connection = createConnection(ProposedFeatures.all);
const write: Record<LogLevel, (line: string) => void> = {
  debug: line => connection.console.debug(line),
  info: line => connection.console.info(line),
  warn: line => connection.console.warn(line),
  error: line => connection.console.error(line),
};
const host = await systemHost((level, line) => write[level](line));
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const entry = (name: string) => fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
const backend = new Backend(host, { keeper: entry('keeper'), cli: entry('cli') }, { warmsSpares: true });
const sessions = new Map<string, FolderSession>();
const notify: Notify = (message, params) => {
  connection
    .sendNotification(message.method, params)
    .catch(error => host.log.warn('not delivered', { problem: error }));
};

connection.onInitialize(
  (): InitializeResult => ({
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Full,
      completionProvider: { triggerCharacters: ['"', '.', ':'] },
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix'] },
    },
    serverInfo: { name: 'greenroom' },
  }),
);

for (const [method, { handle }] of answers)
  connection.onRequest(method, (params: unknown, token) =>
    attempt(operation => handle(backend, params, operation), params, token),
  );

connection.onRequest(
  openFolder.method,
  (params: unknown, token: CancellationToken): Promise<unknown> =>
    attempt(
      async () => {
        const options = openFolder.params.parse(params);
        sessions.get(options.folder)?.close();
        if (options.secrets) backend.secrets.set(options.folder, options.secrets);
        const session = new FolderSession(backend, options, notify);
        sessions.set(options.folder, session);
        return session.open();
      },
      params,
      token,
    ),
);

connection.onRequest(
  status.method,
  (params: unknown, token: CancellationToken): Promise<unknown> =>
    attempt(
      async () => {
        const { folder } = status.params.parse(params);
        const session =
          sessions.get(folder) ??
          new FolderSession(backend, { folder, autoCreate: 'never', excludedBranches: [] }, notify);
        return session.refresh();
      },
      params,
      token,
    ),
);

connection.onRequest(
  closeFolder.method,
  (params: unknown, token: CancellationToken): Promise<unknown> =>
    attempt(
      async () => {
        const { folder } = closeFolder.params.parse(params);
        sessions.get(folder)?.close();
        sessions.delete(folder);
        return {};
      },
      params,
      token,
    ),
);

registerConfigurationLanguage(connection, backend);
connection.onShutdown(() => {
  for (const session of sessions.values()) session.close();
});
connection.listen();

/** Runs a request as a cancellable operation that reports progress, and turns what it throws into the user's sentence. */
async function attempt<T>(
  action: (operation: Operation) => Promise<T>,
  params: unknown,
  token: CancellationToken,
): Promise<T | ResponseError<Failure>> {
  const abort = new AbortController();
  const listener = token.onCancellationRequested(() => abort.abort(new GreenroomError('cancelled')));
  const progressToken = workDoneToken(params);
  const progress: Operation['progress'] = report => {
    if (progressToken === undefined) return;
    connection
      .sendNotification('$/progress', { token: progressToken, value: report })
      .catch(error => host.log.debug('progress was not delivered', { problem: error }));
  };
  try {
    return await action({ signal: abort.signal, progress });
  } catch (error) {
    const failure = explain(error, host.redact);
    host.log.error(failure.message, {
      reason: failure.reason,
      ...(error instanceof Error && { stack: error.stack ?? '' }),
    });
    return new ResponseError(LSPErrorCodes.RequestFailed, failure.message, failure);
  } finally {
    listener.dispose();
  }
}

function workDoneToken(params: unknown): string | number | undefined {
  if (typeof params !== 'object' || params === null || !('workDoneToken' in params)) return undefined;
  const { workDoneToken: token } = params;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}
