import path from 'node:path';
import type { DatabaseAddress } from '../../database/address.ts';
import { connect } from '../../database/connection.ts';
import { collectGarbage } from '../../environments/collect.ts';
import type { EnvironmentContext } from '../../environments/context.ts';
import { createEnvironment as create } from '../../environments/create.ts';
import { expireEnvironment } from '../../environments/destroy.ts';
import { expiresAt } from '../../environments/expiry.ts';
import { openEnvironment } from '../../environments/open.ts';
import type { EnvironmentRecord } from '../../environments/record.ts';
import { listRecords } from '../../environments/records.ts';
import * as rest from '../../environments/rest.ts';
import * as restore from '../../environments/restore.ts';
import { keepSpares } from '../../environments/spares.ts';
import { syncNow } from '../../environments/sync.ts';
import { environmentVariables } from '../../environments/variables.ts';
import { Stopwatch } from '../../platform/clock.ts';
import { unattended } from '../../platform/progress.ts';
import * as messages from '../../protocol/environment.ts';
import { queryClone } from '../../protocol/project.ts';
import { cancelJob, serveSite } from '../../protocol/review.ts';
import { answer } from '../answer.ts';
import type { Backend } from '../backend.ts';
import { environmentView } from '../view.ts';

export const environmentAnswers = [
  answer(messages.createEnvironment, async (backend, { folder, branch: named }, operation) => {
    const context = await backend.environments(folder);
    const branch = named ?? (await backend.currentBranch(context));
    const about = { project: context.id, title: `creating ${branch}`, branch };
    const made = await backend.jobs.run(about, operation, job => create(context, branch, job));
    refillSpares(backend, context);
    return {
      id: made.record.id,
      branch,
      site: made.overlay.site,
      database: databaseAccess(made.record, made.clone),
      expiresAt: new Date(expiresAt(made.record, context.config)).toISOString(),
      created: made.created,
      warnings: made.record.warnings,
      timings: made.timings,
    };
  }),
  answer(messages.listEnvironments, async (backend, { folder }) => {
    const context = await backend.environments(folder);
    const records = await listRecords(context.paths);
    return {
      environments: await Promise.all(
        records.map(record => environmentView(context, record, { size: true })),
      ),
    };
  }),
  answer(messages.showEnvironment, async (backend, params) => {
    const context = await backend.environments(params.folder);
    const record = await backend.record(context, params);
    const { clone, overlay } = await openEnvironment(context, record);
    return {
      ...(await environmentView(context, record, { size: true })),
      database: databaseAccess(record, clone),
      variables: environmentVariables(context, record, clone, overlay.site),
    };
  }),
  answer(messages.sleepEnvironment, (backend, params, operation) =>
    withRecord(backend, params, async (context, record) => {
      await rest.sleepEnvironment(context, record, operation);
      return environmentView(context, record);
    }),
  ),
  answer(messages.wakeEnvironment, (backend, params, operation) =>
    withRecord(backend, params, async (context, known) => {
      const { record, timings } = await rest.wakeEnvironment(context, known, operation);
      return { ...(await environmentView(context, record)), timings };
    }),
  ),
  answer(messages.destroyEnvironment, (backend, params, operation) =>
    withRecord(backend, params, async (context, { id, branch }) => {
      const options = {
        why: 'by-hand',
        now: params.now ?? false,
        evenIfChanged: params.evenIfChanged ?? false,
      } as const;
      const record = await expireEnvironment(context, id, options, operation);
      const restorableUntil = record.life.state === 'expired' ? record.life.restorableUntil : undefined;
      return { id, branch, ...(restorableUntil !== undefined && { restorableUntil }) };
    }),
  ),
  answer(messages.restoreEnvironment, (backend, params, operation) =>
    withRecord(backend, params, async (context, { id }) =>
      environmentView(context, await restore.restoreEnvironment(context, id, operation)),
    ),
  ),
  answer(messages.postponeEnvironment, (backend, params) =>
    withRecord(backend, params, async (context, record) => {
      const postponed = await restore.postponeEnvironment(context, record, expiresAt(record, context.config));
      return environmentView(context, postponed);
    }),
  ),
  answer(messages.collectGarbage, async (backend, { folder }) =>
    collectGarbage(await backend.environments(folder)),
  ),
  answer(messages.syncEnvironment, (backend, params, operation) =>
    withRecord(backend, params, async (context, record) => {
      const watch = new Stopwatch(context.host.clock);
      const { written, deleted } = await syncNow(context, record, operation);
      return { written: written.length, deleted: deleted.length, timings: watch.timings() };
    }),
  ),
  answer(serveSite, (backend, params) =>
    withRecord(backend, params, async (context, record) => {
      const { serveCommand } = await import('../../environments/serve.ts');
      return serveCommand(context, record);
    }),
  ),
  answer(cancelJob, async (backend, { id }) => {
    backend.jobs.cancel(id);
    return {};
  }),
  answer(queryClone, (backend, params) =>
    withRecord(backend, params, async (context, record) => {
      const { clone } = await openEnvironment(context, record, { wake: true });
      const connection = await connect(context.host, clone, { readOnly: true });
      try {
        const rows = await connection.query(params.sql);
        const columns = Object.keys(rows[0] ?? {});
        const text = (value: unknown) =>
          value === null || value === undefined
            ? null
            : Buffer.isBuffer(value)
              ? value.toString('hex')
              : String(value);
        return {
          columns,
          rows: rows.slice(0, params.limit ?? 100).map(row => columns.map(column => text(row[column]))),
        };
      } finally {
        await connection.close();
      }
    }),
  ),
];

/**
 * The next checkout's clone is warmed after this one is handed over, off the hot path: behind the answer in a language
 * server, in a process of its own for a command line, which ends. Its failure is told in the log.
 */
export function refillSpares(backend: Backend, context: EnvironmentContext): void {
  const { host } = backend;
  const failed = (problem: unknown) => host.log.warn('no spare was made', { problem });
  if (backend.warmsSpares) keepSpares(context, unattended).catch(failed);
  else if (context.config.environment.spares > 0)
    host.processes
      .detach(process.execPath, ['--disable-warning=ExperimentalWarning', backend.entries.cli, 'spares'], {
        cwd: context.directory,
        log: path.join(host.paths.logs, 'spares.log'),
      })
      .catch(failed);
}

async function withRecord<T>(
  backend: Backend,
  params: { folder: string; branch?: string | undefined; id?: string | undefined },
  action: (context: EnvironmentContext, record: EnvironmentRecord) => Promise<T>,
): Promise<T> {
  const context = await backend.environments(params.folder);
  const record = await backend.record(context, params);
  try {
    return await action(context, record);
  } finally {
    backend.events.emit('changed', context.id);
  }
}

function databaseAccess(record: EnvironmentRecord, clone: DatabaseAddress) {
  return {
    host: '127.0.0.1',
    port: record.port,
    socket: clone.socketPath ?? '',
    user: clone.user,
    password: clone.password ?? '',
    name: record.database,
  };
}
