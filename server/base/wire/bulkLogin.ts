import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { DatabaseAddress } from '../../database/address.ts';
import { databaseError } from '../../database/databaseError.ts';
import { connectReusing } from '../../database/reusingSocket.ts';
import { GreenroomError } from '../../platform/errors.ts';
import { parseError } from './packets.ts';

/** Capability flags (MySQL's and MariaDB's protocol pages); the last is bit 34, in MariaDB's extended four bytes. */
const connectWithDb = 0x8;
const localFiles = 0x80;
const protocol41 = 0x200;
const transactions = 0x2000;
const secureConnection = 0x8000;
const pluginAuth = 0x80000;
const bulkOperations = 0x4;
const utf8mb4 = 45;

/**
 * Logs in to a private MariaDB server over its socket, as a client that may send rows in bulk: the driver's log-in cannot ask
 * for that. Knows the one way to log in that our own servers have (`mysql_native_password`).
 *
 * @returns the idle stream, or undefined when the server does not offer bulk operations or another way to log in
 */
export async function bulkLogin(address: DatabaseAddress): Promise<Socket | undefined> {
  const { socketPath, database } = address;
  if (socketPath === undefined || database === undefined) return undefined;
  const { socket, reuse } = connectReusing({ path: socketPath });
  try {
    const packets = packetsOf(socket);
    const greeting = await nextPacket(packets, socketPath);
    const offer = parseGreeting(greeting);
    if (offer === undefined) return abandon(socket);
    socket.write(framed(1, answer(address, database, offer)));
    const reply = await nextPacket(packets, socketPath);
    if (reply[0] === 0xff)
      throw databaseError(parseError({ data: reply, start: 0, end: reply.length, sequence: 0 }), socketPath);
    if (reply[0] !== 0) return abandon(socket);
    socket.removeAllListeners();
    reuse();
    return socket;
  } catch (error) {
    socket.destroy();
    throw databaseError(error, socketPath);
  }
}

function abandon(socket: Socket): undefined {
  socket.destroy();
  return undefined;
}

/** The challenge, if the server takes rows in bulk and native passwords. */
function parseGreeting(packet: Buffer): Buffer | undefined {
  if (packet[0] !== 10) return undefined;
  const at = packet.indexOf(0, 1) + 1 + 4;
  const first = packet.subarray(at, at + 8);
  const rest = at + 9;
  const extended = packet.readUInt32LE(rest + 2 + 1 + 2 + 2 + 1 + 6);
  if ((extended & bulkOperations) === 0) return undefined;
  const second = packet.subarray(rest + 18, rest + 30);
  return Buffer.concat([first, second]);
}

function answer(address: DatabaseAddress, database: string, challenge: Buffer): Buffer {
  const head = Buffer.alloc(32);
  const flags = connectWithDb | localFiles | protocol41 | transactions | secureConnection | pluginAuth;
  head.writeUInt32LE(flags, 0);
  head.writeUInt32LE(0x40000000, 4);
  head[8] = utf8mb4;
  head.writeUInt32LE(bulkOperations, 28);
  const token = nativePassword(address.password ?? '', challenge);
  return Buffer.concat([
    head,
    Buffer.from(`${address.user}\0`),
    Buffer.from([token.length]),
    token,
    Buffer.from(`${database}\0mysql_native_password\0`),
  ]);
}

/** SHA1(password) XOR SHA1(challenge + SHA1(SHA1(password))). */
function nativePassword(password: string, challenge: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0);
  const sha1 = (...parts: (string | Buffer)[]) => {
    const hash = createHash('sha1');
    for (const part of parts) hash.update(part);
    return hash.digest();
  };
  const once = sha1(password);
  const mask = sha1(challenge, sha1(once));
  return Buffer.from(once.map((byte, index) => byte ^ (mask[index] ?? 0)));
}

function framed(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

async function nextPacket(packets: AsyncIterator<Buffer>, subject: string): Promise<Buffer> {
  const { value, done } = await packets.next();
  if (done || value === undefined)
    throw new GreenroomError('database-unreachable', { subject, detail: 'it hung up at log-in' });
  return value;
}

/** Packets as they come, for the few of a log-in. Listeners stay until the caller takes them off. */
async function* packetsOf(socket: Socket): AsyncGenerator<Buffer> {
  let bytes = Buffer.alloc(0);
  let wake: (() => void) | undefined;
  let failure: unknown;
  let ended = false;
  socket.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk]);
    wake?.();
  });
  socket.on('error', error => {
    failure = error;
    wake?.();
  });
  socket.on('close', () => {
    ended = true;
    wake?.();
  });
  for (;;) {
    const length = bytes.length < 4 ? Number.POSITIVE_INFINITY : 4 + bytes.readUIntLE(0, 3);
    if (bytes.length >= length) {
      const packet = bytes.subarray(4, length);
      bytes = bytes.subarray(length);
      yield packet;
    } else if (failure !== undefined) throw failure;
    else if (ended) return;
    else
      await new Promise<void>(resolve => {
        wake = resolve;
      });
  }
}
