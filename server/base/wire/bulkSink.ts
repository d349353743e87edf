import { databaseError } from '../../database/databaseError.ts';
import { GreenroomError } from '../../platform/errors.ts';
import type { PacketStream } from './packetStream.ts';
import { type Packet, parseError, parseOk } from './packets.ts';
import type { Loaded, RowSink } from './rowSink.ts';

const prepareCommand = 0x16;
const bulkCommand = 0xfa;
const closeCommand = 0x19;
/** "Types follow"; every parameter is sent as a BLOB: bytes that are taken as they are. */
const sendTypes = 128;
const blobType = 0xfc;
const headerSize = 4;
/** One command's rows. */
const size = 512 * 1024;
/** Commands that the server has not answered yet. */
const limit = 3;

/**
 * Rows as MariaDB's `COM_STMT_BULK_EXECUTE`: values with their lengths, so that neither side looks at a byte of them. The
 * server takes a third less time than for reading the same rows as a file.
 */
export class BulkSink implements RowSink {
  readonly #stream: PacketStream;
  #statement = 0;
  #columns = 0;
  #buffer: Buffer = Buffer.allocUnsafe(size);
  #position = 0;
  /** Where the first row begins, and the present one. */
  #firstRow = 0;
  #rowStart = 0;
  #rows = 0;
  #warnings = 0;
  #unanswered = 0;
  #failed = false;
  #waiting: (() => void)[] = [];
  #free: Buffer[] = [];

  constructor(stream: PacketStream) {
    this.#stream = stream;
  }

  /**
   * Prepares the INSERT, runs `feed`, which writes the rows, and commits them.
   *
   * @returns undefined if the server had notes about values: it tells them of its last command alone, so all is taken back,
   * for a way that can say what they are about
   * @throws GreenroomError of the server, or whatever `feed` threw: then nothing of this is kept
   */
  async load(insert: string, columns: number, feed: () => Promise<void>): Promise<Loaded | undefined> {
    await this.#stream.command('START TRANSACTION');
    this.#statement = await this.#prepare(insert);
    this.#columns = columns;
    this.#rows = 0;
    this.#warnings = 0;
    this.#begin();
    try {
      await feed();
      if (this.#rowStart > this.#firstRow) this.#flush();
      await this.#answers(0);
    } catch (error) {
      this.#stream.fail(error);
      throw error;
    }
    this.#stream.send(closeCommand, statementId(this.#statement));
    await this.#stream.command(this.#warnings === 0 ? 'COMMIT' : 'ROLLBACK');
    return this.#warnings === 0 ? { rows: this.#rows, warnings: 0 } : undefined;
  }

  get isFull(): boolean {
    return this.#unanswered >= limit;
  }

  async drained(): Promise<void> {
    await this.#answers(limit - 1);
  }

  nullValue(): void {
    this.#reserve(1);
    this.#buffer[this.#position++] = 1;
  }

  value(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.beginValue(length);
    this.part(source, start, end);
  }

  beginValue(length: number): void {
    this.#reserve(length + 10);
    const buffer = this.#buffer;
    buffer[this.#position++] = 0;
    if (length < 251) buffer[this.#position++] = length;
    else if (length < 65_536) {
      buffer[this.#position] = 0xfc;
      this.#position = buffer.writeUInt16LE(length, this.#position + 1);
    } else if (length < 1 << 24) {
      buffer[this.#position] = 0xfd;
      this.#position = buffer.writeUIntLE(length, this.#position + 1, 3);
    } else throw new GreenroomError('internal', { detail: 'a value too long for a bulk command' });
  }

  part(source: Uint8Array, start: number, end: number): void {
    const buffer = this.#buffer;
    let position = this.#position;
    // Below some dozens of bytes a loop is quicker than a native copy.
    if (end - start < 48) for (let i = start; i < end; i++) buffer[position++] = source[i] as number;
    else {
      buffer.set(source.subarray(start, end), position);
      position += end - start;
    }
    this.#position = position;
  }

  endValue(): void {
    // Its length has said where it ends.
  }

  endRow(): void {
    this.#rowStart = this.#position;
    if (this.#position >= size - 8_192) this.#flush();
  }

  /** Room for so many bytes more of this row: the rows before it are sent, or the buffer grows. */
  #reserve(bytes: number): void {
    if (this.#position + bytes <= this.#buffer.length) return;
    if (this.#rowStart > this.#firstRow) {
      this.#flush();
      if (this.#position + bytes <= this.#buffer.length) return;
    }
    const larger = Buffer.allocUnsafe((this.#position + bytes) * 2);
    this.#buffer.copy(larger, 0, 0, this.#position);
    this.#buffer = larger;
  }

  #begin(): void {
    const buffer = this.#buffer;
    let at = headerSize;
    buffer[at++] = bulkCommand;
    at = buffer.writeUInt32LE(this.#statement, at);
    at = buffer.writeUInt16LE(sendTypes, at);
    for (let column = 0; column < this.#columns; column++) {
      buffer[at++] = blobType;
      buffer[at++] = 0;
    }
    this.#position = at;
    this.#firstRow = at;
    this.#rowStart = at;
  }

  /** Sends the whole rows; what there is of the present one moves to the next buffer. */
  #flush(): void {
    const { length } = this.#buffer;
    const full = this.#buffer;
    const end = this.#rowStart;
    const rest = full.subarray(end, this.#position);
    this.#buffer = this.#free.pop() ?? Buffer.allocUnsafe(size);
    if (this.#buffer.length < headerSize + 7 + 2 * this.#columns + rest.length)
      this.#buffer = Buffer.allocUnsafe(length * 2);
    this.#begin();
    rest.copy(this.#buffer, this.#position);
    this.#position += rest.length;
    full.writeUIntLE(end - headerSize, 0, 3);
    full[3] = 0;
    this.#unanswered++;
    this.#stream.write(full.subarray(0, end), () => {
      if (full.length === size) this.#free.push(full);
    });
    this.#listen();
  }

  /** Takes answers while there are any to come. */
  #listen(): void {
    if (this.#unanswered !== 1) return;
    this.#stream
      .receive({
        packet: packet => this.#take(packet),
        wantsStreaming: () => false,
        stream: () => undefined,
      })
      .catch(() => this.#wake());
  }

  #take(packet: Packet): boolean {
    this.#unanswered--;
    if (packet.data[packet.start] === 0xff) {
      this.#failed = true;
      this.#stream.fail(databaseError(parseError(packet), this.#stream.subject));
    } else {
      const { rows, warnings } = parseOk(packet);
      this.#rows += rows;
      this.#warnings += warnings;
    }
    this.#wake();
    return this.#unanswered === 0;
  }

  async #answers(allowed: number): Promise<void> {
    while (this.#unanswered > allowed && !this.#failed && this.#stream.failure === undefined)
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    if (this.#stream.failure !== undefined) throw this.#stream.failure;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  async #prepare(insert: string): Promise<number> {
    let statement = 0;
    let error: unknown;
    let left = -1;
    await this.#stream.exchange(prepareCommand, Buffer.from(insert, 'utf8'), {
      packet: ({ data, start, end, sequence }) => {
        if (left < 0) {
          if (data[start] === 0xff) {
            error = parseError({ data, start, end, sequence });
            return true;
          }
          statement = data.readUInt32LE(start + 1);
          // Descriptions of the parameters, and their end.
          left = data.readUInt16LE(start + 7) + 1;
          return left === 1;
        }
        left--;
        return left === 0;
      },
      wantsStreaming: () => false,
      stream: () => undefined,
    });
    if (error !== undefined) throw databaseError(error, this.#stream.subject);
    return statement;
  }
}

function statementId(statement: number): Buffer {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(statement);
  return id;
}
