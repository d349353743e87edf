import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { syncDirectory } from './atomicFile.ts';
import { errorCode, fromFileSystem, GreenroomError } from './errors.ts';

/**
 * An append-only file of JSON records, each synced to disk before `append` returns. A line is
 * `<sha256 of previous hash and body, 16 hex digits> <body>`; the chain shows a lost or changed line. A torn last line
 * (power cut in mid-write) was never acknowledged and is dropped; damage anywhere else is an error.
 */
export class Journal<T> {
  readonly file: string;
  readonly #handle: FileHandle;
  #hash: string;

  private constructor(file: string, handle: FileHandle, hash: string) {
    this.file = file;
    this.#handle = handle;
    this.#hash = hash;
  }

  /** Opens or makes the journal, and returns it with the records it holds. Throws `journal-damaged`. */
  static async open<T>(file: string, schema: z.ZodType<T>): Promise<{ journal: Journal<T>; records: T[] }> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const { records, hash, length } = await readJournal(file, schema);
    const handle = await open(file, 'a', 0o600);
    // Cut the torn tail, so that the next record starts on a line of its own.
    await handle.truncate(length);
    await syncDirectory(path.dirname(file));
    return { journal: new Journal<T>(file, handle, hash), records };
  }

  async append(record: T): Promise<void> {
    const body = JSON.stringify(record);
    const hash = chain(this.#hash, body);
    try {
      await this.#handle.appendFile(`${hash} ${body}\n`);
      await this.#handle.datasync();
    } catch (error) {
      throw fromFileSystem(error, this.file);
    }
    this.#hash = hash;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** Reads without opening for writing. A missing file is an empty journal. */
export async function readJournal<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<{ records: T[]; hash: string; length: number }> {
  let data: Buffer;
  try {
    data = await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return { records: [], hash: '', length: 0 };
    throw fromFileSystem(error, file);
  }
  const records: T[] = [];
  let hash = '';
  let position = 0;
  while (position < data.length) {
    const end = data.indexOf(10, position);
    if (end === -1) break;
    const line = data.toString('utf8', position, end);
    const body = line.slice(17);
    if (line.slice(0, 16) !== chain(hash, body)) {
      if (end === data.length - 1) break;
      throw new GreenroomError('journal-damaged', {
        subject: file,
        detail: `record ${records.length + 1} does not match its checksum`,
      });
    }
    const parsed = schema.safeParse(JSON.parse(body));
    if (!parsed.success)
      throw new GreenroomError('journal-damaged', {
        subject: file,
        detail: `record ${records.length + 1} is not one of ours`,
        cause: parsed.error,
      });
    records.push(parsed.data);
    hash = line.slice(0, 16);
    position = end + 1;
  }
  return { records, hash, length: position };
}

function chain(previous: string, body: string): string {
  return createHash('sha256').update(previous).update(body).digest('hex').slice(0, 16);
}
