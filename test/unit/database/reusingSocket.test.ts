import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { connectReusing } from '../../../server/database/reusingSocket.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('a socket that reads into one buffer', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: Server;
  let place: string;
  let peer: Promise<Socket>;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    place = path.join(directory.path, 'socket');
    server = createServer();
    peer = once(server, 'connection').then(([socket]) => socket as Socket);
    server.listen(place);
    await once(server, 'listening');
  });
  afterEach(async () => {
    (await peer).destroy();
    server.close();
    await directory.remove();
  });

  it('gives bytes that stay until it is told to use its buffer again', async () => {
    const { socket, reuse } = connectReusing({ path: place });
    const kept: Buffer[] = [];
    const next = async (text: string) => {
      const [bytes] = (await Promise.all([once(socket, 'data'), (await peer).write(text)]))[0];
      kept.push(bytes as Buffer);
    };
    await next('one');
    await next('two');
    assert.deepEqual(kept.map(String), ['one', 'two']);
    reuse();
    await next('three');
    await next('fours');
    assert.equal(kept[2]?.buffer, kept[3]?.buffer);
    assert.deepEqual(kept.map(String), ['one', 'two', 'fours', 'fours']);
    socket.destroy();
  });

  it('loses nothing of a long stream whose reader pauses, and tells its end', async () => {
    const { socket, reuse } = connectReusing({ path: place });
    reuse();
    const sent = randomBytes(20_000_000);
    const hash = createHash('sha256');
    let length = 0;
    let events = 0;
    let paused = false;
    socket.on('data', (bytes: Buffer) => {
      assert.ok(!paused, 'bytes come while it is paused');
      hash.update(bytes);
      length += bytes.length;
      if (++events % 7 !== 0) return;
      socket.pause();
      paused = true;
      setTimeout(() => {
        paused = false;
        socket.resume();
      }, 2);
    });
    const ended = once(socket, 'close');
    (await peer).end(sent);
    await ended;
    assert.equal(length, sent.length);
    assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
  });

  it('tells that its peer has gone in the middle', async () => {
    const { socket } = connectReusing({ path: place });
    const closed = once(socket, 'close');
    (await peer).write('half');
    (await peer).destroy();
    await closed;
    assert.ok(socket.destroyed);
  });
});
