import { connect, type NetConnectOpts, type Socket } from 'node:net';

/** As much as a read may bring: what the system holds ready for a local socket is no more. */
const size = 256 * 1024;

/** A socket that can read all it gets into one buffer. */
export interface ReusingSocket {
  socket: Socket;
  /** From here on the bytes of a `data` event are valid during the event only. */
  reuse(): void;
}

/**
 * Connects a socket that reads into one buffer, over and over. The usual way makes a buffer of 64 kB for each read, outside the
 * heap, where the collector sees them late: at hundreds of megabytes a second they cost more than what is done with the bytes.
 * Until `reuse` is called each `data` event has bytes of its own, as a driver expects that keeps parts of them.
 */
export function connectReusing(options: NetConnectOpts): ReusingSocket {
  let reused = false;
  const buffer = Buffer.allocUnsafeSlow(size);
  const socket: Socket = connect({
    ...options,
    onread: {
      buffer,
      callback: count => {
        const bytes = buffer.subarray(0, count);
        socket.emit('data', reused ? bytes : Buffer.from(bytes));
        return true;
      },
    },
  });
  return {
    socket,
    reuse: () => {
      reused = true;
    },
  };
}
