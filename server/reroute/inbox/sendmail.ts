import { createConnection } from 'node:net';

/**
 * A `sendmail` for applications that call one: `sendmail [-t] [-i] [-f FROM] [TO…] < message`. Hands the message to
 * the inbox's SMTP port, the first argument; exits with 75 (try again later) when it is not taken.
 */
async function main(): Promise<number> {
  const [port = '', ...options] = process.argv.slice(2);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const message = Buffer.concat(chunks).toString('latin1').replace(/\r?\n/g, '\r\n');
  const { from, to } = readOptions(options, message);
  try {
    await deliver(Number(port), from, to.length > 0 ? to : ['unknown@greenroom.invalid'], message);
    return 0;
  } catch (error) {
    process.stderr.write(
      `sendmail: the inbox did not take the message: ${error instanceof Error ? error.message : error}\n`,
    );
    return 75;
  }
}

function readOptions(options: readonly string[], message: string): { from: string; to: string[] } {
  let from = '';
  const to: string[] = [];
  let fromHeaders = false;
  for (let at = 0; at < options.length; at++) {
    const option = options[at] ?? '';
    if (/^-[fr]/.test(option)) from = option.length > 2 ? option.slice(2) : (options[++at] ?? '');
    else if (/^-[FBoNRVXLh]$/.test(option)) at++;
    else if (/^-\w*t/.test(option)) fromHeaders = true;
    else if (!option.startsWith('-')) to.push(option);
  }
  const head = (message.split('\r\n\r\n', 1)[0] ?? '').replace(/\r\n[ \t]+/g, ' ');
  const addresses = (names: string) =>
    [...head.matchAll(new RegExp(`^(?:${names}):(.*)$`, 'gim'))].flatMap(
      match => match[1]?.match(/[^\s<>,;:"]+@[^\s<>,;:"]+/g) ?? [],
    );
  if (fromHeaders) to.push(...addresses('to|cc|bcc'));
  return { from: (from || addresses('from')[0] || '').replace(/[<>\s]/g, ''), to };
}

/** Speaks as much of SMTP as handing over one message takes. */
async function deliver(port: number, from: string, to: readonly string[], message: string): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.setEncoding('latin1');
  socket.setTimeout(30_000, () => socket.destroy(new Error('no answer')));
  const lines = replies(socket);
  const say = async (text: string | undefined, expected: string) => {
    if (text !== undefined) socket.write(text, 'latin1');
    const reply = (await lines.next()).value;
    if (!reply?.startsWith(expected)) throw new Error(reply ?? 'the connection ended');
  };
  try {
    await say(undefined, '220');
    await say('EHLO localhost\r\n', '250');
    await say(`MAIL FROM:<${from}>\r\n`, '250');
    for (const address of to) await say(`RCPT TO:<${address.replace(/[<>\r\n]/g, '')}>\r\n`, '250');
    await say('DATA\r\n', '354');
    const end = message.endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n';
    await say(message.replace(/^\./gm, '..') + end, '250');
    await say('QUIT\r\n', '221');
  } finally {
    socket.destroy();
  }
}

/** One reply at a time; the lines of a long one are joined. */
async function* replies(socket: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  let reply = '';
  for await (const chunk of socket) {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      reply += line;
      if (/^\d{3}-/.test(line)) continue;
      yield reply;
      reply = '';
    }
  }
}

process.exitCode = await main();
