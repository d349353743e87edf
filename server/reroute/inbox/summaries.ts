import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, fromFileSystem } from '../../platform/errors.ts';
import { mapLimit } from '../../platform/parallel.ts';
import { type MessageSummary, summarise } from './message.ts';
import type { StoredMessage } from './store.ts';

/**
 * What a list needs of every message: a mail is taken apart once, its summary is a line of `summaries.jsonl`. Several
 * processes may add lines at once; a line that is torn, old or missing is made again.
 */
export async function summariesOf(
  directory: string,
  messages: readonly StoredMessage[],
): Promise<Map<number, MessageSummary>> {
  const file = path.join(directory, 'summaries.jsonl');
  const known = await readSummaries(file);
  const missing = messages.filter(message => !known.has(message.number));
  if (missing.length === 0) return known;
  const lines = await mapLimit(missing, 8, async message => {
    const summary = await summarise(message);
    known.set(message.number, summary);
    return `${JSON.stringify({ version, number: message.number, summary })}\n`;
  });
  await appendFile(file, `\n${lines.join('')}`, { mode: 0o600 });
  return known;
}

const version = 1;

async function readSummaries(file: string): Promise<Map<number, MessageSummary>> {
  const known = new Map<number, MessageSummary>();
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return known;
    throw fromFileSystem(error, file);
  }
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const entry: { version: number; number: number; summary: MessageSummary } = JSON.parse(line);
      if (entry.version === version) known.set(entry.number, entry.summary);
    } catch (error) {
      // Torn by a crash: that message's summary is made again.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return known;
}
