import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type GetFixture, windows } from '../support/journey.ts';

export function largeJourneys(get: GetFixture): void {
  describe('5,000 changed files', () => {
    const opened = windows();

    it('are previewed with only the rows in view drawn, and the last is one key away', async () => {
      const { project, open } = get();
      await project.checkout('large');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/large · \d+d/);
      for (let directory = 0; directory < 50; directory++) {
        const parent = path.join(project.repository, `pages/part${String(directory).padStart(2, '0')}`);
        mkdirSync(parent, { recursive: true });
        for (let file = 0; file < 100; file++)
          writeFileSync(
            path.join(parent, `page${String(file).padStart(2, '0')}.html`),
            `<p>${directory} ${file}</p>\n`,
          );
      }
      await window.openView();
      await window.row(/Changed Files\s*5000/).waitFor({ timeout: 120_000 });
      await window.command('Staging: Preview Promotion');
      const page = window.webview();
      await page.locator('#files .count', { hasText: '5,000' }).waitFor();
      await page.locator('.file').first().focus();
      assert.ok((await page.locator('.file').count()) < 200);
      await page.locator('.file').first().press('End');
      await page.locator('.file[data-path="pages/part49/page99.html"]:focus').waitFor();
      await page.locator('.file:focus').press('Enter');
      await page.locator('.diff.plus', { hasText: '49 99' }).waitFor();
      assert.ok((await page.locator('.file').count()) < 200);
    });
  });
}
