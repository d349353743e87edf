import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { unattended } from '../../../server/platform/progress.ts';
import { makePlan } from '../../../server/promotion/plan.ts';
import { promote } from '../../../server/promotion/promote.ts';
import { startMariadb, type TestServer } from '../../support/mariadb.ts';
import { contextOf, makeSite, rootOf, type SiteSpec, siteOf } from '../../support/promotionSite.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** Three days away: closed now, whatever midnight does meanwhile. */
const closed = {
  days: [days[(new Date().getUTCDay() + 3) % 7]],
  from: '09:00',
  to: '10:00',
  timeZone: 'UTC',
};

describe('promotion outside the windows is told to a command and a webhook', () => {
  let server: TestServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let listener: Server;
  let answer = 200;
  const received: { method: string | undefined; type: string | undefined; body: string }[] = [];

  before(async () => {
    server = await startMariadb();
    directory = await temporaryDirectory();
    listener = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += String(chunk);
      });
      request.on('end', () => {
        received.push({ method: request.method, type: request.headers['content-type'], body });
        response.writeHead(answer).end();
      });
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
  });
  after(async () => {
    listener?.close();
    await server?.stop();
    await directory?.remove();
  });
  const address = () => `http://127.0.0.1:${(listener.address() as AddressInfo).port}/hook`;

  async function promoted(spec: SiteSpec) {
    await writeFile(path.join(siteOf(spec), 'index.php'), `<?php // ${spec.production}\n`);
    const context = await contextOf(spec);
    const plan = await makePlan(context, unattended);
    assert.equal(plan.findings.filter(({ guard }) => guard === 'outside-window').length, 1);
    const done = await promote(context, { digest: plan.digest, message: 'Late' }, unattended);
    const live = await readFile(path.join(rootOf(spec), 'index.php'), 'utf8');
    assert.match(live, new RegExp(spec.production), 'it is allowed all the same');
    return { done, plan, lines: context.lines };
  }

  it('says who, what and why, to both, and to the log', async () => {
    const heard = path.join(directory.path, 'heard.json');
    const outsideWindow = { run: `cat > ${heard}`, webhook: address() };
    const promotion = { windows: [closed], outsideWindow };
    const { done, plan, lines } = await promoted(
      await makeSite(server, directory.path, 'told', { promotion }),
    );
    const told = JSON.parse(await readFile(heard, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(
      [told['promotion'], told['digest'], told['message'], told['by']],
      [done.promotion, plan.digest, 'Late', 'tess@example.test'],
    );
    assert.match(String(told['finding']), /outside the promotion windows/);
    assert.deepEqual(
      received.map(({ method, type, body }) => [method, type, JSON.parse(body)]),
      [['POST', 'application/json', told]],
    );
    assert.ok(lines.some(line => line.startsWith('warn') && line.includes('outside the windows')));
    assert.match(done.warnings.join('\n'), /outside the promotion windows/);
  });

  it('a command that fails and a webhook that refuses stop nothing, and are told', async () => {
    answer = 500;
    const outsideWindow = { run: 'exit 3', webhook: address() };
    const refused = await promoted(
      await makeSite(server, directory.path, 'refused', { promotion: { windows: [closed], outsideWindow } }),
    );
    assert.match(refused.done.warnings.join('\n'), /command of promotion\.outsideWindow failed/);
    assert.match(refused.done.warnings.join('\n'), /webhook of promotion\.outsideWindow answered 500/);
    const gone = { webhook: 'http://127.0.0.1:1/' };
    const unreachable = await promoted(
      await makeSite(server, directory.path, 'gone', {
        promotion: { windows: [closed], outsideWindow: gone },
      }),
    );
    assert.match(unreachable.done.warnings.join('\n'), /webhook .* could not be reached/);
  });
});
