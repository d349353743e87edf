import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { diskUsage } from '../../../server/files/usage.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe('diskUsage', () => {
  it('counts what du counts, however many directories lie side by side', async () => {
    const directory = await temporaryDirectory();
    try {
      for (let d = 0; d < 40; d++) {
        await mkdir(path.join(directory.path, `d${d}/deep`), { recursive: true });
        for (const file of ['a', 'deep/b'])
          await writeFile(path.join(directory.path, `d${d}`, file), 'x'.repeat(d * 400));
      }
      await symlink('/usr', path.join(directory.path, 'link'));
      const counted = execFileSync('du', ['-sxk', directory.path], { encoding: 'utf8' });
      assert.equal(await diskUsage(directory.path), Number.parseInt(counted, 10) * 1024);
      assert.equal(await diskUsage(path.join(directory.path, 'absent')), 0);
    } finally {
      await directory.remove();
    }
  });
});
