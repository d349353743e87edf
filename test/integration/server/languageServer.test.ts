import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { eventually } from '../../support/eventually.ts';
import { openShop, type Shop } from '../../support/shop.ts';

type Json = Record<string, unknown>;

describe('the language server over stdio', () => {
  let shop: Shop;
  let child: ChildProcess;
  let connection: MessageConnection;
  const notifications: { method: string; params: Json }[] = [];

  before(async () => {
    shop = await openShop();
    await shop.run('base', 'build');
    await start();
  });
  after(async () => {
    connection?.dispose();
    child?.kill('SIGKILL');
    await shop.close();
  });

  async function start() {
    const program = path.resolve(import.meta.dirname, '../../../server/main.ts');
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '--stdio'], {
      env: { ...process.env, ...shop.variables },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assert.ok(child.stdout && child.stdin);
    connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.onNotification((method, params) => {
      notifications.push({ method, params: params as Json });
    });
    connection.listen();
    const { capabilities } = (await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    })) as { capabilities: Json };
    assert.ok(capabilities['completionProvider']);
    await connection.sendNotification('initialized', {});
  }
  const ask = (method: string, params: Json = {}) =>
    connection.sendRequest<Json>(method, { folder: shop.repository, ...params });

  it('says what state a folder is in', async () => {
    const status = await ask('greenroom/status');
    assert.equal(status['state'], 'ready');
    assert.deepEqual(status['head'], { kind: 'branch', name: 'main', isDefault: true });
  });

  it('makes the environment of a branch that is checked out in a terminal, and tells', async () => {
    await ask('greenroom/folder/open', { autoCreate: 'always', excludedBranches: [] });
    await shop.git('switch', '--quiet', '-c', 'from-terminal');
    await eventually(async () => {
      const told = notifications.filter(({ method }) => method === 'greenroom/statusChanged').at(-1);
      const current = (told?.params['status'] as Json | undefined)?.['current'] as
        | { branch: string; state: Json }
        | undefined;
      assert.equal(current?.branch, 'from-terminal');
      assert.equal(current.state['state'], 'ready');
    });
  });

  it('brings a saved file into the environment by itself', async () => {
    const { site } = (await ask('greenroom/environment/show')) as { site: string };
    await writeFile(path.join(shop.repository, 'saved.php'), 'saved');
    await eventually(async () => assert.equal(await readFile(path.join(site, 'saved.php'), 'utf8'), 'saved'));
    await eventually(async () =>
      assert.ok(notifications.some(({ method }) => method === 'greenroom/planChanged')),
    );
  });

  it('switches nothing while HEAD is detached or a rebase or bisect is under way', async () => {
    const { site } = (await ask('greenroom/environment/show')) as { site: string };
    const environments = async () =>
      ((await ask('greenroom/environment/list'))['environments'] as { branch: string }[]).map(
        ({ branch }) => branch,
      );
    const before = await environments();
    const headIs = (during: string) =>
      eventually(async () => {
        const { head, current } = await ask('greenroom/status');
        assert.equal((head as Json)['during'], during);
        assert.equal(current, undefined);
      });
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', 'saved');
    await shop.git('checkout', '--quiet', '--detach');
    await headIs('none');
    await shop.git('bisect', 'start', 'HEAD', 'main');
    await headIs('bisect');
    await writeFile(path.join(shop.repository, 'while-bisecting.php'), 'x');
    await shop.git('bisect', 'reset');
    await shop.git('switch', '--quiet', '-c', 'conflicting', 'main');
    await eventually(async () => assert.ok((await environments()).includes('conflicting')));
    await writeFile(path.join(shop.repository, 'saved.php'), 'other');
    await shop.git('add', '--all');
    await shop.git('commit', '--quiet', '-m', 'other');
    await assert.rejects(shop.git('rebase', 'from-terminal'));
    await headIs('rebase');
    assert.deepEqual((await environments()).toSorted(), [...before, 'conflicting'].toSorted());
    await assert.rejects(readFile(path.join(site, 'while-bisecting.php')));
    await shop.git('rebase', '--abort');
    await shop.git('switch', '--quiet', 'from-terminal');
    await eventually(async () =>
      assert.equal(((await ask('greenroom/status'))['current'] as Json)['branch'], 'from-terminal'),
    );
  });

  it('says which secret is missing, and opens the folder once it has it', async () => {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    const text = await readFile(file, 'utf8');
    const [, name = ''] = /\$\{env:(\w+)\}/.exec(text) ?? [];
    const options = { autoCreate: 'never', excludedBranches: [] };
    await writeFile(file, text.replaceAll(`\${env:${name}}`, '${secret:OF_THE_EDITOR}'));
    try {
      const blocked = await ask('greenroom/folder/open', options);
      assert.equal(blocked['state'], 'blocked');
      const { reason, message } = blocked['failure'] as { reason: string; message: string };
      assert.equal(reason, 'secret-missing');
      assert.match(message, /OF_THE_EDITOR/);
      const { secrets } = (await ask('greenroom/secrets/list')) as { secrets: Json[] };
      assert.deepEqual(
        secrets.filter(({ known }) => known === false).map(secret => secret['name']),
        ['OF_THE_EDITOR'],
      );
      const known = { OF_THE_EDITOR: shop.variables[name] };
      assert.equal((await ask('greenroom/folder/open', { ...options, secrets: known }))['state'], 'ready');
    } finally {
      await writeFile(file, text);
      await ask('greenroom/folder/open', { autoCreate: 'always', excludedBranches: [], secrets: {} });
    }
  });

  it('answers an error as the user’s sentence with its reason', async () => {
    await assert.rejects(
      ask('greenroom/promotion/undo', { promotion: 'never' }),
      (error: { data?: Json; message?: string }) => {
        assert.equal(error.data?.['reason'], 'promotion-missing');
        assert.match(error.message ?? '', /never/);
        return true;
      },
    );
    await assert.rejects(ask('greenroom/environment/show', { id: 7 }));
  });

  it('reports progress, and a cancelled request leaves nothing', async () => {
    const seen: Json[] = [];
    connection.onProgress({ __: ['', ''], _pr: undefined } as never, 'token-1', value => {
      seen.push(value as Json);
    });
    const cancel = new CancellationTokenSource();
    const building = connection.sendRequest(
      'greenroom/base/build',
      { folder: shop.repository, workDoneToken: 'token-1' },
      cancel.token,
    );
    await eventually(async () => assert.ok(seen.length > 0));
    cancel.cancel();
    await assert.rejects(building, (error: { data?: Json }) => error.data?.['reason'] === 'cancelled');
    const { generations } = (await ask('greenroom/base/list')) as { generations: Json[] };
    assert.equal(generations.length, 1);
  });

  it('shows problems of greenroom.jsonc on their lines, and completes columns of production', async () => {
    const file = path.join(shop.repository, 'greenroom.jsonc');
    const uri = pathToFileURL(file).href;
    const text = await readFile(file, 'utf8');
    const problems = () =>
      notifications
        .filter(one => one.method === 'textDocument/publishDiagnostics' && one.params['uri'] === uri)
        .at(-1)?.params['diagnostics'] as
        | { message: string; range: { start: { line: number } } }[]
        | undefined;
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'jsonc', version: 1, text },
    });
    await eventually(async () => assert.deepEqual(problems(), []));
    const broken = text.replace('"reviewFilesOver"', '"x"').replace('"serve":', '"sevre":');
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: broken }],
    });
    await eventually(async () => {
      const [problem] = problems() ?? [];
      assert.match(problem?.message ?? '', /sevre/);
      assert.equal(
        problem?.range.start.line,
        broken.slice(0, broken.indexOf('"sevre"')).split('\n').length - 1,
      );
    });
    const uncovered = text.replace('"customers.phone": "phone",', '');
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 3 },
      contentChanges: [{ text: uncovered }],
    });
    await eventually(async () =>
      assert.match(problems()?.[0]?.message ?? '', /customers\.phone has no rule/),
    );
    const line = problems()?.[0]?.range.start.line ?? 0;
    const range = { start: { line, character: 0 }, end: { line, character: 1 } };
    const actions = (await connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics: [] },
    })) as { edit: { changes: Record<string, { newText: string }[]> } }[];
    assert.match(actions[0]?.edit.changes[uri]?.[0]?.newText ?? '', /"customers\.phone": "phone"/);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 4 },
      contentChanges: [{ text }],
    });
    await eventually(async () => assert.deepEqual(problems(), []));
    const offset = text.indexOf('"customers.phone"') + 1;
    const before = text.slice(0, offset);
    const position = {
      line: before.split('\n').length - 1,
      character: offset - before.lastIndexOf('\n') - 1,
    };
    await eventually(async () => {
      const items = (await connection.sendRequest('textDocument/completion', {
        textDocument: { uri },
        position,
      })) as { label: string }[];
      assert.ok(items.some(({ label }) => label === 'orders.note'));
    });
  });

  it('killed and started again, it finds everything as it was', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    connection.dispose();
    await start();
    const status = (await ask('greenroom/status')) as { current: { branch: string; state: Json } };
    assert.equal(status.current.branch, 'from-terminal');
    assert.equal(status.current.state['state'], 'ready');
  });
});
