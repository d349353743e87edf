import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { type BridgePlan, wrapperOf } from './networkTools.ts';

/**
 * Two processes, one program. Outside: opens a socket file for every port that stays reachable, starts the wrapper, and
 * ends as the command ends. Inside the namespace (`--inside DIRECTORY`): listens on the same ports of its own
 * loopback, joins them to the socket files, and runs the command. Socket files cross network namespaces; ports do not.
 */
async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const inside = args[0] === '--inside' ? args[1] : undefined;
  const rest = inside === undefined ? args : args.slice(2);
  const plan: BridgePlan = JSON.parse(rest[0] ?? '');
  const command = rest.slice(rest.indexOf('--') + 1);
  return inside === undefined ? runOutside(plan, command) : runInside(plan, inside, command);
}

async function runOutside(plan: BridgePlan, command: readonly string[]): Promise<number> {
  // Short: a socket's path may have 107 bytes.
  const directory = await mkdtemp(path.join(tmpdir(), 'gr-net-'));
  const servers: Server[] = [];
  let child: number | undefined;
  const pending: NodeJS.Signals[] = [];
  const pass = (signal: NodeJS.Signals) => {
    if (child === undefined) pending.push(signal);
    else tell(child, signal);
  };
  try {
    for (const port of plan.ports)
      servers.push(
        await join({ path: path.join(directory, String(port)) }, () =>
          createConnection({ host: '127.0.0.1', port }),
        ),
      );
    for (const port of plan.expose)
      servers.push(
        await join({ host: '127.0.0.1', port }, () => createConnection(path.join(directory, `in-${port}`))),
      );
    // The inside says which process the command is: signals go to it, not to the wrapper, which would not pass them.
    const control = createServer(socket =>
      socket.on('data', data => {
        child = Number(data.toString());
        for (const signal of pending.splice(0)) tell(child, signal);
      }),
    );
    servers.push(await listen(control, { path: path.join(directory, 'control') }));
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)
      process.on(signal, () => pass(signal));
    // The terminal sends these to the command itself, as it is in the same group; killed from elsewhere, it is told.
    for (const signal of ['SIGINT', 'SIGQUIT'] as const)
      process.on(signal, () => (process.stdin.isTTY ? undefined : pass(signal)));
    const again = [
      process.execPath,
      ...process.execArgv,
      process.argv[1] ?? '',
      '--inside',
      directory,
      JSON.stringify(plan),
      '--',
      ...command,
    ];
    const system = '/usr/sbin/sendmail';
    const binds: [string, string][] =
      plan.sendmail !== undefined && existsSync(plan.sendmail) && existsSync(system)
        ? [[plan.sendmail, system]]
        : [];
    const [program = '', ...args] = wrapperOf(plan.tool, again, binds);
    return await ended(spawn(program, args, { stdio: 'inherit' }), program);
  } finally {
    for (const server of servers) server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function runInside(plan: BridgePlan, directory: string, command: readonly string[]): Promise<number> {
  for (const port of plan.ports)
    await join({ host: '127.0.0.1', port }, () => createConnection(path.join(directory, String(port))));
  for (const port of plan.expose)
    await join({ path: path.join(directory, `in-${port}`) }, () =>
      createConnection({ host: '127.0.0.1', port }),
    );
  const { ELECTRON_RUN_AS_NODE: _own, ...environment } = process.env;
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  let orphaned = false;
  child.once('spawn', () => {
    // Open as long as the outside lives: if that is killed, nobody is left to end the command but us.
    const control = createConnection(path.join(directory, 'control'));
    control.write(String(child.pid));
    control.on('error', () => undefined);
    control.on('close', () => {
      orphaned = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 3000).unref();
    });
    control.unref();
  });
  const code = await ended(child, program);
  if (orphaned) await rm(directory, { recursive: true, force: true });
  return code;
}

/** The exit code, 128 and the signal's number, or 127 for a program that is not there: as a shell has it. */
function ended(child: ChildProcess, program: string): Promise<number> {
  return new Promise(resolve => {
    child.once('error', error => {
      process.stderr.write(`greenroom: ${program}: ${error.message}\n`);
      resolve('code' in error && error.code === 'EACCES' ? 126 : 127);
    });
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended; its exit code is on the way.
  }
}

/** Everything that connects to `place` is joined with a connection of its own from `connect`. */
function join(place: ListenOptions, connect: () => Socket): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, here => {
    const there = connect();
    there.allowHalfOpen = true;
    here.pipe(there);
    there.pipe(here);
    here.on('error', () => there.destroy());
    there.on('error', () => here.destroy());
    here.on('close', () => there.destroy());
    there.on('close', () => here.destroy());
  });
  return listen(server, place);
}

function listen(server: Server, place: ListenOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...place, exclusive: true }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

main().then(
  code => process.exit(code),
  error => {
    process.stderr.write(`greenroom: ${error instanceof Error ? error.message : error}\n`);
    process.exit(125);
  },
);
