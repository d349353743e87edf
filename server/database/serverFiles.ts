import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import type { ServerPlaces } from './dialects/dialect.ts';

const version = z.tuple([z.number(), z.number(), z.number()]);
const identity = z.object({ pid: z.number(), startedAt: z.string() });

/** `server.json`: what a data directory was made by and for. It is copied with the data. */
export const serverRecordSchema = z.object({
  format: z.literal(1),
  binaries: z.object({
    flavour: z.enum(['mariadb', 'mysql']),
    version,
    versionText: z.string(),
    server: z.string(),
    installer: z.string().optional(),
    baseDirectory: z.string().optional(),
  }),
  settings: z
    .object({
      lowerCaseTableNames: z.union([z.literal(0), z.literal(1), z.literal(2)]),
      pageSize: z.number(),
      sqlMode: z.string(),
      characterSet: z.string(),
      collation: z.string(),
      timeZone: z.string(),
      explicitDefaultsForTimestamp: z.boolean(),
      innodbStrictMode: z.boolean(),
      groupConcatMaxLength: z.number(),
    })
    .optional(),
});
export type ServerRecord = z.infer<typeof serverRecordSchema>;

const access = {
  mode: z.enum(['clone', 'load']),
  port: z.number(),
  socketPath: z.string(),
  user: z.string(),
  password: z.string(),
  database: z.string().optional(),
};

/** `running.json`, 0600: written before the process starts, so that no server of ours can run unknown. */
export const runningRecordSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting'), by: identity, ...access }),
  z.object({ state: z.literal('running'), process: identity, ...access }),
]);
export type RunningRecord = z.infer<typeof runningRecordSchema>;

export function serverRecordFile(directory: string): string {
  return path.join(directory, 'server.json');
}

export function runningRecordFile(directory: string): string {
  return path.join(directory, 'running.json');
}

export function initFile(directory: string): string {
  return path.join(directory, 'init.sql');
}

export function logFile(directory: string): string {
  return path.join(directory, 'server.log');
}

/** Counts Greenroom's own looks at who is connected, so that they do not pass for visits. */
export function looksFile(directory: string): string {
  return path.join(directory, 'looks');
}

export function serverPlaces(directory: string, socketPath: string): ServerPlaces {
  return {
    data: path.join(directory, 'data'),
    temporary: path.join(directory, 'tmp'),
    noFiles: path.join(directory, 'no-files'),
    pidFile: path.join(directory, 'server.pid'),
    socketPath,
  };
}

/** sun_path has 108 bytes on Linux and 104 on macOS, the closing NUL included; MySQL adds `.lock` to the name of a second file. */
const longestSocketPath = 98;

/** Where the socket of the server in `directory` lies: a private directory with a short path. Makes the directory. */
export async function socketPathFor(host: Host, directory: string): Promise<string> {
  const name = `${createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 12)}.s`;
  const uid = process.getuid?.() ?? 0;
  const runtime = host.environment['XDG_RUNTIME_DIR'];
  const places = [
    host.paths.run,
    ...(runtime === undefined ? [] : [path.join(runtime, 'greenroom')]),
    `/tmp/greenroom-${uid}`,
  ];
  const place = places.find(candidate => Buffer.byteLength(path.join(candidate, name)) <= longestSocketPath);
  if (place === undefined) throw new GreenroomError('internal', { detail: 'no short path for a socket' });
  await mkdir(place, { recursive: true, mode: 0o700 });
  // /tmp is everybody's: whoever made the directory first could put their own socket there.
  const { uid: owner, mode } = await lstat(place);
  if (owner !== uid || (place !== host.paths.run && (mode & 0o077) !== 0))
    throw new GreenroomError('permission', { subject: place, detail: 'it is not private to this user' });
  return path.join(place, name);
}
