import type { PacketStream } from './packetStream.ts';

/** Room for one packet's payload. Large enough that the cost of a write does not count, small enough to have a few. */
const size = 256 * 1024;
const headerSize = 4;
/** More than these under way to the server: the source has to wait. */
const limit = 4;

/**
 * Outgoing packets of a session, built in place in buffers that are used again: the collector would give memory back far
 * too late at this rate. `buffer` and `position` are public because a call per byte would cost more than the byte.
 */
export class SendBuffers {
  buffer: Buffer = Buffer.allocUnsafe(size);
  position = headerSize;
  /** Where a payload must end. */
  readonly end = size;
  readonly capacity = size - headerSize;
  #sequence = 0;
  #underWay = 0;
  readonly #free: Buffer[] = [];
  readonly #stream: PacketStream;
  #waiting: (() => void)[] = [];

  constructor(stream: PacketStream) {
    this.#stream = stream;
  }

  get isFull(): boolean {
    return this.#underWay >= limit;
  }

  get isEmpty(): boolean {
    return this.position === headerSize;
  }

  /** Sequence number of the next packet: an exchange goes on counting from the server's last packet. */
  begin(sequence: number): void {
    this.#sequence = sequence;
    this.position = headerSize;
  }

  /** Sends what the buffer holds as one packet (an empty one too) and takes a fresh buffer. */
  flush(): void {
    const { buffer } = this;
    buffer.writeUIntLE(this.position - headerSize, 0, 3);
    buffer[3] = this.#sequence & 255;
    this.#sequence++;
    this.#underWay++;
    this.#stream.write(buffer.subarray(0, this.position), () => {
      this.#underWay--;
      this.#free.push(buffer);
      if (this.isFull) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resume of waiting) resume();
    });
    this.buffer = this.#free.pop() ?? Buffer.allocUnsafe(size);
    this.position = headerSize;
  }

  drained(): Promise<void> {
    return this.isFull ? new Promise(resolve => this.#waiting.push(resolve)) : Promise.resolve();
  }
}
