import path from 'node:path';
import { type GetFixture, windows } from '../support/journey.ts';

export function lifeJourneys(get: GetFixture): void {
  describe('the life of an environment', () => {
    const opened = windows();

    it('ends when its branch was squashed into the default branch, and can be restored', async () => {
      const { project, open } = get();
      await project.checkout('squashed');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/squashed · \d+d/);
      await project.save('assets/shop.css', text => `${text}.gift { color: green; }\n`);
      await project.git('commit', '--quiet', '--all', '--message', 'Green gifts');
      await project.git('switch', '--quiet', 'main');
      await project.git('merge', '--squash', '--quiet', 'squashed');
      await project.git('commit', '--quiet', '--message', 'Green gifts (#12)');
      await window.openView();
      await window.command('Staging: Free the Space of Expired Environments');
      await window.expand('Other Environments');
      const row = window.row(/squashed.*expired/);
      await row.waitFor({ timeout: 120_000 });
      await row.hover();
      await row.locator('.action-label[aria-label^="Restore"]').click();
      await window.row(/squashed\s*(asleep · )?\d+d/).waitFor();
      await project.git('reset', '--quiet', '--hard', 'HEAD~1');
    });

    it('is each window’s own: two worktrees, two branches, two environments', async () => {
      const { project, open } = get();
      await project.checkout('window-one');
      const second = path.join(project.directory, 'second');
      await project.git('worktree', 'add', '--quiet', '-b', 'window-two', second, 'main');
      const one = opened.add(await open(project.repository));
      const two = opened.add(await open(second));
      await one.statusShows(/window-one · \d+d/);
      await two.statusShows(/window-two · \d+d/);
      await two.openView();
      await two.expand('Other Environments');
      await two.row('window-one').waitFor();
      await project.git('worktree', 'remove', '--force', second);
    });

    it('sleeps and wakes by hand, and is removed after one question', async () => {
      const { project, open } = get();
      await project.checkout('by-hand');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/by-hand · \d+d/);
      await window.openView();
      // A comparison under way would wake it again.
      await window.row(/Changed Files\s*0/).waitFor();
      await window.command('Staging: Put the Environment to Sleep');
      await window.row(/by-hand\s*asleep/).waitFor();
      await window.command('Staging: Wake the Environment');
      await window.row(/by-hand\s*\d+d/).waitFor();
      await window.command('Staging: Remove an Environment…');
      const pick = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'by-hand' });
      // The list is as long as there are environments: it is typed into, as a person does.
      await window.page.locator('.quick-input-widget input[type="text"]').fill('by-hand');
      await pick.first().click();
      await window.answer('Remove');
      await window.row(/by-hand.*(expired|no environment)/).waitFor();
    });
  });
}
