import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.ts';
import { type GetFixture, windows } from '../support/journey.ts';

export function questionJourneys(get: GetFixture): void {
  describe('a plan with questions', () => {
    const opened = windows();

    it('has its conflicts merged or kept, its rename answered, and undo confirmed, all on the page', async () => {
      const { project, open } = get();
      await project.checkout('questions');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/questions · \d+d/);
      await window.openView();
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await window.row(/Changed Files\s*1/).waitFor();
      appendFileSync(path.join(project.demo.site, 'checkout.php'), '// hotfix\n');
      await project.inClone(
        'ALTER TABLE settings MODIFY value MEDIUMTEXT',
        'ALTER TABLE products CHANGE title headline VARCHAR(120) NOT NULL',
      );
      await project.inProduction('ALTER TABLE settings MODIFY value VARCHAR(999)');
      try {
        await window.command('Staging: Preview Promotion');
        const page = window.webview();
        const conflict = (subject: string) => page.locator('#conflicts li', { hasText: subject });
        await page.locator('#why', { hasText: 'Resolve the conflicts first' }).waitFor();
        await conflict('settings.value').getByText('Keep Production’s').click();
        await conflict('settings.value').locator('[aria-pressed="true"]', { hasText: 'Keep' }).waitFor();

        // The merge: production's side beside the branch's, which is edited and saved as any file.
        await conflict('checkout.php').getByText('Merge in the Editor').click();
        await window.page.locator('.tab', { hasText: 'checkout.php (production' }).waitFor();
        await project.save('checkout.php', text => `${text}// hotfix\n`);
        await window.page.locator('.tab', { hasText: 'Promotion of questions' }).click();
        const take = conflict('checkout.php').locator('vscode-button', { hasText: 'Take the Environment’s' });
        await take.press('Enter');
        await conflict('checkout.php').locator('[aria-pressed="true"]', { hasText: 'Take' }).waitFor();
        assert.equal(await take.evaluate(button => button.matches(':focus')), true, 'the focus stays');

        const rename = page.locator('#renames li', { hasText: 'headline' });
        await rename.getByText('Dropped and Added').click();
        await page.locator('#findings .confirm', { hasText: 'products.title' }).first().waitFor();
        await rename.getByText('Renamed', { exact: true }).click();
        await page
          .locator('#findings .confirm', { hasText: 'products.title' })
          .waitFor({ state: 'detached' });

        await page.locator('#message textarea').fill('Headlines');
        await page.locator('#refresh').click();
        await page.locator('#rehearsal', { hasText: 'throw-away clone' }).waitFor();
        await page.locator('#apply:not([disabled])').click();
        await page.locator('#promoted').waitFor();
        assert.match((await project.productionFile('checkout.php')) ?? '', /Euro.*hotfix/s);
        assert.ok((await project.productionColumns('products')).includes('headline'));

        await page.locator('#undo').click();
        await window.answer('Undo');
        await page.locator('#undone').waitFor();
        assert.ok((await project.productionColumns('products')).includes('title'));
      } finally {
        await project.inProduction('ALTER TABLE settings MODIFY value VARCHAR(255) NOT NULL');
        await project.save(path.join(project.demo.site, 'checkout.php'), text =>
          text.replace('// hotfix\n', ''),
        );
      }
    });

    it('waits for a colleague’s approval of exactly this plan', async () => {
      const { project, open } = get();
      await project.checkout('approved');
      await project.configure(text =>
        text.replace('"reroute"', '"promotion": { "approvals": 1 }, "reroute"'),
      );
      const window = opened.add(await open(project.repository));
      await window.statusShows(/approved · \d+d/);
      await project.save('gift.php', () => '<?php echo "approved";\n');
      await window.openView();
      await window.row(/Changed Files\s*1/).waitFor();
      await window.command('Staging: Preview Promotion');
      const page = window.webview();
      await page.locator('#message textarea').fill('Approved by a colleague');
      await page.locator('#why', { hasText: 'one more approval' }).waitFor();
      await page.locator('#approve').click();
      await page.locator('#approvals', { hasText: '0 of 1' }).waitFor();

      const key = path.join(project.directory, 'colleague');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      const { digest } = await project.cli<{ digest: string }>('diff');
      await project.cliAs({ 'user.name': 'Kim', 'user.email': 'kim@demo.example', 'user.signingkey': key }, [
        'approve',
        digest,
      ]);
      await page.locator('#refresh').click();
      await page.locator('#approvals li', { hasText: 'Kim' }).waitFor();
      await page.locator('#apply:not([disabled])').click();
      await page.locator('#promoted').waitFor();

      // The promotion as a page; undone from its row in the tree; and how much went through promotions.
      await window.expand('Promotions');
      const row = window.row('Approved by a colleague');
      await row.click();
      const shown = window.page.locator('.tab', { hasText: /^Preview / });
      await shown.waitFor();
      await window.inline('Approved by a colleague', 'Undo');
      await window.answer('Undo');
      await eventually(
        async () => assert.equal(await project.productionFile('gift.php'), undefined),
        'the file is gone from production',
      );
      await window.command('Staging: Show Adoption');
      await window.page.locator('.tab', { hasText: 'Adoption' }).waitFor();
    });

    it('says that production moved, and applies nothing that was not looked at', async () => {
      const { project, open } = get();
      await project.checkout('moving');
      await project.configure(text =>
        text.replace(
          '"reroute"',
          '"promotion": { "windows": [{ "days": ["mon"], "from": "03:00", "to": "03:01", "timeZone": "UTC" }] }, "reroute"',
        ),
      );
      const window = opened.add(await open(project.repository));
      await window.statusShows(/moving · \d+d/);
      await project.save('checkout.php', text => text.replace('EUR', 'Euro'));
      await window.openView();
      await window.row(/Changed Files\s*1/).waitFor();
      await window.command('Staging: Preview Promotion');
      const page = window.webview();
      await page.locator('#findings', { hasText: 'outside the promotion windows' }).waitFor();
      await page.locator('#working').waitFor({ state: 'detached' });
      await page.locator('#message textarea').fill('Moved under us');
      await page.locator('#apply:not([disabled])').waitFor();
      const file = path.join(project.demo.site, 'checkout.php');
      appendFileSync(file, '// by hand\n');
      try {
        await window.page.locator('.composite.title .action-label[aria-label^="Refresh"]').click();
        await page.locator('#moved', { hasText: 'Production has moved' }).waitFor();
        await page.locator('#why', { hasText: 'Something has moved' }).waitFor();
        await window.notification(/Production has changed where moving changes it too/);
        await page.locator('#moved vscode-button').click();
        await page.locator('#conflicts li', { hasText: 'checkout.php' }).waitFor();
      } finally {
        await project.save(file, text => text.replace('// by hand\n', ''));
      }
    });
  });
}
