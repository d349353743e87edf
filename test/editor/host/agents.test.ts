import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually } from '../support/eventually.ts';
import { api, folder, git, statusWhen } from './support.ts';

/** What an agent gets: the text of a tool's answer, parsed. */
async function invoke(name: string, input: object): Promise<Record<string, unknown>> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const text = content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  return JSON.parse(text);
}

describe('tools for agents', () => {
  before(async () => {
    await api();
    await git('switch', '--quiet', '--force-create', 'agents', 'main');
    await statusWhen('the environment is ready', ({ current }) => current?.branch === 'agents');
  });

  it('create answers the branch’s environment, without its password', async () => {
    const made = await invoke('greenroom_create_environment', {});
    assert.equal(made['branch'], 'agents');
    assert.equal((made['database'] as Record<string, unknown>)['password'], undefined);
  });

  it('list names the environments, and inbox the messages', async () => {
    const { environments } = await invoke('greenroom_list_environments', {});
    assert.ok((environments as { branch: string }[]).some(({ branch }) => branch === 'agents'));
    assert.deepEqual((await invoke('greenroom_inbox', {}))['messages'], []);
  });

  it('query reads the scrubbed clone and cannot write to it', async () => {
    const { rows } = await invoke('greenroom_query', { sql: 'SELECT COUNT(*) FROM customers' });
    assert.deepEqual(rows, [['200']]);
    await assert.rejects(invoke('greenroom_query', { sql: 'DELETE FROM customers' }));
    assert.deepEqual(
      (await invoke('greenroom_query', { sql: 'SELECT COUNT(*) FROM customers' }))['rows'],
      rows,
    );
  });

  it('plan answers what would change, and changes nothing', async () => {
    const file = vscode.Uri.joinPath(folder(), 'by-agent.txt');
    await vscode.workspace.fs.writeFile(file, Buffer.from('hello\n'));
    try {
      await eventually(async () => {
        const { files } = await invoke('greenroom_plan', {});
        assert.deepEqual(
          (files as { path: string }[]).map(({ path }) => path),
          ['by-agent.txt'],
        );
      }, 'the plan has the file');
      const { promotions } = await statusWhen('the status is there', () => true);
      assert.deepEqual(promotions, []);
    } finally {
      await vscode.workspace.fs.delete(file);
    }
  });
});

describe('a finding', () => {
  it('of a large file is a diagnostic on that file, and goes with it', async () => {
    const file = vscode.Uri.joinPath(folder(), 'assets/large.js');
    const own = () =>
      vscode.languages.getDiagnostics(file).filter(({ source, code }) => source === 'Greenroom' && code);
    await vscode.workspace.fs.writeFile(file, Buffer.from('x();\n'.repeat(300_000)));
    await eventually(() => {
      assert.deepEqual(
        own().map(({ code, severity }) => [code, severity]),
        [['large-files', vscode.DiagnosticSeverity.Warning]],
      );
    }, 'the finding is on the file');
    await vscode.workspace.fs.delete(file);
    await eventually(() => assert.deepEqual(own(), []), 'the finding is gone');
  });
});
