import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type GetFixture, windows } from '../support/journey.ts';

export function setupJourneys(get: GetFixture): void {
  describe('setting up', () => {
    const opened = windows();

    it('welcomes a repository without configuration, and writes one from what it finds', async () => {
      const { project, open } = get();
      const folder = path.join(project.directory, 'fresh');
      rmSync(folder, { recursive: true, force: true });
      cpSync(project.repository, folder, {
        recursive: true,
        filter: source => !/[/\\](\.git|greenroom\.jsonc|[^/\\]*\.tmp)$/.test(source),
      });
      const git = (...args: string[]) => execFileSync('git', args, { cwd: folder });
      git('init', '--quiet', '--initial-branch=main');
      git(
        '-c',
        'user.name=Robin',
        '-c',
        'user.email=robin@demo.example',
        'commit',
        '--quiet',
        '--allow-empty',
        '-m',
        'x',
      );
      const window = opened.add(await open(folder));
      await window.openView();
      const button = window.page.locator('.welcome-view .monaco-button', { hasText: 'Set Up Greenroom' });
      await button.waitFor();
      await button.click();
      await window.page.locator('.tab', { hasText: 'greenroom.jsonc' }).waitFor();
      assert.ok(existsSync(path.join(folder, 'greenroom.jsonc')));
    });

    it('asks for the password that is missing, keeps it where secrets are kept, and works', async () => {
      const { project, open } = get();
      const folder = path.join(project.directory, 'secretive');
      await project.git('worktree', 'add', '--quiet', '-b', 'secretive', folder, 'main');
      const file = path.join(folder, 'greenroom.jsonc');
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll('SHOP_DB_PASSWORD', 'PASSWORD_OF_SHOP'));
      const window = opened.add(await open(folder));
      await window.openView();
      await window.page.locator('.welcome-view .monaco-button', { hasText: 'Set the Secret' }).click();
      const input = window.page.locator('.quick-input-widget input[type="password"]');
      await window.page.locator('.quick-input-title', { hasText: 'PASSWORD_OF_SHOP' }).waitFor();
      await input.fill(project.demo.variables['SHOP_DB_PASSWORD'] ?? '');
      await input.press('Enter');
      await window.statusShows(/secretive · \d+d/);
      await project.git('worktree', 'remove', '--force', folder);
    });

    it('speaks German where VS Code does', async () => {
      const { project, open } = get();
      await project.checkout('deutsch');
      const window = opened.add(await open(project.repository, { language: 'de' }));
      await window.statusShows(/deutsch · \d+d/);
      await window.openView();
      await window.row('Datenbank').waitFor();
      await window.page.locator('.composite.title [aria-label^="Übernahme ansehen"]').click();
      await window.webview().locator('#open-all', { hasText: 'Im Editor prüfen' }).waitFor();
    });

    it('says what is missing where there is no repository', async () => {
      const { project, open } = get();
      const folder = path.join(project.directory, 'plain');
      mkdirSync(folder, { recursive: true });
      const window = opened.add(await open(folder));
      await window.openView();
      await window.page.locator('.welcome-view', { hasText: 'not in a git repository' }).waitFor();
    });

    it('leads through four steps that complete as they are done', async () => {
      const { project, open } = get();
      await project.checkout('walkthrough');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/walkthrough · \d+d/);
      await window.command('Staging: Preview Promotion');
      await window.webview().locator('#summary').waitFor();
      // From VS Code's own list, after all of them were done.
      await window.command('Welcome: Open Walkthrough');
      await window.page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'Staging as a Reflex' })
        .click();
      const steps = window.page.locator('.getting-started-step');
      await steps.first().waitFor();
      assert.equal(await steps.count(), 4);
      await window.page.locator('.getting-started-step .codicon.complete').nth(3).waitFor();
    });
  });
}
