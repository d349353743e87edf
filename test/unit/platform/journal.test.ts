import assert from 'node:assert/strict';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { Journal, readJournal } from '../../../server/platform/journal.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const schema = z.object({ step: z.number() });

describe('a journal', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let file: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    file = path.join(directory.path, 'state', 'journal');
  });
  afterEach(() => directory.remove());

  async function write(...steps: number[]) {
    const { journal, records } = await Journal.open(file, schema);
    for (const step of steps) await journal.append({ step });
    await journal.close();
    return records;
  }

  it('gives back what was appended, over reopening', async () => {
    await write(1, 2);
    assert.deepEqual(await write(3), [{ step: 1 }, { step: 2 }]);
    assert.deepEqual((await readJournal(file, schema)).records, [{ step: 1 }, { step: 2 }, { step: 3 }]);
  });

  it('drops a torn last record, at every length, and goes on behind it', async () => {
    await write(1, 2);
    const whole = await readFile(file);
    const firstLength = whole.indexOf(10) + 1;
    for (let length = firstLength; length < whole.length; length++) {
      await writeFile(file, whole);
      await truncate(file, length);
      assert.deepEqual(await write(9), [{ step: 1 }], `cut at ${length}`);
      assert.deepEqual((await readJournal(file, schema)).records, [{ step: 1 }, { step: 9 }]);
    }
  });

  it('refuses a changed or a missing record in the middle', async () => {
    await write(1, 2, 3);
    const whole = await readFile(file, 'utf8');
    const lines = whole.split('\n');
    await writeFile(file, whole.replace('"step":2', '"step":7'));
    await assert.rejects(readJournal(file, schema), { reason: 'journal-damaged' });
    await writeFile(file, [lines[0], lines[2], ''].join('\n'));
    await appendFile(file, `${lines[2]}\n`);
    await assert.rejects(readJournal(file, schema), { reason: 'journal-damaged' });
  });
});
