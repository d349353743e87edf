import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { checkout, openFixture } from './support/fixture.ts';
import type { Project } from './support/project.ts';
import type { EditorWindow } from './support/window.ts';

/**
 * `npm run screenshots`: pictures of the real editor for the README, and of every theme for looking at. The first go to
 * `media/screenshots`, which is committed; `--all DIR` puts light, dark and high contrast into DIR.
 */
const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};
const allIndex = process.argv.indexOf('--all');
const all = allIndex < 0 ? undefined : path.resolve(process.argv[allIndex + 1] ?? 'screenshots');
const target = all ?? path.join(checkout, 'media/screenshots');
await mkdir(target, { recursive: true });

for (const [name, theme] of Object.entries(
  all === undefined ? { light: themes.light, dark: themes.dark } : themes,
)) {
  const fixture = await openFixture({ 'workbench.colorTheme': theme });
  try {
    const { project } = fixture;
    await project.checkout('loyalty-points');
    const window = await fixture.open(project.repository, {
      size: { width: 1280, height: 800 },
      scheme: name.includes('light') ? 'light' : 'dark',
    });
    await take(window, project, `-${name}`);
  } finally {
    await fixture.close();
  }
}

async function take(window: EditorWindow, project: Project, suffix: string): Promise<void> {
  const { page } = window;
  await window.statusShows(/loyalty-points · \d+d/);
  await project.save('checkout.php', text => text.replace('EUR', '€'));
  await project.save(
    'lib/loyalty.php',
    () => '<?php\nfunction points(array $order): int\n{\n    return (int) $order["total"];\n}\n',
  );
  await project.inClone(
    'ALTER TABLE customers ADD COLUMN loyalty_points INT NOT NULL DEFAULT 0 AFTER newsletter',
    'ALTER TABLE orders DROP COLUMN note',
  );
  await window.openView();
  await window.row(/Changed Files\s*2/).waitFor();
  await window.command('Staging: Refresh Changes');
  await window.row(/Schema Changes\s*2/).waitFor();
  await window.expand('Changed Files');
  await window.expand('Schema Changes');
  await picture(page, `tree${suffix}`);
  await window.command('Staging: Preview Promotion');
  const preview = window.webview();
  await preview.locator('#rehearsal').waitFor();
  await preview.locator('#working').waitFor({ state: 'detached' });
  await picture(page, `preview${suffix}`);
  await preview.locator('.file[data-path="checkout.php"]').click();
  await preview.locator('.hunks').first().waitFor();
  await preview.locator('#files').evaluate(element => element.scrollIntoView());
  await picture(page, `preview-files${suffix}`);
  await window.openScm();
  await page.locator('.scm-view .monaco-list-row', { hasText: 'checkout.php' }).last().click();
  await page.locator('.monaco-diff-editor').first().waitFor();
  await picture(page, `review${suffix}`);
}

async function picture(page: Page, name: string): Promise<void> {
  // Fonts, icons and the last animation have settled when two pictures in a row are the same.
  let last = '';
  for (let attempt = 0; attempt < 20; attempt++) {
    const now = (await page.screenshot()).toString('base64');
    if (now === last) break;
    last = now;
  }
  await page.screenshot({ path: path.join(target, `${name}.png`) });
  console.log(`${name}.png`);
}
