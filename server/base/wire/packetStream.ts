import type { Duplex } from 'node:stream';
import { databaseError } from '../../database/databaseError.ts';
import { collectRecentGarbage } from '../heap.ts';
import { PacketReader } from './packetReader.ts';
import type { PacketHandler } from './packets.ts';
import { packet, parseError } from './packets.ts';

/**
 * Bytes. A TLS socket's chunks are garbage as soon as they are read, but lie outside the heap: whoever makes no other garbage is
 * not collected before there are tens of megabytes of them. Other sockets read into one buffer.
 */
const collectAfter = 4_000_000;

/**
 * One session's stream at the level of the MySQL protocol's packets, after log-in. It exists because a driver makes an
 * object of each row and value: at millions of rows that is most of a build's time and all of its memory.
 */
export class PacketStream {
  readonly subject: string;
  readonly #stream: Duplex;
  readonly #reader: PacketReader;
  /** Bytes in buffers of their own since the last collection. */
  #received = 0;
  #memory: ArrayBufferLike | undefined;
  #failure: unknown;
  #onFailure: ((error: unknown) => void) | undefined;

  /** @param stream logged in and idle, without other readers (`Connection.detach`) */
  constructor(stream: Duplex, subject: string) {
    this.#stream = stream;
    this.subject = subject;
    this.#reader = new PacketReader();
    stream.on('data', (chunk: Buffer) => {
      try {
        this.#reader.feed(chunk);
        if (chunk.buffer !== this.#memory) this.#received += chunk.length;
        this.#memory = chunk.buffer;
        if (this.#received >= collectAfter) {
          this.#received = 0;
          collectRecentGarbage();
        }
      } catch (error) {
        this.fail(error);
      }
    });
    stream.on('error', error => this.fail(error));
    stream.on('close', () =>
      this.fail(Object.assign(new Error('the connection was lost'), { code: 'PROTOCOL_CONNECTION_LOST' })),
    );
    stream.resume();
  }

  /** Sends a command and gives every packet of the answer to `handler` until it says that it has the last one. */
  exchange(command: number, body: Uint8Array, handler: PacketHandler): Promise<void> {
    const answered = this.receive(handler);
    this.send(command, body);
    return answered;
  }

  /** Sends a command. */
  send(command: number, body: Uint8Array): void {
    if (this.#failure === undefined) this.#stream.write(packet(0, command, body));
  }

  /** Gives the packets that come to `handler` until it says that it has the last one. */
  receive(handler: PacketHandler): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#onFailure = reject;
      this.#reader.handler = {
        wantsStreaming: length => handler.wantsStreaming(length),
        stream: (chunk, start, end, last) => handler.stream(chunk, start, end, last),
        packet: part => {
          const done = handler.packet(part);
          if (done) {
            this.#reader.handler = undefined;
            this.#onFailure = undefined;
            resolve();
          }
          return done;
        },
      };
    });
  }

  /** A statement whose answer is OK, or a result that nobody wants. */
  async command(sql: string): Promise<void> {
    let skipping = 0;
    let error: unknown;
    await this.query(sql, {
      packet: part => {
        const first = part.data[part.start];
        if (first === 0xff) {
          error = parseError(part);
          return true;
        }
        if (skipping === 0 && first === 0) return true;
        if (first === 0xfe && part.end - part.start < 9) skipping++;
        else if (skipping === 0) skipping = 1;
        // Columns end with the first EOF, rows with the second.
        return skipping === 3;
      },
      wantsStreaming: () => false,
      stream: () => undefined,
    });
    if (error !== undefined) throw databaseError(error, this.subject);
  }

  query(sql: string, handler: PacketHandler): Promise<void> {
    return this.exchange(0x03, Buffer.from(sql, 'utf8'), handler);
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.#stream.write(bytes, () => done());
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Ends what runs with this error; the stream is closed, because the server's answer is in the middle of it. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = databaseError(error, this.subject);
    this.#stream.destroy();
    this.#onFailure?.(this.#failure);
    this.#onFailure = undefined;
  }

  get failure(): unknown {
    return this.#failure;
  }
}
