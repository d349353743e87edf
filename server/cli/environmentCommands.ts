import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { useCase } from '../backend/useCases.ts';
import { prepareCommand } from '../environments/serve.ts';
import { keepSpares } from '../environments/spares.ts';
import { formatBytes } from '../platform/diskSpace.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { EnvironmentView } from '../protocol/environment.ts';
import * as messages from '../protocol/environment.ts';
import { type Command, flag, type Invocation, text } from './command.ts';
import { table } from './output.ts';

const branchOption = { branch: { type: 'string' } } as const;

function named({ folder, options, positionals }: Invocation): {
  folder: string;
  branch?: string;
  id?: string;
} {
  const branch = text(options, 'branch');
  const [id] = positionals;
  return {
    folder,
    ...(branch !== undefined && { branch }),
    ...(id !== undefined && branch === undefined && { id }),
  };
}

type Change =
  | typeof messages.sleepEnvironment
  | typeof messages.restoreEnvironment
  | typeof messages.postponeEnvironment;

/** A command that changes one environment, named by id or branch, and tells how it is then. */
function changeOfOne(
  verb: string,
  help: string,
  message: Change,
  told: (view: EnvironmentView) => string,
): Command {
  return {
    name: `env ${verb}`,
    usage: `env ${verb} [ID] [--branch B]`,
    help,
    options: branchOption,
    positionals: { min: 0, max: 1 },
    async run(invocation) {
      const view = await useCase(invocation.backend, message, named(invocation), invocation.operation);
      invocation.output.result(view);
      invocation.output.line(told(view));
    },
  };
}

export const environmentCommands: readonly Command[] = [
  {
    name: 'env create',
    usage: 'env create [--branch B]',
    help: 'Make the branch’s environment, or open the one that is there.',
    options: branchOption,
    async run({ backend, folder, options, output, operation }) {
      const branch = text(options, 'branch');
      const made = await useCase(
        backend,
        messages.createEnvironment,
        { folder, ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(made);
      output.line(
        `${made.created ? 'Created' : 'Opened'} the environment of ${made.branch} in ${made.timings['total']} ms.`,
      );
      output.line(`  site      ${made.site}`);
      output.line(
        `  database  mysql://${made.database.user}@${made.database.host}:${made.database.port}/${made.database.name}`,
      );
      output.line(`  expires   ${made.expiresAt}`);
      for (const warning of made.warnings) output.line(`  note      ${warning}`);
    },
  },
  {
    name: 'env list',
    usage: 'env list',
    help: 'List the environments of this repository.',
    async run({ backend, folder, output, operation }) {
      const { environments } = await useCase(backend, messages.listEnvironments, { folder }, operation);
      output.result({ environments });
      if (environments.length === 0)
        output.line('No environments yet. "greenroom env create" makes one for this branch.');
      const rows = environments.map(({ branch, state, bytes, expiresAt, engineer, id }) => [
        branch,
        state.state,
        formatBytes(bytes ?? 0),
        expiresAt.slice(0, 16),
        engineer,
        id,
      ]);
      if (rows.length > 0)
        for (const line of table([['BRANCH', 'STATE', 'SIZE', 'EXPIRES', 'ENGINEER', 'ID'], ...rows]))
          output.line(line);
    },
  },
  {
    name: 'env show',
    usage: 'env show [ID] [--branch B]',
    help: 'Show one environment with its connection details.',
    options: branchOption,
    positionals: { min: 0, max: 1 },
    async run(invocation) {
      const { backend, output, operation } = invocation;
      const shown = await useCase(backend, messages.showEnvironment, named(invocation), operation);
      output.result(shown);
      const { branch, state, site, database, expiresAt, generation, inbox, configuration, warnings, bytes } =
        shown;
      for (const line of table([
        ['branch', branch],
        ['state', state.state],
        ['site', site],
        [
          'database',
          `${database.host}:${database.port}/${database.name} as ${database.user} (socket ${database.socket})`,
        ],
        ['inbox', inbox ? `SMTP ${inbox.smtpPort}, HTTP ${inbox.httpPort}, ${inbox.unread} unread` : 'none'],
        ['base', `generation ${generation}`],
        ['size', formatBytes(bytes ?? 0)],
        ['expires', expiresAt],
        ...configuration.map(change => ['configuration', change]),
        ...warnings.map(warning => ['note', warning]),
      ]))
        output.line(line);
    },
  },
  {
    name: 'env exec',
    usage: 'env exec [--branch B] [--open-network] -- CMD',
    help: 'Run a command in the environment: its site, its database, its inbox, no way out to the network.',
    options: { ...branchOption, 'open-network': { type: 'boolean' } },
    positionals: { min: 1, max: Number.POSITIVE_INFINITY },
    async run({ backend, folder, options, positionals, operation }) {
      const context = await backend.environments(folder);
      const branch = text(options, 'branch');
      const record = await backend.record(context, { ...(branch !== undefined && { branch }) });
      const isolated = context.config.reroute.network === 'isolated' && !flag(options, 'open-network');
      const ready = await prepareCommand(context, record, positionals, { isolated });
      if (ready.warning !== undefined) process.stderr.write(`greenroom: ${ready.warning}\n`);
      operation.signal.throwIfAborted();
      const [program, ...args] = ready.command;
      const child = spawn(program, args, {
        cwd: ready.directory,
        env: { ...process.env, ...ready.variables },
        stdio: 'inherit',
      });
      const relay = (signal: NodeJS.Signals) => child.kill(signal);
      process.on('SIGINT', relay).on('SIGTERM', relay);
      const failed = once(child, 'error').then(([error]) => {
        throw new GreenroomError('process-failed', { subject: program, cause: error });
      });
      const [code, signal] = (await Promise.race([once(child, 'exit'), failed])) as [
        number | null,
        NodeJS.Signals | null,
      ];
      // As shells do: 128 and the signal's number.
      return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    },
  },
  changeOfOne(
    'sleep',
    'Stop the environment’s database; the first connection wakes it.',
    messages.sleepEnvironment,
    view => `${view.branch} sleeps; the first connection to port ${view.database.port} wakes it.`,
  ),
  {
    name: 'env wake',
    usage: 'env wake [ID] [--branch B]',
    help: 'Start the environment’s database and mount its site.',
    options: branchOption,
    positionals: { min: 0, max: 1 },
    async run(invocation) {
      const woken = await useCase(
        invocation.backend,
        messages.wakeEnvironment,
        named(invocation),
        invocation.operation,
      );
      invocation.output.result(woken);
      invocation.output.line(`${woken.branch} is awake after ${woken.timings['total']} ms.`);
    },
  },
  {
    name: 'env destroy',
    usage: 'env destroy [ID] [--branch B] [--now] [--even-if-changed]',
    help: 'End an environment; it can be restored for a day, unless --now.',
    options: { ...branchOption, now: { type: 'boolean' }, 'even-if-changed': { type: 'boolean' } },
    positionals: { min: 0, max: 1 },
    async run(invocation) {
      const { options, output } = invocation;
      const params = {
        ...named(invocation),
        now: flag(options, 'now'),
        evenIfChanged: flag(options, 'even-if-changed'),
      };
      const gone = await useCase(
        invocation.backend,
        messages.destroyEnvironment,
        params,
        invocation.operation,
      );
      output.result(gone);
      output.line(
        gone.restorableUntil
          ? `${gone.branch} can be restored until ${gone.restorableUntil} (greenroom env restore).`
          : `${gone.branch} is gone.`,
      );
    },
  },
  changeOfOne(
    'restore',
    'Bring an expired environment back.',
    messages.restoreEnvironment,
    view => `${view.branch} is back until ${view.expiresAt}.`,
  ),
  changeOfOne(
    'postpone',
    'Give an environment three more days.',
    messages.postponeEnvironment,
    view => `${view.branch} now expires at ${view.expiresAt}.`,
  ),
  {
    name: 'gc',
    usage: 'gc',
    help: 'Free what expired more than a day ago and what crashes left behind.',
    async run({ backend, folder, output, operation }) {
      const { removed, bytes } = await useCase(backend, messages.collectGarbage, { folder }, operation);
      output.result({ removed, bytes });
      output.line(
        removed.length === 0 ? 'Nothing to free.' : `Freed ${formatBytes(bytes)}: ${removed.join(', ')}.`,
      );
    },
  },
  {
    name: 'spares',
    usage: 'spares',
    help: 'Bring the number of warm spares to what the configuration asks for.',
    hidden: true,
    async run({ backend, folder, operation }) {
      await keepSpares(await backend.environments(folder), operation);
    },
  },
];
