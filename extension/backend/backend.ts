import * as vscode from 'vscode';
import type * as z from 'zod';
import { failure, progressReport } from '../../server/protocol/common.ts';
import type {
  NotificationMessage,
  ParamsOf,
  RequestMessage,
  ResultOf,
} from '../../server/protocol/message.ts';
import { Disposable } from '../ui/disposable.ts';
import { setting } from '../ui/settings.ts';
import { BackendDown, RequestFailure, UnexpectedAnswer } from './failure.ts';
import type { ServerProcess } from './languageClient.ts';

export type BackendState =
  | { state: 'off' }
  | { state: 'starting' }
  | { state: 'running' }
  /** It ended several times in short order; only the person starts it again. */
  | { state: 'down'; problem: string };

export type ProgressValue = z.infer<typeof progressReport>;
export interface RequestOptions {
  progress?: (report: ProgressValue) => void;
  token?: vscode.CancellationToken;
}

const restartsAllowed = 4;
const restartWindowMs = 3 * 60_000;

/** The backend as the rest of the extension sees it: requests, notifications, and a process that is kept running. */
export class Backend extends Disposable {
  #state: BackendState = { state: 'off' };
  #server: ServerProcess | undefined;
  #starting: Promise<ServerProcess> | undefined;
  #wanted = false;
  #ends: number[] = [];
  #nextToken = 1;
  readonly #module: string;
  readonly #compileCache: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = this.register(new vscode.EventEmitter<BackendState>());
  readonly #ended = this.register(new vscode.EventEmitter<{ again: boolean; first: boolean }>());
  readonly #handlers = new Map<string, Set<(params: unknown) => void>>();
  readonly onDidChangeState = this.#changed.event;
  /** The process ended without being asked to. `first`: nobody was told yet; `again`: it is being started again. */
  readonly onDidEnd = this.#ended.event;
  #told = false;

  constructor(options: { module: string; compileCache: string; log: vscode.LogOutputChannel }) {
    super();
    this.#module = options.module;
    this.#compileCache = options.compileCache;
    this.#log = options.log;
  }

  get state(): BackendState {
    return this.#state;
  }

  /** Process id of the running backend, for the log and for people who look for it. */
  get pid(): number | undefined {
    return this.#server?.child.pid;
  }

  start(): void {
    this.#wanted = true;
    void this.#connected().catch(error => this.#log.error(`The backend did not start: ${text(error)}`));
  }

  async restart(): Promise<void> {
    this.#ends = [];
    await this.stop();
    this.#wanted = true;
    await this.#connected();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const server = this.#server ?? (await this.#starting?.catch(() => undefined));
    this.#server = undefined;
    await server?.stop();
    this.#become({ state: 'off' });
  }

  override dispose(): void {
    void this.stop();
    super.dispose();
  }

  /** Sends a request of the protocol. Rejects with `RequestFailure`, `BackendDown` or `CancellationError`. */
  async request<M extends RequestMessage>(
    message: M,
    params: z.input<M['params']>,
    options: RequestOptions = {},
  ): Promise<ResultOf<M>> {
    const answer = await this.raw(message.method, params, options);
    const parsed = message.result.safeParse(answer);
    if (!parsed.success) {
      this.#log.error(`${message.method}: ${parsed.error.message}`);
      throw new UnexpectedAnswer(message.method, parsed.error);
    }
    return parsed.data as ResultOf<M>;
  }

  /** Sends any request of the language server protocol. */
  async raw(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { isAnswer } = await import('./languageClient.ts');
    const server = await this.#connected();
    if (options.token?.isCancellationRequested) throw new vscode.CancellationError();
    const report = options.progress;
    const workDoneToken = `greenroom-${this.#nextToken++}`;
    const reporting =
      report &&
      server.onProgress(workDoneToken, value => {
        const parsed = progressReport.safeParse(value);
        if (parsed.success) report(parsed.data);
      });
    try {
      const withToken =
        report !== undefined && typeof params === 'object' && params !== null
          ? { ...params, workDoneToken }
          : params;
      return await server.request(method, withToken, options.token);
    } catch (error) {
      if (options.token?.isCancellationRequested) throw new vscode.CancellationError();
      if (!isAnswer(error)) throw new BackendDown(error);
      const parsed = failure.safeParse(error.data);
      if (!parsed.success) throw error;
      if (parsed.data.reason === 'cancelled') throw new vscode.CancellationError();
      throw new RequestFailure(parsed.data, error);
    } finally {
      reporting?.dispose();
    }
  }

  onNotification<M extends NotificationMessage>(
    message: M,
    handler: (params: ParamsOf<M>) => void,
  ): vscode.Disposable {
    const handlers = this.#handlers.get(message.method) ?? new Set();
    const checked = (params: unknown) => {
      const parsed = message.params.safeParse(params);
      if (parsed.success) handler(parsed.data as ParamsOf<M>);
      else this.#log.error(`${message.method}: ${parsed.error.message}`);
    };
    if (handlers.size === 0 && this.#server) this.#hear(this.#server, message.method);
    this.#handlers.set(message.method, handlers.add(checked));
    return new vscode.Disposable(() => handlers.delete(checked));
  }

  async #connected(): Promise<ServerProcess> {
    if (this.#server !== undefined) return this.#server;
    if (!this.#wanted || this.#state.state === 'down') throw new BackendDown();
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #launch(): Promise<ServerProcess> {
    this.#become({ state: 'starting' });
    const store = setting('store');
    const { startServer } = await import('./languageClient.ts');
    try {
      const server = await startServer({
        module: this.#module,
        environment: { ...process.env, ...(store !== '' && { GREENROOM_HOME: store }) },
        locale: vscode.env.language,
        compileCache: this.#compileCache,
        log: this.#log,
      });
      this.#log.info(`The backend runs as process ${server.child.pid}.`);
      this.#server = server;
      for (const method of this.#handlers.keys()) this.#hear(server, method);
      server.child.once('exit', (code, signal) => this.#onExit(server, String(signal ?? code)));
      this.#become({ state: 'running' });
      return server;
    } catch (error) {
      this.#endedUnasked(text(error));
      throw new BackendDown(error);
    }
  }

  #hear(server: ServerProcess, method: string): void {
    server.onNotification(method, params => {
      for (const handler of this.#handlers.get(method) ?? []) handler(params);
    });
  }

  #onExit(server: ServerProcess, how: string): void {
    if (this.#server !== server) return;
    this.#server = undefined;
    this.#endedUnasked(how);
  }

  /** Starts it again, with a growing pause; gives up when it keeps ending. */
  #endedUnasked(how: string): void {
    if (!this.#wanted || this.isDisposed) return;
    this.#log.error(`The backend ended by itself (${how}).`);
    const now = Date.now();
    this.#ends = [...this.#ends.filter(end => now - end < restartWindowMs), now];
    const again = this.#ends.length <= restartsAllowed;
    this.#become(again ? { state: 'starting' } : { state: 'down', problem: how });
    this.#ended.fire({ again, first: !this.#told });
    this.#told = true;
    if (!again) return;
    const timer = setTimeout(() => this.#wanted && this.start(), 250 * 2 ** (this.#ends.length - 1));
    this.register(new vscode.Disposable(() => clearTimeout(timer)));
  }

  #become(state: BackendState): void {
    this.#state = state;
    if (!this.isDisposed) this.#changed.fire(state);
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
