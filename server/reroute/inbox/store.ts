import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../../platform/atomicFile.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../../platform/errors.ts';
import type { InboxMessage } from '../../protocol/inbox.ts';
import { type ShownMessage, showFile } from './message.ts';
import { summariesOf } from './summaries.ts';

/**
 * Messages of one environment as files: `000001.eml`, `000002.json`; `.read` beside a message says that somebody has
 * opened it. A number once given is never given again while its file is there.
 */
const messageFile = /^(\d{6,})\.(eml|json)$/;
const width = 6;

export interface StoredMessage {
  number: number;
  kind: InboxMessage['kind'];
  file: string;
}

/** Adds messages to one directory; every message is on disk, as a whole, before its promise resolves. */
export class MessageWriter {
  readonly #directory: string;
  #next: number;
  /** One sync of the directory serves every message that waits for it. */
  #syncing: Promise<void> | undefined;
  #pending: Promise<void> | undefined;

  private constructor(directory: string, next: number) {
    this.#directory = directory;
    this.#next = next;
  }

  /** Removes what a killed process left half written, and goes on behind the last number. */
  static async open(directory: string): Promise<MessageWriter> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const names = await readdir(directory);
    await Promise.all(
      names
        .filter(name => name.endsWith('.tmp'))
        .map(name => rm(path.join(directory, name), { force: true })),
    );
    const numbers = names.map(name => Number(messageFile.exec(name)?.[1] ?? 0));
    return new MessageWriter(directory, Math.max(0, ...numbers) + 1);
  }

  /** Throws `disk-full` and the like; nothing of the message is left then. */
  async add(kind: InboxMessage['kind'], content: Uint8Array): Promise<StoredMessage> {
    const temporary = path.join(this.#directory, `${randomBytes(8).toString('hex')}.tmp`);
    let stored: StoredMessage | undefined;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        await handle.writeFile(content);
        stored = await this.#name(temporary, kind);
        // Side by side: only a machine that loses power in between can leave a half message, and its sender was told nothing.
        await Promise.all([handle.datasync(), this.#syncDirectory()]);
      } finally {
        await handle.close();
      }
      return stored;
    } catch (error) {
      if (stored) await rm(stored.file, { force: true });
      throw fromFileSystem(error, this.#directory);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** A link, not a rename: it never takes the place of another message. */
  async #name(temporary: string, kind: InboxMessage['kind']): Promise<StoredMessage> {
    for (;;) {
      const number = this.#next++;
      const file = path.join(this.#directory, fileName(number, kind));
      try {
        await link(temporary, file);
        return { number, kind, file };
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  }

  /** A sync that began before our link does not cover it: wait for the next one. */
  #syncDirectory(): Promise<void> {
    this.#pending ??= (async () => {
      await this.#syncing;
      this.#syncing = this.#pending;
      this.#pending = undefined;
      await syncDirectory(this.#directory);
    })();
    return this.#pending;
  }
}

function fileName(number: number, kind: InboxMessage['kind']): string {
  return `${String(number).padStart(width, '0')}.${kind === 'mail' ? 'eml' : 'json'}`;
}

async function scan(directory: string): Promise<{ messages: StoredMessage[]; read: Set<number> }> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    // No inbox was opened yet.
    if (errorCode(error) === 'ENOENT') return { messages: [], read: new Set() };
    throw fromFileSystem(error, directory);
  }
  const messages: StoredMessage[] = [];
  const read = new Set<number>();
  for (const name of names) {
    const match = messageFile.exec(name);
    if (match)
      messages.push({
        number: Number(match[1]),
        kind: match[2] === 'eml' ? 'mail' : 'request',
        file: path.join(directory, name),
      });
    else if (name.endsWith('.read')) read.add(Number.parseInt(name, 10));
  }
  return { messages: messages.sort((a, b) => b.number - a.number), read };
}

/** How many messages nobody has opened: one look into the directory. */
export async function unreadCount(directory: string): Promise<number> {
  const { messages, read } = await scan(directory);
  return messages.filter(message => !read.has(message.number)).length;
}

/**
 * All messages, newest first.
 *
 * @param search words that all have to stand in sender, recipients, subject, attachments' names or text; case does not matter
 */
export async function listMessages(
  directory: string,
  search?: string,
): Promise<{ messages: InboxMessage[]; unread: number }> {
  const { messages, read } = await scan(directory);
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const summaries = await summariesOf(directory, messages);
  const found: InboxMessage[] = [];
  for (const { number } of messages) {
    const kept = summaries.get(number);
    if (!kept) continue;
    const { text, ...summary } = kept;
    const { from, to, subject, attachments } = summary;
    const haystack = [from, ...to, subject, ...attachments, text].join('\n').toLowerCase();
    if (words.every(word => haystack.includes(word)))
      found.push({ number, ...summary, read: read.has(number) });
  }
  return { messages: found, unread: messages.filter(({ number }) => !read.has(number)).length };
}

/** One message with its text; from now on it counts as read. Throws `usage` when there is no such message. */
export async function showMessage(directory: string, number: number): Promise<ShownMessage> {
  const message = await findMessage(directory, number);
  const shown = await showFile(message);
  await writeFile(path.join(directory, `${String(number).padStart(width, '0')}.read`), '', { mode: 0o600 });
  return shown;
}

export async function findMessage(directory: string, number: number): Promise<StoredMessage> {
  const message = (await scan(directory)).messages.find(one => one.number === number);
  if (!message)
    throw new GreenroomError('usage', { subject: String(number), detail: 'the inbox has no such message' });
  return message;
}
