import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's Chromium, or the one that `GREENROOM_CHROMIUM` names. */
export async function launchBrowser(): Promise<Browser> {
  const candidates = [
    process.env['GREENROOM_CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  const executablePath = candidates.find(file => file !== undefined && existsSync(file));
  if (executablePath === undefined) throw new Error('no Chromium found; set GREENROOM_CHROMIUM to one');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-prefers-reduced-motion'],
  });
}
