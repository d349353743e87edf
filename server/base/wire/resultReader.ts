import { databaseError } from '../../database/databaseError.ts';
import { GreenroomError } from '../../platform/errors.ts';
import type { PacketStream } from './packetStream.ts';
import { type Packet, type PacketHandler, parseError } from './packets.ts';
import { RowParser, type RowTarget } from './rowParser.ts';

export interface ReadHooks {
  /** After each chunk's worth of rows; a promise makes the reading wait for it. */
  between(bytes: number): Promise<void> | undefined;
}

type Phase = { at: 'start' } | { at: 'columns'; left: number } | { at: 'columnsEnd' } | { at: 'rows' };

/**
 * Runs a SELECT and gives its rows to the parser, at the pace of whoever takes them.
 *
 * @returns the number of rows
 * @throws GreenroomError of the server
 */
export async function readRows(
  stream: PacketStream,
  sql: string,
  columns: number,
  target: RowTarget,
  hooks: ReadHooks,
): Promise<number> {
  const handler = new ResultHandler(stream, new RowParser(columns, target), columns, hooks);
  await stream.query(sql, handler);
  await handler.settled();
  if (handler.error !== undefined) throw databaseError(handler.error, stream.subject);
  return handler.rows;
}

class ResultHandler implements PacketHandler {
  rows = 0;
  error: unknown;
  #phase: Phase = { at: 'start' };
  #bytes = 0;
  #waiting: Promise<void> | undefined;
  readonly #stream: PacketStream;
  readonly #parser: RowParser;
  readonly #columns: number;
  readonly #hooks: ReadHooks;

  constructor(stream: PacketStream, parser: RowParser, columns: number, hooks: ReadHooks) {
    this.#stream = stream;
    this.#parser = parser;
    this.#columns = columns;
    this.#hooks = hooks;
  }

  packet(packet: Packet): boolean {
    const { data, start, end } = packet;
    const first = data[start];
    if (first === 0xff) {
      this.error = parseError(packet);
      return true;
    }
    if (this.#phase.at === 'rows') {
      if (first === 0xfe && end - start < 9) {
        this.#settle();
        return true;
      }
      this.#parser.row(data, start, end);
      this.#count(end - start + 4);
      this.rows++;
      return false;
    }
    this.#phase = this.#afterHead(packet);
    return false;
  }

  wantsStreaming(): boolean {
    return this.#phase.at === 'rows';
  }

  stream(chunk: Buffer, start: number, end: number, last: boolean): void {
    this.#parser.part(chunk, start, end);
    if (last) {
      this.#parser.endOfParts();
      this.rows++;
    }
    this.#count(end - start);
  }

  /** Resolves when the last wait that a hook asked for is over. */
  async settled(): Promise<void> {
    while (this.#waiting !== undefined) await this.#waiting;
  }

  #afterHead({ data, start }: Packet): Phase {
    switch (this.#phase.at) {
      case 'start': {
        const count = (data[start] as number) < 0xfb ? (data[start] as number) : data.readUInt16LE(start + 1);
        if (count !== this.#columns)
          throw new GreenroomError('internal', { detail: `${count} columns instead of ${this.#columns}` });
        return { at: 'columns', left: count };
      }
      case 'columns':
        return this.#phase.left === 1 ? { at: 'columnsEnd' } : { at: 'columns', left: this.#phase.left - 1 };
      default:
        return { at: 'rows' };
    }
  }

  /** Asks the hook every 64 kB or so; while it wants to wait, nothing more is taken from the socket. */
  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= 65_536) this.#settle();
  }

  #settle(): void {
    const bytes = this.#bytes;
    this.#bytes = 0;
    const wait = this.#hooks.between(bytes);
    if (wait === undefined || this.#waiting !== undefined) return;
    this.#stream.pause();
    this.#waiting = wait.then(
      () => {
        this.#waiting = undefined;
        this.#stream.resume();
      },
      error => {
        this.#waiting = undefined;
        this.#stream.fail(error);
      },
    );
  }
}
