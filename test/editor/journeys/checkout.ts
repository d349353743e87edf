import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { type GetFixture, windows } from '../support/journey.ts';

export function checkoutJourneys(get: GetFixture): void {
  describe('a checkout', () => {
    const opened = windows();

    it('makes the environment before one has looked up, and the tree shows all of it', async () => {
      const { project, open } = get();
      await project.git('switch', '--quiet', '--force', 'main');
      const window = opened.add(await open(project.repository));
      await window.statusShows('–');
      await project.checkout('checkout-fix');
      await window.statusShows(/checkout-fix · \d+d/);
      await window.openView();
      await window.row('checkout-fix').waitFor();
      for (const label of ['Site', 'Database', 'Configuration', 'Inbox', 'Changed Files', 'Schema Changes'])
        await window.row(label).waitFor();
      await window.row(/Base\s*generation 1/).waitFor();
      await window.expand('Configuration');
      await window.row('STRIPE_SECRET_KEY').waitFor();
    });

    it('shows a saved file among the changed files, in the gutter, and in the SCM view', async () => {
      const { project, open } = get();
      await project.checkout('saved-file');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/saved-file · \d+d/);
      await window.openView();
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await project.save('gift.php', () => '<?php\necho "A gift";\n');
      await window.row(/Changed Files\s*2/).waitFor();
      await window.expand('Changed Files');
      await window.row('checkout.php').waitFor();
      await window.row('gift.php').waitFor();
      await window.row('checkout.php').click();
      await window.page.locator('.editor-container .monaco-diff-editor').first().waitFor();
    });

    it('marks in the gutter what differs from production, also when git sees no change', async () => {
      const { project, open } = get();
      await project.checkout('gutter');
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await project.git('commit', '--quiet', '--all', '--message', 'Spell the currency out');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/gutter · \d+d/);
      await window.page
        .locator('.explorer-folders-view .monaco-list-row', { hasText: 'checkout.php' })
        .click();
      await window.page
        .locator('.margin .dirty-diff-modified, .margin [class*="dirty-diff-modified"]')
        .first()
        .waitFor();
      const scm = await window.openScm();
      await scm.locator('.monaco-list-row', { hasText: 'checkout.php' }).first().waitFor();
    });

    it('leaves a file out by its checkbox, and takes it back', async () => {
      const { project, open } = get();
      await project.checkout('left-out');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/left-out · \d+d/);
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await window.openView();
      await window.row(/Changed Files\s*1/).waitFor();
      await window.expand('Changed Files');
      const box = window
        .row('checkout.php')
        .locator('.monaco-custom-toggle, .custom-view-tree-node-item-checkbox');
      const leftOut = async () => {
        const { files } = await project.cli<{ files: { path: string; excluded?: boolean }[] }>('diff');
        return files.find(({ path }) => path === 'checkout.php')?.excluded === true;
      };
      for (const wanted of [true, false])
        await eventually(async () => {
          // Clicked again only if the tree was drawn anew under the pointer and the click went lost.
          if ((await box.first().getAttribute('aria-checked', { timeout: 5000 })) === String(wanted))
            await box.first().click({ timeout: 5000 });
          assert.equal(await leftOut(), wanted);
        }, `the file is left out: ${wanted}`);
    });
  });
}
