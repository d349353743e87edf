import { connect, createServer, type Server, type Socket } from 'node:net';

/** One statement on its way to the server; the answer says what the proxy does with it. */
export type OnStatement = (sql: string) => 'pass' | 'cut-before' | 'cut-after';

/**
 * A TCP proxy before a database server that sees every statement, and can cut the connection before one reaches the
 * server, or after it was carried out and before its answer is back.
 */
export class CuttingProxy {
  onStatement: OnStatement = () => 'pass';
  /** New connections are refused: the server cannot be reached at all. */
  dead = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target a port on loopback, or a socket */
  static async before(target: number | string): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', client => proxy.#join(client, target));
    await new Promise<void>(resolve => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>(resolve => this.#server.close(() => resolve()));
  }

  #join(client: Socket, target: number | string): void {
    if (this.dead) {
      client.destroy();
      return;
    }
    const upstream =
      typeof target === 'string' ? connect({ path: target }) : connect({ host: '127.0.0.1', port: target });
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('close', cut);
    upstream.on('close', cut);
    let muted = false;
    client.on('data', data => {
      // A command packet: three bytes of length, sequence 0, COM_QUERY, text.
      const isQuery = data.length > 5 && data[3] === 0 && data[4] === 3;
      // MySQL puts the number of query attributes before the text.
      const start = isQuery && (data[5] ?? 0) < 32 ? 7 : 5;
      const verdict = isQuery ? this.onStatement(data.toString('utf8', start)) : 'pass';
      if (verdict === 'cut-before') {
        cut();
        return;
      }
      muted = verdict === 'cut-after';
      upstream.write(data);
    });
    upstream.on('data', data => {
      if (muted) cut();
      else client.write(data);
    });
  }
}
