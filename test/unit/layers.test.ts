import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Floors of `server/`, lowest first: imports run down only; rooms on one floor do not import each other. */
const floors: readonly (readonly string[])[] = [
  ['protocol'],
  ['platform'],
  ['database', 'git'],
  ['files', 'schema', 'scrub', 'reroute', 'evidence'],
  ['config'],
  ['base', 'promotion', 'environments'],
  ['backend'],
  ['cli', 'keeper'],
];
/** Types and state that cross a floor, each with its reason. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // A plan names the environment that it comes from: the record's type alone.
  promotion: ['environments'],
};

const root = path.resolve(import.meta.dirname, '../..');

function* sources(directory: string): Generator<string> {
  for (const entry of readdirSync(path.join(root, directory), { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) yield* sources(file);
    else if (/\.tsx?$/.test(entry.name)) yield file;
  }
}

function importsOf(file: string): string[] {
  return [...readFileSync(path.join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    match => match[1] ?? '',
  );
}

describe('the house', () => {
  it('imports run down only inside server/', () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const file of sources('server')) {
      const room = file.split(path.sep)[1] ?? '';
      const floor = floors.findIndex(rooms => rooms.includes(room));
      for (const target of importsOf(file).filter(text => text.startsWith('.'))) {
        checked++;
        const other = path.relative(root, path.resolve(root, path.dirname(file), target)).split(path.sep);
        if (other[0] !== 'server') wrong.push(`${file} leaves server/: ${target}`);
        const otherRoom = other[1] ?? '';
        if (otherRoom === room || floor === -1) continue;
        const otherFloor = floors.findIndex(rooms => rooms.includes(otherRoom));
        if (otherFloor >= floor && !(allowed[room] ?? []).includes(otherRoom))
          wrong.push(`${file} imports ${target}`);
      }
    }
    assert.ok(checked > 20);
    assert.deepEqual(wrong, []);
  });

  it('protocol imports only zod', () => {
    const wrong = [...sources('server/protocol')].flatMap(file =>
      importsOf(file)
        .filter(target => target !== 'zod' && !target.startsWith('./'))
        .map(target => `${file}: ${target}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('only extension/ imports vscode, and it and webview/ reach the backend through protocol/ alone', () => {
    const wrong: string[] = [];
    for (const file of [...sources('server'), ...sources('webview')])
      if (importsOf(file).includes('vscode')) wrong.push(`${file} imports vscode`);
    for (const file of [...sources('extension'), ...sources('webview')])
      for (const target of importsOf(file))
        if (/\/server\/(?!protocol\/)/.test(target)) wrong.push(`${file} imports ${target}`);
    assert.deepEqual(wrong, []);
  });
});
