import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually.ts';
import { api, folder, git, statusWhen } from './support.ts';

describe('in the extension host', () => {
  it('the extension activates and measures how long it took', async () => {
    const { activationMs, version } = await api();
    assert.equal(version, 1);
    assert.ok(activationMs > 0 && Number.isFinite(activationMs));
    console.log(`activation: ${activationMs.toFixed(1)} ms`);
  });

  it('every declared command is registered', async () => {
    await api();
    const manifest = vscode.extensions.getExtension('greenroom.greenroom')?.packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared: string[] = manifest.contributes.commands.map(
      ({ command }: { command: string }) => command,
    );
    assert.deepEqual(
      declared.filter(command => !registered.has(command)),
      [],
    );
  });

  it('every declared tool is registered, and none promotes', async () => {
    await api();
    const names = vscode.lm.tools.map(({ name }) => name).filter(name => name.startsWith('greenroom_'));
    assert.deepEqual(names.toSorted(), [
      'greenroom_create_environment',
      'greenroom_inbox',
      'greenroom_list_environments',
      'greenroom_plan',
      'greenroom_query',
    ]);
  });

  it('a checkout in a terminal makes the environment', async () => {
    await statusWhen('the status is there', () => true);
    await git('switch', '--quiet', '--force-create', 'host-suite', 'main');
    const { current } = await statusWhen(
      'the environment is ready',
      ({ current }) => current?.branch === 'host-suite' && current.state.state === 'ready',
    );
    assert.ok(current);
    assert.ok(Date.parse(current.expiresAt) > Date.now());
  });

  it('shows production’s version of a file, read-only', async () => {
    await statusWhen('the environment is ready', ({ current }) => current?.state.state === 'ready');
    const uri = vscode.Uri.from({
      scheme: 'greenroom-production',
      path: '/checkout.php',
      query: JSON.stringify({ folder: folder().fsPath }),
    });
    const text = Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
    assert.match(text, /^<\?php\nrequire/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem('greenroom-production'), false);
    const missing = uri.with({ path: '/nowhere.php' });
    await assert.rejects(async () => vscode.workspace.fs.readFile(missing), /nowhere\.php|FileNotFound/);
  });

  it('never reads outside production’s root', async () => {
    const uri = vscode.Uri.from({
      scheme: 'greenroom-production',
      path: '/x',
      query: JSON.stringify({ folder: folder().fsPath }),
    });
    for (const path of ['/../../../etc/passwd', '/lib/../../../../etc/passwd'])
      await assert.rejects(async () => vscode.workspace.fs.readFile(uri.with({ path })), path);
  });

  it('compares a saved change with production, and reviews all of it in one editor', async () => {
    const file = vscode.Uri.joinPath(folder(), 'checkout.php');
    const document = await vscode.workspace.openTextDocument(file);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(file, new vscode.Position(document.lineCount - 1, 0), 'echo "Thank you";\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await document.save());
    await vscode.window.showTextDocument(document);
    await eventually(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        file,
      );
      assert.ok(lenses.some(({ command }) => command?.command === 'greenroom.plan.takeProduction'));
    }, 'the changed hunk has its lens');
    await vscode.commands.executeCommand('greenroom.plan.openDiff', file);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(input.original.scheme, 'greenroom-production');
    assert.equal(input.modified.fsPath, file.fsPath);
    await vscode.commands.executeCommand('greenroom.plan.review');
    await eventually(
      () => assert.match(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '', /host-suite/),
      'the multi-file diff editor is open',
    );
  });

  it('a hunk’s lens takes production’s version back', async () => {
    const file = vscode.Uri.joinPath(folder(), 'checkout.php');
    await vscode.window.showTextDocument(file);
    await vscode.commands.executeCommand('greenroom.plan.takeProduction', 'checkout.php', 0);
    await eventually(async () => {
      const text = Buffer.from(await vscode.workspace.fs.readFile(file)).toString('utf8');
      assert.doesNotMatch(text, /Thank you/);
    }, 'the change is gone from the branch');
    assert.equal(await git('status', '--porcelain'), '');
  });

  it('terminals know the environment’s variables', async () => {
    const terminal = vscode.window.createTerminal({ name: 'variables', hideFromUser: true });
    const target = vscode.Uri.joinPath(folder(), 'variables.tmp');
    try {
      await eventually(async () => {
        terminal.sendText(`env > "${target.fsPath}"`);
        const text = Buffer.from(await vscode.workspace.fs.readFile(target)).toString('utf8');
        assert.match(text, /^GREENROOM_/m);
      }, 'the shell has the variables');
    } finally {
      terminal.dispose();
      await vscode.workspace.fs.delete(target).then(undefined, () => undefined);
    }
  });
});
