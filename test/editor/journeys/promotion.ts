import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.ts';
import { type GetFixture, windows } from '../support/journey.ts';

export function promotionJourneys(get: GetFixture): void {
  describe('a promotion', () => {
    const opened = windows();

    it('is previewed, confirmed where it removes something, applied exactly, and undone', async () => {
      const { project, open } = get();
      await project.checkout('loyalty');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/loyalty · \d+d/);
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await project.inClone(
        'ALTER TABLE customers ADD COLUMN loyalty_points INT NOT NULL DEFAULT 0',
        'ALTER TABLE customers DROP COLUMN newsletter',
      );
      await window.command('Staging: Preview Promotion');
      const page = window.webview();
      await page.locator('.file[data-path="checkout.php"]').waitFor();
      await page.locator('#schema', { hasText: 'loyalty_points' }).waitFor();
      await page.locator('#schema .destructive').first().waitFor();
      await page.locator('#findings .confirm').first().waitFor();
      await page.locator('.file[data-path="checkout.php"]').click();
      await page.locator('.diff.plus', { hasText: 'Euro' }).waitFor();

      const apply = page.locator('#apply');
      await page.locator('#working').waitFor({ state: 'detached' });
      await page.locator('#message textarea').fill('Loyalty points');
      await page.locator('#why', { hasText: /Confirm what is removed|Review the findings/ }).waitFor();
      assert.equal((await apply.getAttribute('disabled')) !== null, true);
      if (await page.locator('#reviewed').isVisible()) await page.locator('#reviewed').click();
      await page.locator('#confirm').click();
      await page.locator('#apply:not([disabled])').click();
      await page.locator('#promoted').waitFor();
      assert.match((await project.productionFile('checkout.php')) ?? '', /Euro/);
      const columns = await project.productionColumns('customers');
      assert.ok(columns.includes('loyalty_points') && !columns.includes('newsletter'), columns.join(' '));

      await window.openView();
      await window.expand('Promotions');
      await window.row('Loyalty points').waitFor();

      await page.locator('#undo').click();
      await window.answer('Undo');
      await page.locator('#undone').waitFor();
      assert.match((await project.productionFile('checkout.php')) ?? '', /EUR/);
      const restored = await project.productionColumns('customers');
      assert.ok(!restored.includes('loyalty_points') && restored.includes('newsletter'), restored.join(' '));
    });

    it('says live that production has moved, and offers a new plan', async () => {
      const { project, open } = get();
      await project.checkout('moved');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/moved · \d+d/);
      await project.save('checkout.php', text => text.replace('EUR', 'Euros'));
      await window.command('Staging: Preview Promotion');
      const page = window.webview();
      await page.locator('.file[data-path="checkout.php"]').waitFor();
      await page.locator('#working').waitFor({ state: 'detached' });
      await project.save('gift.php', () => '<?php echo 1;\n');
      await page.locator('.file[data-path="gift.php"]').waitFor();
    });

    it('goes from the SCM view: its input box is the message, and undo is one click and one confirmation', async () => {
      const { project, open } = get();
      await project.checkout('from-scm');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/from-scm · \d+d/);
      await project.save('gift.php', () => '<?php\necho "A gift";\n');
      const scm = await window.openScm();
      await scm.locator('.monaco-list-row', { hasText: 'gift.php' }).last().waitFor();
      await window.command('Staging: Promote…');
      const input = window.page.locator('.quick-input-widget input[type="text"]');
      await input.waitFor();
      await window.page
        .locator('.quick-input-title, .quick-input-titlebar', { hasText: 'Promote' })
        .first()
        .waitFor();
      await input.fill('A gift page');
      await input.press('Enter');
      await window.answer('Apply');
      const promoted = await window.notification(/Promoted to production/);
      assert.match((await project.productionFile('gift.php')) ?? '', /A gift/);
      await promoted.locator('.monaco-button', { hasText: 'Undo' }).click();
      await window.answer('Undo');
      await window.notification(/Undone/);
      await eventually(
        async () => assert.equal(await project.productionFile('gift.php'), undefined),
        'the file is gone from production',
      );
    });
  });
}
