import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runGit } from '../git/git.ts';
import { timestamp } from '../platform/clock.ts';
import { errorCode, fromFileSystem, GreenroomError } from '../platform/errors.ts';
import { renderBundle } from './bundlePage.ts';
import type { Ledger } from './ledger.ts';
import { ledgerRef } from './refs.ts';
import { trustFor } from './trust.ts';
import { verifyLedger } from './verify.ts';

/**
 * For an auditor: one HTML page that needs nothing else, and beside it (`<name>-files/`) the raw files of every entry,
 * the ledger as a git bundle, and the allowed signers, so that everything can be checked with git alone.
 *
 * @param to the page's file; an existing page is replaced, an existing directory of ours beside it too
 */
export async function exportBundle(ledger: Ledger, to: string): Promise<{ file: string; entries: number }> {
  const { host, repository } = ledger;
  const file = path.resolve(to);
  const base = file.replace(/\.html?$/i, '');
  if (base === file)
    throw new GreenroomError('usage', { subject: to, detail: 'the file has to end in .html' });
  const stored = await ledger.stored();
  const entries = await ledger.entries();
  const verification = await verifyLedger(ledger);
  const target = `${base}-files`;
  let draft: string | undefined;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    draft = await mkdtemp(`${target}.`);
    const shown = [];
    for (const [index, entry] of entries.entries()) {
      const files = await ledger.read(entry.commit);
      const number = String(entries.length - index).padStart(4, '0');
      const directory = `${number}-${entry.kind}-${entry.commit.slice(0, 12)}`;
      await mkdir(path.join(draft, directory));
      for (const [name, content] of files) await writeFile(path.join(draft, directory, name), content);
      const predicate = stored[index]?.predicate;
      if (predicate !== undefined) shown.push({ entry, predicate, files, directory });
    }
    if (entries.length > 0)
      await runGit(host, repository.root, [
        'bundle',
        'create',
        '--quiet',
        path.join(draft, 'ledger.bundle'),
        ledgerRef,
      ]);
    const { file: signers } = await trustFor(ledger);
    await writeFile(path.join(draft, 'allowed-signers'), await readFile(signers));
    await rm(target, { recursive: true, force: true });
    await rename(draft, target);
    const page = renderBundle({
      shown,
      verification,
      repository: path.basename(repository.root),
      at: timestamp(host.clock),
      directory: path.basename(target),
    });
    await writeFile(file, page);
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    throw errorCode(error) === undefined ? error : fromFileSystem(error, file);
  }
  return { file, entries: entries.length };
}
