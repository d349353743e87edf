import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTransport } from 'nodemailer';
import { eventually } from '../support/eventually.ts';
import { type GetFixture, windows } from '../support/journey.ts';

export function environmentJourneys(get: GetFixture): void {
  describe('an environment', () => {
    const opened = windows();

    it('shows what it caught: a mail is read and not let out, a request is replayed', async () => {
      const { project, open } = get();
      await project.checkout('caught');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/caught · \d+d/);
      const { inbox } = await project.environment();
      const transport = createTransport({ host: '127.0.0.1', port: inbox.smtpPort, ignoreTLS: true });
      await transport.sendMail({
        from: 'shop@shop.example',
        to: 'anna@example.net',
        subject: 'Your order 42',
        text: 'It is *on its way*.',
      });
      transport.close();
      await fetch(`http://127.0.0.1:${inbox.httpPort}/orders`, { method: 'POST', body: '{"order":42}' });
      await window.openView();
      await window.row(/^Inbox\s*2 unread/).waitFor();
      await window.expand(/^Inbox/);
      await window.row('Your order 42').click();
      await window.page.locator('.tab', { hasText: 'Your order 42' }).waitFor();
      await window.page.locator('.view-line', { hasText: 'It is *on its way*.' }).waitFor();
      await window.row(/^Inbox\s*1 unread/).waitFor();

      const input = window.page.locator('.quick-input-widget input');
      await window.inline('Your order 42', 'Release');
      window.expected.push(/reroute\.releaseTo/);
      await input.fill('anna@example.net');
      await input.press('Enter');
      await window.notification(/it is not in reroute\.releaseTo/);

      const heard = Promise.withResolvers<string>();
      const local = createServer((request, response) => {
        heard.resolve(`${request.method} ${request.url}`);
        response.writeHead(204).end();
      }).listen(0, '127.0.0.1');
      try {
        await window.inline('POST /orders', 'Replay');
        await input.fill(`http://127.0.0.1:${(local.address() as AddressInfo).port}/`);
        await input.press('Enter');
        assert.match(await heard.promise, /^POST \//);
        await window.notification(/Answered with 204/);
      } finally {
        local.close();
      }
    });

    it('serves its site as a task, and opens it', async () => {
      const { project, open } = get();
      await project.checkout('served');
      const serve = `${process.execPath} -e 'require(\\"http\\").createServer((q, s) => s.end(\\"from staging\\")).listen(process.env.PORT, \\"127.0.0.1\\")'`;
      await project.configure(text => text.replace(/"serve": ".*"/, `"serve": "${serve}"`));
      const window = opened.add(await open(project.repository));
      await window.statusShows(/served · \d+d/);
      await window.openView();
      const opening = window.page.waitForEvent('popup');
      await window.inline('served', 'Open Site');
      const site = await opening;
      // A VS Code in the browser sends its people through the server's proxy, which this server has not.
      const port = /^\/proxy\/(\d+)\/$/.exec(new URL(site.url()).pathname)?.[1];
      await site.close();
      const url = `http://127.0.0.1:${port}`;
      assert.equal(await (await fetch(url)).text(), 'from staging');
      await window.row(`Site${url}`).waitFor();
      await window.command('Tasks: Terminate Task');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'serve the site' }).click();
      await eventually(() => assert.rejects(fetch(url)), 'the site’s server has ended');
    });

    it('is told of a day before it ends, and postponed with one click', async () => {
      const { project, open } = get();
      await project.checkout('ending');
      const window = opened.add(await open(project.repository));
      await window.statusShows(/ending · \d+d/);
      const daysAgo = new Date(Date.now() - 6.5 * 86_400_000).toISOString();
      await project.editRecord('ending', record => ({ ...record, createdAt: daysAgo }));
      await window.statusShows(/ending · 1[12]h/);
      // Whoever is on the default branch has the sweep at once, not at the next minute.
      await project.git('switch', '--quiet', 'main');
      const told = await window.notification(/ending expires/);
      await told.locator('.monaco-button', { hasText: 'Postpone' }).click();
      await eventually(async () => {
        const { environments } = await project.cli<{ environments: { branch: string; expiresAt: string }[] }>(
          'env',
          'list',
        );
        const ending = environments.find(({ branch }) => branch === 'ending');
        assert.ok(Date.parse(ending?.expiresAt ?? '') > Date.now() + 2 * 86_400_000);
      }, 'it ends days later');
    });
  });
}
