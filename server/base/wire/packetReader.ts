import { maxPayload, type Packet, type PacketHandler } from './packets.ts';

/** From this length on a packet may be given to the handler in parts. */
const longPacket = 1 << 20;

/** Cuts the stream into packets. Whole packets are handed out where they lie in the chunk; only what straddles two chunks is copied. */
export class PacketReader {
  handler: PacketHandler | undefined;
  /** The beginning of a packet whose end has not come yet. */
  #carry: Buffer = Buffer.allocUnsafe(64 * 1024);
  #carried = 0;
  /** Bytes of the streamed packet that are still to come; -1: none is being streamed. */
  #streamLeft = -1;
  #streamContinues = false;
  readonly #packet: Packet = { data: this.#carry, start: 0, end: 0, sequence: 0 };

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#streamLeft >= 0) at = this.#feedStream(chunk, at);
      else if (this.#carried > 0 || chunk.length - at < 4) at = this.#complete(chunk, at);
      else at = this.#feedWhole(chunk, at);
    }
  }

  /** Packets that lie in this chunk as a whole. */
  #feedWhole(chunk: Buffer, from: number): number {
    let at = from;
    const end = chunk.length;
    while (end - at >= 4) {
      const length =
        (chunk[at] as number) | ((chunk[at + 1] as number) << 8) | ((chunk[at + 2] as number) << 16);
      if (length >= longPacket && this.#startStream(length)) return at + 4;
      if (at + 4 + length > end) {
        this.#reserve(4 + length);
        return this.#keep(chunk, at, end);
      }
      this.#give(chunk, at + 4, at + 4 + length, chunk[at + 3] as number);
      at += 4 + length;
    }
    return end > at ? this.#keep(chunk, at, end) : at;
  }

  /** Goes on with the packet that an earlier chunk began. */
  #complete(chunk: Buffer, from: number): number {
    let at = from;
    while (this.#carried < 4 && at < chunk.length) this.#carry[this.#carried++] = chunk[at++] as number;
    if (this.#carried < 4) return at;
    const length = this.#carry.readUIntLE(0, 3);
    if (this.#carried === 4 && length >= longPacket && this.#startStream(length)) {
      this.#carried = 0;
      return at;
    }
    this.#reserve(4 + length);
    const taken = Math.min(4 + length - this.#carried, chunk.length - at);
    chunk.copy(this.#carry, this.#carried, at, at + taken);
    this.#carried += taken;
    if (this.#carried === 4 + length) {
      this.#carried = 0;
      this.#give(this.#carry, 4, 4 + length, this.#carry[3] as number);
    }
    return at + taken;
  }

  #feedStream(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#streamLeft);
    this.#streamLeft -= end - from;
    const packetEnds = this.#streamLeft === 0;
    this.handler?.stream(chunk, from, end, packetEnds && !this.#streamContinues);
    if (packetEnds) this.#streamLeft = -1;
    return end;
  }

  /** At the head of a long packet, or of the continuation of one. */
  #startStream(length: number): boolean {
    const wanted = this.#streamContinues || (this.handler?.wantsStreaming(length) ?? false);
    if (!wanted) return false;
    this.#streamLeft = length;
    this.#streamContinues = length === maxPayload;
    return true;
  }

  #give(data: Buffer, start: number, end: number, sequence: number): void {
    if (this.#streamContinues) {
      this.#streamContinues = end - start === maxPayload;
      this.handler?.stream(data, start, end, !this.#streamContinues);
      return;
    }
    const packet = this.#packet;
    packet.data = data;
    packet.start = start;
    packet.end = end;
    packet.sequence = sequence;
    this.handler?.packet(packet);
  }

  #keep(chunk: Buffer, start: number, end: number): number {
    this.#reserve(end - start);
    chunk.copy(this.#carry, 0, start, end);
    this.#carried = end - start;
    return end;
  }

  #reserve(size: number): void {
    if (size <= this.#carry.length) return;
    const larger = Buffer.allocUnsafe(size + (size >> 2));
    this.#carry.copy(larger, 0, 0, this.#carried);
    this.#carry = larger;
  }
}
