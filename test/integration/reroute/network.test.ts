import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Host } from '../../../server/platform/host.ts';
import { pickPort } from '../../../server/platform/ports.ts';
import { isolatedCommand, isolationProbe } from '../../../server/reroute/network.ts';
import { wrapperOf } from '../../../server/reroute/networkTools.ts';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';

for (const tool of ['bwrap', 'unshare'] as const)
  describe(`a command without a network, by ${tool}`, () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let host: Host;
    let clone: Server;
    let port = 0;

    before(async function () {
      needs(this, 'linux', `program:${tool}`, ...(tool === 'unshare' ? (['program:ip'] as const) : []));
      directory = await temporaryDirectory();
      // A PATH on which this tool is the only one.
      const bin = path.join(directory.path, 'bin');
      await mkdir(bin);
      for (const name of [tool, 'ip']) {
        const place = spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`], {
          encoding: 'utf8',
        }).stdout.trim();
        if (place !== '') await symlink(place, path.join(bin, name));
      }
      host = testHost(directory.path, { environment: { ...process.env, PATH: bin } });
      clone = createServer((_request, response) => response.end('the clone'));
      clone.listen(0, '127.0.0.1');
      await once(clone, 'listening');
      port = (clone.address() as AddressInfo).port;
    });
    after(async () => {
      clone?.closeAllConnections();
      clone?.close();
      await directory?.remove();
    });

    const command = async (args: string[], options: Partial<Parameters<typeof isolatedCommand>[2]> = {}) => {
      const isolation = await isolatedCommand(host, args, { ports: [port], ...options });
      assert.ok(isolation.state === 'isolated', JSON.stringify(isolation));
      assert.deepEqual((await isolationProbe(host)).choice, `commands run without a network, by ${tool}`);
      return isolation.command as [string, ...string[]];
    };
    const run = async (script: string, input = '') => {
      const [program, ...args] = await command([process.execPath, '-e', script, 'first', 'a b']);
      const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
      let output = '';
      let errors = '';
      child.stdout.on('data', chunk => {
        output += chunk;
      });
      child.stderr.on('data', chunk => {
        errors += chunk;
      });
      child.stdin.end(input);
      const [code] = await once(child, 'close');
      return { code, output, errors };
    };

    it('reaches the given ports and no others, on any address', async () => {
      const other = createTcpServer(socket => socket.end());
      other.listen(0, '127.0.0.1');
      await once(other, 'listening');
      try {
        const { output, code, errors } = await run(`
          const net = require('node:net');
          const tryTo = (host, port) => new Promise(resolve => {
            const socket = net.connect({ host, port, timeout: 5000 });
            socket.on('connect', () => { resolve('reached'); socket.destroy(); });
            socket.on('error', error => resolve(error.code));
            socket.on('timeout', () => { resolve('timeout'); socket.destroy(); });
          });
          (async () => {
            const text = await (await fetch('http://127.0.0.1:${port}/')).text();
            console.log(JSON.stringify([text, await tryTo('127.0.0.1', ${(other.address() as AddressInfo).port}), await tryTo('192.0.2.1', 443)]));
          })();`);
        assert.equal(code, 0, errors);
        assert.deepEqual(JSON.parse(output), ['the clone', 'ECONNREFUSED', 'ENETUNREACH']);
      } finally {
        other.close();
      }
    });

    it('passes arguments, input, output, errors, the user, the directory and the exit code', async () => {
      const { code, output, errors } = await run(
        `process.stdin.on('data', data => process.stdout.write(JSON.stringify([process.argv.slice(1), String(data), process.getuid(), process.cwd()])));
         console.error('problem'); process.stdin.on('end', () => process.exit(42));`,
        'hello',
      );
      assert.equal(code, 42);
      assert.deepEqual(JSON.parse(output), [['first', 'a b'], 'hello', process.getuid?.(), process.cwd()]);
      assert.equal(errors, 'problem\n');
      const [program, ...args] = await command(['/does/not/exist']);
      assert.equal(spawnSync(program, args, { encoding: 'utf8' }).status, 127);
    });

    it('a served port is reached from outside, and a signal ends the command with its own answer', async () => {
      const served = await pickPort(new Set([port]));
      const script = `require('node:http').createServer((q, r) => r.end('served')).listen(${served}, '127.0.0.1');
        process.on('SIGTERM', () => process.exit(3));`;
      const [program, ...args] = await command([process.execPath, '-e', script], { expose: [served] });
      const child = spawn(program, args, { stdio: 'inherit' });
      try {
        let text = '';
        await until(async () => {
          text = await fetch(`http://127.0.0.1:${served}/`).then(
            answer => answer.text(),
            () => '',
          );
          return text !== '';
        });
        assert.equal(text, 'served');
        child.kill('SIGTERM');
        const [code] = await once(child, 'exit');
        assert.equal(code, 3);
      } finally {
        child.kill('SIGKILL');
      }
    });

    it('lays a program of the environment’s own over one of the system’s', async () => {
      const [ours, theirs] = [path.join(directory.path, 'ours'), path.join(directory.path, "their's")];
      await writeFile(ours, 'ours');
      await writeFile(theirs, 'theirs');
      const [program = '', ...args] = wrapperOf(tool, ['cat', theirs], [[ours, theirs]]);
      assert.equal(spawnSync(program, args, { encoding: 'utf8' }).stdout, 'ours');
      assert.equal(await readFile(theirs, 'utf8'), 'theirs');
    });

    it('killed, it takes the command with it', async () => {
      const already = new Set(await readdir(tmpdir()));
      const left = path.join(directory.path, `pid-${tool}`);
      const script = `require('node:fs').writeFileSync(${JSON.stringify(left)}, String(process.pid)); setInterval(() => {}, 1000);`;
      const [program, ...args] = await command([process.execPath, '-e', script]);
      const child = spawn(program, args, { stdio: 'ignore' });
      let pid = 0;
      await until(async () => {
        // It may be there and not be written yet.
        pid = Number(await readFile(left, 'utf8').catch(() => ''));
        return pid > 0;
      });
      child.kill('SIGKILL');
      await once(child, 'exit');
      await until(async () => (await host.processes.identify(pid)) === undefined, 'the end of the command');
      const sockets = async () =>
        (await readdir(tmpdir())).filter(name => name.startsWith('gr-net-') && !already.has(name));
      await until(async () => (await sockets()).length === 0, 'the removal of its sockets');
    });

    it('leaves nothing behind in the temporary directory', async () => {
      const before = new Set((await readdir(tmpdir())).filter(name => name.startsWith('gr-net-')));
      const { code } = await run('');
      assert.equal(code, 0);
      const after = (await readdir(tmpdir())).filter(name => name.startsWith('gr-net-') && !before.has(name));
      assert.deepEqual(after, []);
    });
  });

describe('a machine that cannot cut a command off', () => {
  it('says why, and what would help', async () => {
    const directory = await temporaryDirectory();
    try {
      const bin = path.join(directory.path, 'bin');
      await mkdir(bin);
      const none = testHost(directory.path, { environment: { PATH: bin } });
      const isolation = await isolatedCommand(none, ['true'], { ports: [] });
      assert.ok(isolation.state === 'open');
      assert.match(isolation.why, /install the package bubblewrap/);
      assert.equal((await isolationProbe(none)).ok, false);

      const mac = testHost(directory.path, { platform: 'darwin' });
      const open = await isolatedCommand(mac, ['true'], { ports: [] });
      assert.ok(open.state === 'open' && /Linux only/.test(open.why));

      await writeFile(
        path.join(bin, 'bwrap'),
        '#!/bin/sh\necho "no permissions to create new namespace" >&2\nexit 1\n',
      );
      await chmod(path.join(bin, 'bwrap'), 0o755);
      const places = `${bin}${path.delimiter}/nonexistent`;
      const processes = {
        ...none.processes,
        run: (command: string, args: readonly string[], options = {}) =>
          none.processes.run(command === 'bwrap' ? path.join(bin, 'bwrap') : command, args, options),
      };
      const refused = await isolatedCommand({ ...none, environment: { PATH: places }, processes }, ['true'], {
        ports: [],
      });
      assert.ok(refused.state === 'open');
      assert.match(refused.why, /no permissions to create new namespace/);
    } finally {
      await directory.remove();
    }
  });
});
