import { readFile } from 'node:fs/promises';
import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net';
import { type Duplex, finished, PassThrough, pipeline, type Readable } from 'node:stream';
import mysql from 'mysql2';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { type DatabaseAddress, describeAddress } from './address.ts';
import { databaseError } from './databaseError.ts';
import { connectReusing } from './reusingSocket.ts';
import { readServerInfo, type ServerInfo, serverVariablesQuery } from './serverInfo.ts';

export { errnoOf } from './databaseError.ts';

/** Integers beyond 2^53 are bigint, decimals, dates, times and JSON are strings as the server writes them, bytes are Buffers. */
export type Value = string | number | bigint | Buffer | null;
export type Row = Record<string, Value>;

export interface ConnectOptions {
  /** Every transaction of the session is read-only: the server itself refuses to write. */
  readOnly?: boolean;
  /** Aborting closes the connection; whatever runs on it rejects with `cancelled`. */
  signal?: AbortSignal;
  /** To connect and log in. Default 10 s. */
  timeoutMs?: number;
  /** It will be detached, to read very much. */
  forDetaching?: boolean;
}

export interface Written {
  affectedRows: number;
  warnings: number;
}

/** One session. Statements queue up behind each other. All methods throw GreenroomError `database-…` or `cancelled`. */
export interface Connection {
  readonly server: ServerInfo;
  readonly address: DatabaseAddress;
  readonly threadId: number;
  /** `values` replace `?`: escaped by the driver, arrays become lists. */
  query<T extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  /** Rows as arrays: for columns that share a name, and for speed. */
  rows(sql: string, values?: readonly unknown[]): Promise<Value[][]>;
  execute(sql: string, values?: readonly unknown[]): Promise<Written>;
  /** Runs a `LOAD DATA LOCAL` whose file is `stream`, whatever name the server asks for. If the stream fails, nothing of the statement stays. */
  loadData(sql: string, stream: Readable): Promise<Written>;
  /**
   * Streams rows with back-pressure, columns as the bytes of the text protocol (text in utf8mb4). Destroying the stream
   * early leaves the rest of the result to be read: destroy the connection instead if it is long.
   */
  raw(sql: string): AsyncIterable<(Buffer | null)[]> & Readable;
  /**
   * Hands over the stream below the session, logged in and idle (TLS already removed), to a caller that speaks the
   * protocol itself; it has to attach to `data` at once, and the bytes of an event may be valid during the event only. Of this
   * object only `destroy` is of use afterwards.
   */
  detach(): Duplex;
  /** Says goodbye to the server after what is queued. */
  close(): Promise<void>;
  /** Cuts the connection now; what runs rejects. */
  destroy(): void;
}

/**
 * Opens a session with one meaning everywhere: utf8mb4, UTC, strict mode, backslash escapes on, long network timeouts.
 *
 * @throws GreenroomError `database-unreachable`, `database-denied`, `database-missing`, `unsupported`, `cancelled`
 */
export async function connect(
  host: Host,
  address: DatabaseAddress,
  options: ConnectOptions = {},
): Promise<Connection> {
  host.redact.add(address.password);
  const subject = describeAddress(address);
  if (options.signal?.aborted) throw new GreenroomError('cancelled', { subject });
  const session = new Session(address, subject, await tlsOptions(address), options);
  try {
    await session.open(options.readOnly ?? false);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

class Session implements Connection {
  readonly address: DatabaseAddress;
  readonly #subject: string;
  readonly #signal: AbortSignal | undefined;
  readonly #socket: Socket;
  readonly #driver: mysql.Connection;
  readonly #streams = new Set<Readable>();
  readonly #reuse: (() => void) | undefined;
  readonly #onAbort = () => this.destroy();
  #server: ServerInfo | undefined;
  #lost: unknown;

  constructor(
    address: DatabaseAddress,
    subject: string,
    tls: mysql.SslOptions | undefined,
    options: ConnectOptions,
  ) {
    this.address = address;
    this.#subject = subject;
    this.#signal = options.signal;
    // Our own socket: the driver's destroy() only half-closes, and a busy server would keep the session.
    const place: NetConnectOpts =
      address.socketPath === undefined
        ? { host: address.host ?? '127.0.0.1', port: address.port ?? 3306, noDelay: true }
        : { path: address.socketPath };
    // TLS takes over the reading of the socket below it.
    if (options.forDetaching && tls === undefined) {
      const { socket, reuse } = connectReusing(place);
      this.#socket = socket;
      this.#reuse = reuse;
    } else this.#socket = connectSocket(place);
    this.#socket.setKeepAlive(true, 30_000);
    this.#driver = mysql.createConnection({
      stream: () => this.#socket,
      // Only told: over a socket the server takes the password as it is, and the driver has to know.
      ...(address.socketPath !== undefined && { socketPath: address.socketPath }),
      user: address.user,
      ...(address.password !== undefined && { password: address.password }),
      ...(address.database !== undefined && { database: address.database }),
      ...(tls && { ssl: tls }),
      connectTimeout: options.timeoutMs ?? 10_000,
      // Statements are then plain text on the wire, also for whoever takes the stream (`detach`).
      flags: ['-CLIENT_QUERY_ATTRIBUTES'],
      charset: 'utf8mb4',
      dateStrings: true,
      jsonStrings: true,
      supportBigNumbers: true,
      stringifyObjects: true,
      multipleStatements: false,
      typeCast,
    });
    // The driver tells streamed queries nothing about a lost connection.
    this.#driver.on('error', error => this.#lose(error));
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async open(readOnly: boolean): Promise<void> {
    await this.#call(done => this.#driver.connect(done));
    // Unquoted names of this one query mean the same under every sql_mode; only then the session's mode is known.
    const variables = await this.#select<Value[]>(serverVariablesQuery, undefined, true);
    this.#server = readServerInfo(
      new Map(variables.map(([name, value]) => [String(name), String(value)])),
      this.#subject,
    );
    await this.execute(
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00'," +
        ' wait_timeout = 28800, net_read_timeout = 3600, net_write_timeout = 3600',
    );
    if (readOnly) await this.execute('SET SESSION TRANSACTION READ ONLY');
  }

  get server(): ServerInfo {
    if (this.#server === undefined) throw new GreenroomError('internal', { detail: 'session not open' });
    return this.#server;
  }

  get threadId(): number {
    return this.#driver.threadId;
  }

  query<T extends Row = Row>(sql: string, values?: readonly unknown[]): Promise<T[]> {
    return this.#select<T>(sql, values, false);
  }

  rows(sql: string, values?: readonly unknown[]): Promise<Value[][]> {
    return this.#select<Value[]>(sql, values, true);
  }

  async execute(sql: string, values?: readonly unknown[]): Promise<Written> {
    const result = await this.#call<unknown>(done => this.#driver.query(statement(sql, values), done));
    return written(result);
  }

  async loadData(sql: string, source: Readable): Promise<Written> {
    // The driver copies bytes: strings and object streams become bytes first.
    const isBytes = !source.readableObjectMode && source.readableEncoding === null;
    const stream = isBytes ? source : pipeline(source, new PassThrough(), () => undefined);
    let failure: unknown;
    // Ending a stream early would look like its end to the server, and keep half the rows: cut the connection instead.
    const stopWatching = finished(stream, { writable: false }, error => {
      if (!error) return;
      failure = error;
      this.destroy();
    });
    try {
      const options = { sql, infileStreamFactory: () => stream };
      return written(await this.#call<unknown>(done => this.#driver.query(options, done)));
    } catch (error) {
      stream.destroy();
      if (failure === undefined || this.#signal?.aborted) throw error;
      throw failure instanceof GreenroomError ? failure : databaseError(failure, this.#subject);
    } finally {
      stopWatching();
    }
  }

  raw(sql: string): AsyncIterable<(Buffer | null)[]> & Readable {
    const stream: Readable = this.#driver
      // A function, because the session's own one would win over `false`.
      .query({ sql, typeCast: field => field.buffer(), rowsAsArray: true })
      .stream({ highWaterMark: 512 });
    const destroy = stream._destroy.bind(stream);
    stream._destroy = (error, callback) => destroy(error && this.#explain(error), callback);
    this.#streams.add(stream);
    finished(stream, () => this.#streams.delete(stream));
    if (this.#lost !== undefined) stream.destroy(this.#explain(this.#lost));
    return stream;
  }

  detach(): Duplex {
    const { stream } = this.#driver as mysql.Connection & { stream: Duplex };
    stream.removeAllListeners('data');
    this.#reuse?.();
    return stream;
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    if (this.#lost !== undefined) return;
    await new Promise<void>(resolve => this.#driver.end(() => resolve()));
    this.#socket.destroy();
  }

  destroy(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#socket.destroy();
    this.#lose(Object.assign(new Error('the connection was closed'), { code: 'PROTOCOL_CONNECTION_LOST' }));
  }

  #lose(error: unknown): void {
    this.#lost ??= error;
    for (const stream of this.#streams) stream.destroy(this.#explain(this.#lost));
  }

  #select<T>(sql: string, values: readonly unknown[] | undefined, rowsAsArray: boolean): Promise<T[]> {
    return this.#call<T[]>(done =>
      this.#driver.query({ ...statement(sql, values), rowsAsArray }, done as never),
    );
  }

  #call<T>(start: (done: (error: unknown, result?: T) => void) => void): Promise<T> {
    if (this.#lost !== undefined) return Promise.reject(this.#explain(this.#lost));
    return new Promise<T>((resolve, reject) =>
      start((error, result) => (error ? reject(this.#explain(error)) : resolve(result as T))),
    );
  }

  #explain(error: unknown): GreenroomError {
    return this.#signal?.aborted
      ? new GreenroomError('cancelled', { subject: this.#subject, cause: error })
      : databaseError(error, this.#subject);
  }
}

function statement(sql: string, values: readonly unknown[] | undefined): mysql.QueryOptions {
  return values === undefined ? { sql } : { sql, values: [...values] };
}

function written(result: unknown): Written {
  const header = result as Partial<mysql.ResultSetHeader>;
  return { affectedRows: header.affectedRows ?? 0, warnings: header.warningStatus ?? 0 };
}

const typeCast: mysql.TypeCast = (field, next) => {
  if (field.type === 'LONGLONG') {
    const text = field.string();
    if (text === null) return null;
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  }
  // The driver would parse these into objects; their bytes are what can be compared and written back.
  if (field.type === 'GEOMETRY' || (field.type as string) === 'VECTOR') return field.buffer();
  return next();
};

async function tlsOptions(address: DatabaseAddress): Promise<mysql.SslOptions | undefined> {
  if (address.tls === undefined) return undefined;
  const verified = address.tls === 'verified';
  return {
    rejectUnauthorized: verified,
    verifyIdentity: verified,
    ...(address.tlsAuthorityFile !== undefined && { ca: await readFile(address.tlsAuthorityFile, 'utf8') }),
  };
}
