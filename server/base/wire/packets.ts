/** A packet's payload where it lies: `data[start, end)`. Valid during the call only. */
export interface Packet {
  data: Buffer;
  start: number;
  end: number;
  sequence: number;
}

export interface PacketHandler {
  /** Takes a whole packet; true if it was the last of the answer. */
  packet(packet: Packet): boolean;
  /** Asked at the head of a long packet: take it in parts, without holding it? */
  wantsStreaming(length: number): boolean;
  /** A part of such a packet; `last` with its final bytes (packets of 2^24-1 bytes continue and count as one). */
  stream(chunk: Buffer, start: number, end: number, last: boolean): void;
}

/** The longest payload of one packet; a payload that fills it goes on in the next. */
export const maxPayload = 0xffffff;

/** A packet of one command byte and its body, cut where the protocol wants it. */
export function packet(sequence: number, command: number, body: Uint8Array): Buffer {
  const length = body.length + 1;
  const count = Math.floor(length / maxPayload) + 1;
  const result = Buffer.allocUnsafe(length + count * 4);
  let position = 0;
  let taken = 0;
  for (let index = 0; index < count; index++) {
    const size = Math.min(maxPayload, length - taken);
    result.writeUIntLE(size, position, 3);
    result[position + 3] = (sequence + index) & 255;
    position += 4;
    let from = taken - 1;
    let room = size;
    if (index === 0) {
      result[position++] = command;
      from = 0;
      room--;
    }
    result.set(body.subarray(from, from + room), position);
    position += room;
    taken += size;
  }
  return result;
}

/** An ERR packet as an error that the database room understands: `errno`, `sqlState`, message. */
export function parseError(packet: Packet): Error {
  const { data, start, end } = packet;
  const errno = data.readUInt16LE(start + 1);
  const marked = data[start + 3] === 0x23;
  const sqlState = marked ? data.toString('latin1', start + 4, start + 9) : '';
  const message = data.toString('utf8', start + (marked ? 9 : 3), end);
  return Object.assign(new Error(message), { errno, sqlState });
}

/** A length-encoded integer and where it ends. NULL (0xfb) has length -1. */
export function readLength(data: Buffer, at: number): { length: number; next: number } {
  const first = data[at] ?? 0;
  if (first < 0xfb) return { length: first, next: at + 1 };
  if (first === 0xfb) return { length: -1, next: at + 1 };
  if (first === 0xfc) return { length: data.readUInt16LE(at + 1), next: at + 3 };
  if (first === 0xfd) return { length: data.readUIntLE(at + 1, 3), next: at + 4 };
  return { length: Number(data.readBigUInt64LE(at + 1)), next: at + 9 };
}

/** Affected rows and warnings of an OK packet. */
export function parseOk(packet: Packet): { rows: number; warnings: number } {
  const affected = readLength(packet.data, packet.start + 1);
  const insertId = readLength(packet.data, affected.next);
  return { rows: affected.length, warnings: packet.data.readUInt16LE(insertId.next + 2) };
}
