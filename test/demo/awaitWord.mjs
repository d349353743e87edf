// Loaded before a command of the tour: holds it until the tour has noted it, and ends it unbegun when the tour was killed
// before. So the next tour knows of every command that may still be at work.
import { readSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// A command's own threads load this, too.
if (isMainThread && readSync(0, Buffer.alloc(1)) === 0) process.exit(1);
