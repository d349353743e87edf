import { createHash, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { readJson, writeJsonAtomic } from '../platform/atomicFile.ts';
import { timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { withLock } from '../platform/locks.ts';
import type { ScrubKey } from './plan.ts';

const keyFile = z.strictObject({
  format: z.literal(1),
  current: z.strictObject({
    key: z.string(),
    madeAt: z.string(),
    origin: z.enum(['made', 'imported', 'rotated']),
  }),
  /** Ids of keys that were used before: which generations belong to which key. Not the keys themselves. */
  retired: z.array(z.strictObject({ id: z.string(), until: z.string() })),
});
type KeyFile = z.infer<typeof keyFile>;

const exportPrefix = 'greenroom-scrub-key-1';

/** The project's key; 32 random bytes, made on first use, in a file that only its owner can read (0600), outside the repository. */
export async function loadScrubKey(host: Host, projectId: string): Promise<ScrubKey> {
  const known = await readKey(host, projectId);
  if (known !== undefined) return known;
  return withKeyLock(host, projectId, async () => {
    const meanwhile = await readKey(host, projectId);
    if (meanwhile !== undefined) return meanwhile;
    const bytes = randomBytes(32);
    await writeKey(host, projectId, bytes, 'made', []);
    return toKey(bytes);
  });
}

/** Public name of a key: tells keys apart, tells nothing about them. */
export function keyId(bytes: Uint8Array): string {
  return createHash('sha256').update('greenroom scrub key id\0').update(bytes).digest('hex').slice(0, 16);
}

/** The key as one line of text, to hand to a team over a channel for secrets. Carries a checksum against mistyping. */
export async function exportKey(host: Host, projectId: string): Promise<string> {
  const { bytes } = await loadScrubKey(host, projectId);
  return `${exportPrefix}:${Buffer.from(bytes).toString('base64url')}:${checksum(bytes)}`;
}

/**
 * Takes over a team's key; the replacements are then the same as theirs. The next build starts from nothing, because
 * every generation names the key it was scrubbed with.
 *
 * @throws `configuration-invalid` when the text is not an exported key
 */
export async function importKey(host: Host, projectId: string, text: string): Promise<ScrubKey> {
  const [prefix, encoded = '', sum] = text.trim().split(':');
  const bytes = Buffer.from(encoded, 'base64url');
  if (prefix !== exportPrefix || bytes.length !== 32 || sum !== checksum(bytes))
    throw new GreenroomError('configuration-invalid', {
      subject: 'scrub key',
      detail: 'this is not a complete exported key',
    });
  return replaceKey(host, projectId, bytes, 'imported');
}

/** Makes a new key. Replacements of later builds have nothing in common with earlier ones. */
export async function rotateKey(host: Host, projectId: string): Promise<ScrubKey> {
  return replaceKey(host, projectId, randomBytes(32), 'rotated');
}

async function replaceKey(
  host: Host,
  projectId: string,
  bytes: Uint8Array,
  origin: 'imported' | 'rotated',
): Promise<ScrubKey> {
  return withKeyLock(host, projectId, async () => {
    const file = await readKeyFile(host, projectId);
    const retired = file?.retired ?? [];
    if (file !== undefined) {
      const old = Buffer.from(file.current.key, 'base64url');
      if (old.equals(bytes)) return toKey(bytes);
      retired.push({ id: keyId(old), until: timestamp(host.clock) });
    }
    await writeKey(host, projectId, bytes, origin, retired);
    return toKey(bytes);
  });
}

function withKeyLock<T>(host: Host, projectId: string, action: () => Promise<T>): Promise<T> {
  return withLock(host, `scrub-key-${projectId}`, { purpose: 'scrub key', wait: 10_000 }, action);
}

function fileOf(host: Host, projectId: string): string {
  return path.join(host.paths.keys, `scrub-${encodeURIComponent(projectId)}.json`);
}

async function readKeyFile(host: Host, projectId: string): Promise<KeyFile | undefined> {
  const file = fileOf(host, projectId);
  const content = await readJson(file, keyFile);
  if (content === undefined) return undefined;
  const handle = await open(file, 'r');
  try {
    // A key that others could read is refused rather than used: it may be known already.
    if (host.platform !== 'win32' && ((await handle.stat()).mode & 0o077) !== 0)
      throw new GreenroomError('permission', {
        subject: file,
        detail: 'other users can read the scrub key',
        next: `Run chmod 600 ${file}, or make a new key if others may have read it.`,
      });
  } finally {
    await handle.close();
  }
  return content;
}

async function readKey(host: Host, projectId: string): Promise<ScrubKey | undefined> {
  const file = await readKeyFile(host, projectId);
  if (file === undefined) return undefined;
  host.redact.add(file.current.key);
  return toKey(Buffer.from(file.current.key, 'base64url'));
}

async function writeKey(
  host: Host,
  projectId: string,
  bytes: Uint8Array,
  origin: KeyFile['current']['origin'],
  retired: KeyFile['retired'],
): Promise<void> {
  const key = Buffer.from(bytes).toString('base64url');
  host.redact.add(key);
  const content: KeyFile = { format: 1, current: { key, madeAt: timestamp(host.clock), origin }, retired };
  await writeJsonAtomic(fileOf(host, projectId), content, 0o600);
}

function toKey(bytes: Uint8Array): ScrubKey {
  // A copy of its own memory: a pooled Buffer would carry its neighbours along to the workers.
  return { id: keyId(bytes), bytes: new Uint8Array(bytes) };
}

function checksum(bytes: Uint8Array): string {
  return createHash('sha256')
    .update('greenroom scrub key checksum\0')
    .update(bytes)
    .digest('hex')
    .slice(0, 8);
}
