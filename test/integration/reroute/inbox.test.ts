import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { createTransport } from 'nodemailer';
import { hasReason } from '../../../server/platform/errors.ts';
import { catcherFiles } from '../../../server/reroute/inbox/catchers.ts';
import { type RunningInbox, startInbox } from '../../../server/reroute/inbox/inbox.ts';
import { readAttachment } from '../../../server/reroute/inbox/message.ts';
import { relayVariable, releaseMail } from '../../../server/reroute/inbox/release.ts';
import { replayRequest } from '../../../server/reroute/inbox/replay.ts';
import { findMessage, listMessages, showMessage, unreadCount } from '../../../server/reroute/inbox/store.ts';
import { environmentVariables } from '../../../server/reroute/variables.ts';
import { needs } from '../../support/requirements.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';
import { facts } from '../../unit/reroute/site.ts';

describe('the inbox', () => {
  let temporary: Awaited<ReturnType<typeof temporaryDirectory>>;
  let directory: string;
  let inbox: RunningInbox;

  beforeEach(async () => {
    temporary = await temporaryDirectory();
    directory = path.join(temporary.path, 'inbox');
    inbox = await startInbox(testHost(temporary.path), { directory, smtpPort: 0, httpPort: 0 });
  });
  afterEach(async () => {
    await inbox.close();
    await temporary.remove();
  });

  const transport = (options: object = {}) =>
    createTransport({ host: '127.0.0.1', port: inbox.smtpPort, ...options });
  const url = (place: string) => `http://127.0.0.1:${inbox.httpPort}${place}`;

  it('keeps a mail with its envelope, text, attachments and headers; any login will do', async () => {
    await transport({ auth: { user: 'any', pass: 'thing' } }).sendMail({
      from: 'Shop <shop@example.com>',
      to: 'Ann Ü <ann@example.com>',
      bcc: 'hidden@example.com',
      subject: 'Ihre Bestellung: Grüße',
      text: 'Hello Ann,\n\nyour order 4711.',
      attachments: [
        { filename: '../../etc/passwd', content: 'one' },
        { filename: 'invoice.pdf', content: Buffer.from([0, 1, 2, 255]) },
      ],
    });
    const { messages, unread } = await listMessages(directory);
    assert.equal(unread, 1);
    const [message] = messages;
    assert.ok(message);
    assert.deepEqual(
      { ...message, bytes: 0, at: '' },
      {
        number: 1,
        kind: 'mail',
        at: '',
        from: 'Shop <shop@example.com>',
        to: ['ann@example.com', 'hidden@example.com'],
        subject: 'Ihre Bestellung: Grüße',
        bytes: 0,
        read: false,
        attachments: ['passwd', 'invoice.pdf'],
      },
    );
    const shown = await showMessage(directory, 1);
    assert.match(shown.text, /order 4711/);
    assert.equal(await unreadCount(directory), 0);
    assert.deepEqual(
      Buffer.from(await readAttachment(await findMessage(directory, 1), 'invoice.pdf')),
      Buffer.from([0, 1, 2, 255]),
    );
    assert.equal((await stat(shown.file)).mode & 0o777, 0o600);
    assert.equal((await listMessages(directory, 'BESTELLUNG 4711')).messages.length, 1);
    assert.equal((await listMessages(directory, 'bestellung 4712')).messages.length, 0);
  });

  it('takes every way to log in that a client may insist on', async () => {
    for (const authMethod of ['PLAIN', 'LOGIN', 'CRAM-MD5'])
      await transport({ authMethod, auth: { user: 'any', pass: 'thing' } }).sendMail({
        from: 'a@example.com',
        to: 'b@example.com',
        subject: authMethod,
        text: 't',
      });
    assert.equal(await unreadCount(directory), 3);
  });

  it('shows HTML without anything that runs, loads or reaches out', async () => {
    const pixel =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    await transport().sendMail({
      from: 'a@example.com',
      to: 'b@example.com',
      subject: 'html',
      html: `<html><head><style>@import url(http://evil.example/x.css)</style></head><body onload="alert(1)">
        <script>alert(1)</script><iframe src="http://evil.example"></iframe><form action="http://evil.example"><input name=a></form>
        <p style="color: red; background: url(http://evil.example/y); position: fixed">Hello <b>Ann</b></p>
        <a href="javascript:alert(1)">bad</a> <a href="https://shop.example/reset?key=1">good</a>
        <img src="http://evil.example/track.png"><img src="//evil.example/t.png" alt="logo"><img src="cid:logo@x"></body></html>`,
      attachments: [
        {
          filename: 'logo.png',
          cid: 'logo@x',
          content: Buffer.from(pixel, 'base64'),
          contentType: 'image/png',
        },
      ],
    });
    const { html = '', text } = await showMessage(directory, 1);
    assert.doesNotMatch(
      html,
      /script|iframe|form|onload|evil\.example|javascript:|position|@import|background:/i,
    );
    assert.match(html, /<p style="color:red">Hello <b>Ann<\/b><\/p>/);
    assert.match(html, /href="https:\/\/shop\.example\/reset\?key=1"/);
    assert.ok(html.includes(`data:image/png;base64,${pixel}`));
    assert.match(text, /Hello Ann/);
  });

  it('takes what nobody should send: no recipients in the text, odd bytes, a mail of one line', async () => {
    const socket = connect(inbox.smtpPort, '127.0.0.1');
    socket.setEncoding('latin1');
    let heard = '';
    socket.on('data', chunk => {
      heard += chunk;
    });
    const say = async (text: string, wanted: RegExp) => {
      heard = '';
      if (text) socket.write(Buffer.from(text, 'latin1'));
      while (!wanted.test(heard)) await once(socket, 'data');
    };
    await say('', /^220/m);
    await say('HELO x\r\n', /^250 /m);
    await say('MAIL FROM:<>\r\n', /^250 /m);
    await say('RCPT TO:<b@example.com>\r\n', /^250 /m);
    await say('DATA\r\n', /^354/m);
    await say('X-Greenroom-To: forged@example.com\r\n\r\n\xff\xfe\0..\r\n.\r\n', /^250 /m);
    // STARTTLS is not offered: there is no certificate to believe.
    await say('STARTTLS\r\n', /^5\d\d/m);
    socket.destroy();
    const { messages } = await listMessages(directory);
    assert.deepEqual(messages[0]?.to, ['b@example.com']);
    assert.equal(messages[0]?.subject, '');
  });

  it('keeps requests, says whom they were for, and answers as the provider would', async () => {
    const slack = await fetch(url('/slack/services'), { method: 'POST', body: '{"text":"deployed"}' });
    assert.equal(await slack.text(), 'ok');
    const mailgun = await fetch(url('/mailgun/v3/x/messages'), {
      method: 'POST',
      body: 'to=a%40example.com',
    });
    assert.match(((await mailgun.json()) as { message: string }).message, /Queued/);
    assert.equal((await fetch(url('/sendgrid/v3/mail/send'), { method: 'POST', body: '{}' })).status, 202);
    await fetch(url('/to/erp.example/hook?x=1'), { method: 'PUT', body: Buffer.from([255, 0, 1]) });
    const { messages } = await listMessages(directory);
    assert.deepEqual(messages.map(({ from, subject }) => [from, subject]).slice(0, 1), [
      ['PUT erp.example', 'PUT /hook?x=1'],
    ]);
    assert.equal(messages.length, 4);
    assert.match((await showMessage(directory, 1)).text, /"text": "deployed"/);
    assert.equal((await listMessages(directory, 'deployed')).messages.length, 1);
  });

  it('repeats a request to this machine, and to no other', async () => {
    let heard: { method: string | undefined; type: string | undefined; body: string } | undefined;
    const application = createServer((request, response) => {
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      request.on('end', () => {
        heard = { method: request.method, type: request.headers['content-type'], body };
        response.writeHead(202).end();
      });
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    try {
      await fetch(url('/to/hooks.example/orders'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"order":1}',
      });
      const target = `http://127.0.0.1:${(application.address() as AddressInfo).port}/orders`;
      assert.deepEqual(await replayRequest({ directory, number: 1, url: target }), { status: 202 });
      assert.deepEqual(heard, { method: 'POST', type: 'application/json', body: '{"order":1}' });
      for (const elsewhere of [
        'http://example.com/',
        'http://127.0.0.1.example.com/',
        'file:///etc/passwd',
        'x',
      ])
        await assert.rejects(replayRequest({ directory, number: 1, url: elsewhere }), error =>
          hasReason(error, 'usage'),
        );
      await assert.rejects(replayRequest({ directory, number: 9, url: target }), error =>
        hasReason(error, 'usage'),
      );
    } finally {
      application.close();
    }
  });

  it('releases a mail to an allowed address alone, through the configured server, without the envelope', async () => {
    const relay = await startInbox(testHost(temporary.path), {
      directory: path.join(temporary.path, 'relay'),
      smtpPort: 0,
      httpPort: 0,
    });
    try {
      await transport().sendMail({
        from: 'a@example.com',
        to: 'b@example.com',
        bcc: 'blind.copy@example.com',
        subject: 's',
        text: 't',
      });
      const host = testHost(temporary.path, {
        environment: { [relayVariable]: `smtp://u:relaypassword@127.0.0.1:${relay.smtpPort}` },
      });
      const allowed = ['me@team.example', '@qa.example'];
      const release = (to: string) => releaseMail(host, { directory, number: 1, to, allowed });
      for (const to of [
        'b@example.com',
        'me@team.example.evil',
        'x@notqa.example',
        'a@qa.example,b@example.com',
        '',
      ])
        await assert.rejects(release(to), error => hasReason(error, 'usage'));
      await release('Anyone@QA.example');
      const { messages } = await listMessages(path.join(temporary.path, 'relay'));
      assert.deepEqual(messages[0]?.to, ['Anyone@qa.example']);
      const text = await readFile(path.join(temporary.path, 'relay', '000001.eml'), 'utf8');
      // A whole name: a message’s id ends in the sender’s domain, behind random digits.
      assert.doesNotMatch(text, /blind\.copy/);
      await assert.rejects(
        releaseMail(testHost(temporary.path, { environment: {} }), {
          directory,
          number: 1,
          to: 'me@team.example',
          allowed,
        }),
        error => hasReason(error, 'usage') && error.subject === relayVariable,
      );
    } finally {
      await relay.close();
    }
  });

  it('a sendmail of the environment’s own, and PHP’s mail() through it', async function () {
    needs(this, 'program:php');
    const { smtpPort } = inbox;
    const variables = environmentVariables(
      { ...facts, smtp: { host: '127.0.0.1', port: smtpPort } },
      directory,
      process.env,
    );
    const run = async (command: string, args: string[], input: string) => {
      const child = spawn(command, args, {
        env: { ...process.env, ...variables },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      child.stdin.end(input);
      const [code] = await once(child, 'close');
      assert.equal(code, 0);
    };
    await run(
      'sendmail',
      ['-t', '-f', 'shop@example.com'],
      'To: a@example.com\nBcc: b@example.com\nSubject: hi\n\n.dot\nbye\n',
    );
    await run('php', ['-r', "exit(mail('c@example.com', 'from PHP', 'body') ? 0 : 1);"], '');
    const { messages } = await listMessages(directory);
    assert.deepEqual(
      messages.map(message => [message.subject, message.to]),
      [
        ['from PHP', ['c@example.com']],
        ['hi', ['a@example.com', 'b@example.com']],
      ],
    );
    assert.match((await showMessage(directory, 1)).text, /^\.dot\nbye/);
    assert.ok((await stat(catcherFiles(directory).sendmail)).mode & 0o001);
  });

  it('what cannot be kept is refused for now, so that the sender keeps it', async () => {
    await inbox.close();
    inbox = await startInbox(testHost(temporary.path), {
      directory: path.join(temporary.path, 'gone'),
      smtpPort: 0,
      httpPort: 0,
    });
    await rm(path.join(temporary.path, 'gone'), { recursive: true });
    await writeFile(path.join(temporary.path, 'gone'), '');
    await assert.rejects(
      transport().sendMail({ from: 'a@example.com', to: 'b@example.com', text: 't' }),
      (error: Error & { responseCode?: number }) => error.responseCode === 452,
    );
    assert.equal((await fetch(url('/x'), { method: 'POST', body: 'y' })).status, 507);
  });

  it('goes on numbering after a restart, cleans up half messages, and never overwrites', async () => {
    await transport().sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'one', text: 't' });
    await inbox.close();
    await writeFile(path.join(directory, 'deadbeef.tmp'), 'half');
    await writeFile(path.join(directory, '000002.json'), 'not ours');
    inbox = await startInbox(testHost(temporary.path), { directory, smtpPort: 0, httpPort: 0 });
    await transport().sendMail({ from: 'a@example.com', to: 'b@example.com', subject: 'two', text: 't' });
    const names = (await readdir(directory)).filter(name => /^\d+\.(eml|json)$|tmp$/.test(name));
    assert.deepEqual(names.sort(), ['000001.eml', '000002.json', '000003.eml']);
    await writeFile(path.join(directory, 'summaries.jsonl'), '{"version":1,"number":1,"summa');
    const subjects = async () => (await listMessages(directory)).messages.map(message => message.subject);
    assert.deepEqual(await subjects(), ['two', 'damaged message', 'one']);
    assert.deepEqual(await subjects(), ['two', 'damaged message', 'one']);
  });
});

describe('the inbox, killed', () => {
  it('every mail that was accepted is there, whole, after kill -9', async () => {
    const temporary = await temporaryDirectory();
    const directory = path.join(temporary.path, 'inbox');
    const program = `
      const { startInbox } = await import(${JSON.stringify(new URL('../../../server/reroute/inbox/inbox.ts', import.meta.url).href)});
      const { testHost } = await import(${JSON.stringify(new URL('../../support/temporary.ts', import.meta.url).href)});
      const inbox = await startInbox(testHost(${JSON.stringify(temporary.path)}), { directory: ${JSON.stringify(directory)}, smtpPort: 0, httpPort: 0 });
      console.log(inbox.smtpPort);`;
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const [first] = await once(child.stdout, 'data');
      const pool = createTransport({
        host: '127.0.0.1',
        port: Number(first),
        pool: true,
        maxConnections: 8,
        maxMessages: 10_000,
      });
      const accepted = new Set<string>();
      const sends = Array.from({ length: 300 }, async (_, index) => {
        const subject = `number ${index}`;
        await pool.sendMail({ from: 'a@example.com', to: 'b@example.com', subject, text: 'x'.repeat(5000) });
        accepted.add(subject);
        if (accepted.size === 100) child.kill('SIGKILL');
      });
      const results = await Promise.allSettled(sends);
      pool.close();
      assert.ok(accepted.size >= 100);
      assert.ok(
        results.some(result => result.status === 'rejected'),
        'it was killed in the middle',
      );
      const { messages } = await listMessages(directory);
      const kept = new Set(messages.map(message => message.subject));
      assert.deepEqual(
        [...accepted].filter(subject => !kept.has(subject)),
        [],
      );
      for (const { number } of messages.slice(0, 20))
        assert.match((await showMessage(directory, number)).text, /^x{5000}\s*$/);
    } finally {
      child.kill('SIGKILL');
      await temporary.remove();
    }
  });
});
