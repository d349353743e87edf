import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import type { Host } from '../platform/host.ts';

/** `door.json` in a sleeping clone's directory: who holds its port and socket, and wakes it. */
const doorRecordSchema = z.object({
  keeper: z.object({ pid: z.number(), startedAt: z.string() }),
  socketPath: z.string(),
});
export type DoorRecord = z.infer<typeof doorRecordSchema>;

function doorFile(directory: string): string {
  return path.join(directory, 'door.json');
}

/** The door's keeper if one lives. */
export async function findDoor(host: Host, directory: string): Promise<DoorRecord | undefined> {
  const door = await readJson(doorFile(directory), doorRecordSchema);
  return door && (await host.processes.isAlive(door.keeper)) ? door : undefined;
}

export async function writeDoor(directory: string, door: DoorRecord): Promise<void> {
  await writeJsonAtomic(doorFile(directory), door);
}

export async function removeDoor(directory: string): Promise<void> {
  await rm(doorFile(directory), { force: true });
}

/** Comes as a client would, so that the keeper wakes the clone. Resolves when the server has greeted, or the door was shut. */
export async function knock(door: DoorRecord): Promise<void> {
  const socket = connect({ path: door.socketPath });
  await new Promise<void>(resolve => {
    socket.once('data', resolve);
    socket.once('close', resolve);
    // Nobody at the door any more: the clone is started without it.
    socket.once('error', () => resolve());
  });
  socket.destroy();
}
