import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually.ts';
import { api, folder, statusWhen } from './support.ts';

describe('greenroom.jsonc in the editor', () => {
  const file = () => vscode.Uri.joinPath(folder(), 'greenroom.jsonc');

  async function replace(pattern: RegExp, text: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(file());
    const match = pattern.exec(document.getText());
    assert.ok(match, String(pattern));
    const range = new vscode.Range(
      document.positionAt(match.index),
      document.positionAt(match.index + match[0].length),
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(file(), range, text);
    assert.ok(await vscode.workspace.applyEdit(edit));
    return document;
  }

  afterEach(async () => {
    await vscode.window.showTextDocument(file());
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('has its problems on their lines, from the backend, while it is typed', async () => {
    await api();
    await statusWhen('the backend answers', () => true);
    const document = await replace(/"givenName"/, '"givenNmae"');
    await eventually(() => {
      const own = vscode.languages
        .getDiagnostics(file())
        .filter(({ source }) => /greenroom/i.test(source ?? ''));
      const [first] = own;
      assert.ok(first, 'a diagnostic');
      assert.match(document.lineAt(first.range.start.line).text, /givenNmae/);
    }, 'the misspelt transformer is marked');
  });

  it('completes transformers, and columns from the live schema', async () => {
    const document = await replace(/"customers\.email": "email"/, '"customers.email": ""');
    const position = document.positionAt(document.getText().indexOf('"customers.email": "') + 20);
    await eventually(async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        file(),
        position,
      );
      const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      assert.ok(
        labels.some(label => label.includes('passwordHash')),
        labels.join(' '),
      );
    }, 'transformers are offered');
  });

  it('explains what is under the pointer', async () => {
    const document = await vscode.workspace.openTextDocument(file());
    const position = document.positionAt(document.getText().indexOf('"givenName"') + 3);
    await eventually(async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        file(),
        position,
      );
      assert.ok(hovers.length > 0);
    }, 'a hover is there');
  });

  it('is checked against its JSON schema', async () => {
    await replace(/"serve":/, '"servee":');
    await eventually(
      () => assert.ok(vscode.languages.getDiagnostics(file()).length > 0),
      'a diagnostic is there',
    );
  });
});
