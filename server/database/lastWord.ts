import { readFile } from 'node:fs/promises';
import { errorCode, fromFileSystem } from '../platform/errors.ts';
import { logFile } from './serverFiles.ts';

/**
 * Whether the server that ran last over `directory` said that its shutdown was complete. One that crashed on its way down is
 * gone as well: only its own last word says that all is written.
 */
export async function completedShutdown(directory: string): Promise<boolean> {
  return /shutdown complete/i.test((await lastLog(directory)).slice(-4000));
}

/** The log of that server; empty when there is none. A start begins a new one. */
export async function lastLog(directory: string): Promise<string> {
  try {
    return await readFile(logFile(directory), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw fromFileSystem(error, logFile(directory));
  }
}
