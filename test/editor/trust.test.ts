import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { type EditorServer, startEditorServer } from './support/editorServer.ts';
import { checkout } from './support/fixture.ts';
import { windows } from './support/journey.ts';
import { Project } from './support/project.ts';
import { EditorWindow } from './support/window.ts';

/** The packaged extension, in a VS Code that has never seen it, with the settings it comes with. */
describe('the packaged extension in a clean VS Code', function () {
  this.timeout(180_000);
  let project: Project;
  let browser: Browser;
  let server: EditorServer;
  const opened = windows();

  before(async () => {
    project = await Project.make();
    const vsix = path.join(project.directory, 'greenroom.vsix');
    execFileSync(
      process.execPath,
      [
        path.join(checkout, 'node_modules/@vscode/vsce/vsce'),
        'package',
        '--no-dependencies',
        '--no-rewrite-relative-links',
        '--allow-missing-repository',
        // The self-signed default of the SMTP server’s package: public, and never used on loopback.
        '--allow-package-secrets',
        'privatekey',
        '--out',
        vsix,
      ],
      { cwd: checkout, stdio: 'pipe' },
    );
    await project.cli('base', 'build');
    browser = await launchBrowser();
    server = await startEditorServer({
      directory: path.join(project.directory, 'editor'),
      environment: project.demo.variables,
      vsix,
    });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await project?.close();
  });

  it('does nothing in an untrusted folder, says so, and works once it is trusted', async () => {
    await project.checkout('first-branch');
    const window = opened.add(await EditorWindow.open(browser, server, { folder: project.repository }));
    await window.openView();
    const welcome = window.page.locator('.welcome-view', { hasText: 'not trusted yet' });
    await welcome.waitFor();
    assert.equal(await window.status.count(), 0);
    const before = await project.cli<{ environments: unknown[] }>('env', 'list');
    assert.deepEqual(before.environments, []);

    await welcome.locator('.monaco-button', { hasText: 'Manage Workspace Trust' }).click();
    await window.page.locator('.workspace-trust-editor .monaco-button', { hasText: 'Trust' }).first().click();
    await window.statusShows(/first-branch · \d+d/);
    const after = await project.cli<{ environments: unknown[] }>('env', 'list');
    assert.equal(after.environments.length, 1);
  });
});
