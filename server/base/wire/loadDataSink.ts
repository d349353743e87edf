import { databaseError } from '../../database/databaseError.ts';
import type { PacketStream } from './packetStream.ts';
import { parseError, parseOk } from './packets.ts';
import type { Loaded, RowSink } from './rowSink.ts';
import { SendBuffers } from './sendBuffers.ts';

const tab = 9;
const newline = 10;
const backslash = 92;

/** How {@link LoadDataSink} writes: the options that its LOAD DATA statement must have. */
export const loadDataFormat =
  "FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' STARTING BY ''";

/** Rows as the stream of a `LOAD DATA LOCAL`: tab-separated, bytes escaped, NULL as `\N`. Both families read it. */
export class LoadDataSink implements RowSink {
  readonly #stream: PacketStream;
  readonly #out: SendBuffers;
  #atRowStart = true;

  constructor(stream: PacketStream) {
    this.#stream = stream;
    this.#out = new SendBuffers(stream);
  }

  /**
   * Starts the statement and, when the server asks for the file, runs `feed`, which writes the rows.
   *
   * @throws GreenroomError of the server, or whatever `feed` threw: then nothing of this statement is kept
   */
  async load(sql: string, feed: () => Promise<void>): Promise<Loaded> {
    let loaded: Loaded | undefined;
    let error: unknown;
    let feeding = false;
    await this.#stream.query(sql, {
      packet: packet => {
        const first = packet.data[packet.start];
        if (first === 0xfb) {
          this.#out.begin(packet.sequence + 1);
          this.#atRowStart = true;
          feeding = true;
          feed().then(
            () => {
              feeding = false;
              this.#finish();
            },
            // The end of the file would make the server keep the rows so far.
            reason => this.#stream.fail(reason),
          );
          return false;
        }
        if (first === 0xff) error = parseError(packet);
        else loaded = parseOk(packet);
        return true;
      },
      wantsStreaming: () => false,
      stream: () => undefined,
    });
    // An answer in the middle of the rows: what is still being written has no place to go.
    if (feeding) this.#stream.fail(error ?? new Error('the server ended the load early'));
    if (loaded === undefined) throw databaseError(error, this.#stream.subject);
    return loaded;
  }

  #finish(): void {
    if (!this.#out.isEmpty) this.#out.flush();
    this.#out.flush();
  }

  get isFull(): boolean {
    return this.#out.isFull;
  }

  drained(): Promise<void> {
    return this.#out.drained();
  }

  nullValue(): void {
    const out = this.#out;
    if (out.position + 3 > out.end) out.flush();
    if (this.#atRowStart) this.#atRowStart = false;
    else out.buffer[out.position++] = tab;
    out.buffer[out.position++] = backslash;
    out.buffer[out.position++] = 0x4e;
  }

  value(source: Uint8Array, start: number, end: number): void {
    this.beginValue();
    this.part(source, start, end);
  }

  beginValue(): void {
    if (this.#atRowStart) {
      this.#atRowStart = false;
      return;
    }
    const out = this.#out;
    if (out.position === out.end) out.flush();
    out.buffer[out.position++] = tab;
  }

  part(source: Uint8Array, start: number, end: number): void {
    const out = this.#out;
    let from = start;
    while (from < end) {
      // Every byte may need two.
      let room = (out.end - out.position) >> 1;
      if (room < 64 && room < end - from) {
        out.flush();
        room = out.capacity >> 1;
      }
      const to = Math.min(end, from + room);
      const target = out.buffer;
      let position = out.position;
      for (let i = from; i < to; i++) {
        const byte = source[i] as number;
        if (byte === backslash || byte === tab || byte === newline) target[position++] = backslash;
        else if (byte === 0) {
          target[position++] = backslash;
          target[position++] = 0x30;
          continue;
        }
        target[position++] = byte;
      }
      out.position = position;
      from = to;
    }
  }

  endValue(): void {
    // The next value's separator, or the row's end, ends it.
  }

  endRow(): void {
    const out = this.#out;
    if (out.position === out.end) out.flush();
    out.buffer[out.position++] = newline;
    this.#atRowStart = true;
  }
}
