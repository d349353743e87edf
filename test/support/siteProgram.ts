/**
 * The life of an overlay as an ordinary user sees it, as a program of its own: bundled and run under another user id.
 * Arguments: production, directory, driver. Prints one JSON object.
 */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chooseDriver, createOverlay } from '../../server/files/overlay.ts';
import { unattended } from '../../server/platform/progress.ts';
import { testHost } from './temporary.ts';

const [productionRoot = '', directory = '', preferred = ''] = process.argv.slice(2);
const host = testHost(path.join(path.dirname(directory), 'store'));
const choice = await chooseDriver(host, { productionRoot, directory, preferred });
const overlay = await createOverlay(host, { driver: choice.driver, productionRoot, directory }, unattended);
const outcomes: Record<string, string> = {};
const attempt = async (what: string, action: () => Promise<unknown>) => {
  try {
    await action();
    outcomes[what] = 'done';
  } catch (error) {
    outcomes[what] = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};
const inSite = (file: string) => path.join(overlay.site, file);
try {
  await attempt('read', () => readFile(inSite('index.php')));
  await attempt('read secret', () => readFile(inSite('secret')));
  await attempt('append to another’s file', () => appendFile(inSite('index.php'), 'mine\n'));
  await attempt('write in another’s directory', () => writeFile(inSite('app/new'), 'mine'));
  await attempt('replace secret', async () => {
    await rm(inSite('secret'));
    await writeFile(inSite('secret'), 'mine');
  });
  await attempt('remove', () => rm(inSite('app/old')));
  await attempt('write through a link', () => writeFile(inSite('shared/file'), 'mine'));
  const changes = (await overlay.changedEntries()).map(({ change, path: entry }) => `${change} ${entry}`);
  const warnings = [...overlay.warnings, ...overlay.comparisonWarnings()];
  await overlay.unmount();
  await overlay.mount();
  const again = await readFile(inSite('index.php'), 'utf8');
  console.log(JSON.stringify({ driver: overlay.driver, outcomes, changes, warnings, again }));
} finally {
  await overlay.destroy();
}
