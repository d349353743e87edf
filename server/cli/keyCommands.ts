import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { exportKey, importKey, rotateKey } from '../scrub/key.ts';
import { type Command, text } from './command.ts';

/** The project's scrub key: whoever has it makes the same replacements, and can test guesses. Handed over by file or pipe only. */
export const keyCommands: readonly Command[] = [
  {
    name: 'scrub export-key',
    usage: 'scrub export-key [--to FILE]',
    help: 'Hand the scrub key to a colleague: keep what comes out like a password.',
    options: { to: { type: 'string' } },
    async run({ backend, folder, options, output }) {
      const project = await backend.project(folder);
      const key = await exportKey(project.host, project.id);
      const to = text(options, 'to');
      if (to !== undefined) await writeFileAtomic(to, `${key}\n`);
      output.result(to === undefined ? { key } : { file: to });
      output.line(to === undefined ? key : `Wrote the key to ${to}, readable by you alone.`);
    },
  },
  {
    name: 'scrub import-key',
    usage: 'scrub import-key [FILE]',
    help: 'Take over a team’s scrub key, from a file or standard input; the next base uses it.',
    positionals: { min: 0, max: 1 },
    async run({ backend, folder, positionals, output }) {
      const project = await backend.project(folder);
      const [file] = positionals;
      const given = file === undefined ? await readText(process.stdin) : await readFile(file, 'utf8');
      const { id } = await importKey(project.host, project.id, given.trim());
      output.result({ keyId: id });
      output.line(`The project now scrubs with key ${id}. Build the base anew.`);
    },
  },
  {
    name: 'scrub rotate-key',
    usage: 'scrub rotate-key',
    help: 'Make a new scrub key: everybody becomes another scrubbed person at the next build.',
    async run({ backend, folder, output }) {
      const project = await backend.project(folder);
      const { id } = await rotateKey(project.host, project.id);
      output.result({ keyId: id });
      output.line(`The project now scrubs with key ${id}. Build the base anew.`);
    },
  },
];
