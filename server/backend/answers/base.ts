import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { listGenerations } from '../../base/generations.ts';
import { addRules } from '../../config/addRules.ts';
import { configFileName } from '../../config/load.ts';
import type { Project } from '../../config/project.ts';
import { connect } from '../../database/connection.ts';
import type { EnvironmentContext } from '../../environments/context.ts';
import { learnFiles } from '../../environments/learn.ts';
import { listRecords } from '../../environments/records.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { messageOf } from '../../platform/errors.ts';
import type { Operation } from '../../platform/progress.ts';
import * as messages from '../../protocol/base.ts';
import { loadScrubKey } from '../../scrub/key.ts';
import { answer } from '../answer.ts';
import type { Backend } from '../backend.ts';
import { baseContext, promotionContext } from '../contexts.ts';
import { generationView } from '../view.ts';
import { refillSpares } from './environments.ts';

/** Production's files are looked through while its database is read, which takes longer. */
async function besideFiles<T>(
  context: EnvironmentContext,
  operation: Operation,
  read: () => Promise<T>,
): Promise<T> {
  const learning = learnFiles(context, operation);
  try {
    return await read();
  } finally {
    await learning;
  }
}

// What only these requests need is loaded by them: creating an environment must not wait for it.
export const baseAnswers = [
  answer(messages.buildBase, async (backend, { folder }, operation) => {
    const context = await backend.environments(folder);
    const { buildBase: build } = await import('../../base/build.ts');
    const about = { project: context.id, title: 'building the base' };
    const built = await backend.jobs.run(about, operation, job =>
      besideFiles(context, job, () => build(baseContext(context), job)),
    );
    await noticeDirectChanges(backend, context);
    refillSpares(backend, context);
    return built;
  }),
  answer(messages.refreshBase, async (backend, { folder }, operation) => {
    const context = await backend.environments(folder);
    const { refreshBase: refresh } = await import('../../base/refresh.ts');
    const about = { project: context.id, title: 'refreshing the base' };
    const refreshed = await backend.jobs.run(about, operation, job =>
      besideFiles(context, job, () => refresh(baseContext(context), job)),
    );
    await noticeDirectChanges(backend, context);
    refillSpares(backend, context);
    return refreshed;
  }),
  answer(messages.listBases, async (backend, { folder }) => {
    const context = await backend.environments(folder);
    const [generations, records] = await Promise.all([
      listGenerations(context.host, context.paths),
      listRecords(context.paths),
    ]);
    return { generations: generations.map(generation => generationView(records, generation)) };
  }),
  answer(messages.detectScrub, async (backend, { folder, write }, operation) => {
    const { host, config, production, directory } = await backend.project(folder);
    const { detect } = await import('../../scrub/detect.ts');
    const start = host.clock.elapsed();
    const connection = await connect(host, production.reader, { readOnly: true, signal: operation.signal });
    try {
      const found = await detect(host, connection, { scrub: config.scrub }, operation);
      const written = write
        ? await addToConfiguration(path.join(directory, configFileName), found.proposals)
        : undefined;
      const seconds = (host.clock.elapsed() - start) / 1000;
      return { ...found, seconds, ...(written !== undefined && { written }) };
    } finally {
      await connection.close();
    }
  }),
  answer(messages.previewScrub, async (backend, { folder, table, rows }, operation) => {
    const { previewRows } = await import('../../scrub/preview.ts');
    const project = await backend.project(folder);
    const connection = await connect(project.host, project.production.reader, {
      readOnly: true,
      signal: operation.signal,
    });
    try {
      const key = await loadScrubKey(project.host, project.id);
      return await previewRows(project.host, connection, {
        scrub: project.config.scrub,
        key,
        table,
        rows: rows ?? 10,
      });
    } finally {
      await connection.close();
    }
  }),
];

/** Adds the proposals to `greenroom.jsonc`, whatever else is written in it. Returns the file, if there was anything to add. */
async function addToConfiguration(
  file: string,
  proposals: readonly { use: string; rule: string; reason: string }[],
): Promise<string | undefined> {
  if (proposals.length === 0) return undefined;
  const [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  const lines = proposals.map(({ use, rule, reason }) => (use === 'keep' ? { rule } : { rule, reason }));
  await writeFileAtomic(file, addRules(text, lines), mode & 0o777);
  return file;
}

/** What production did without a promotion since the last look goes into the ledger; a failure must not undo the base. */
async function noticeDirectChanges(backend: Backend, project: Project): Promise<void> {
  try {
    const { directChanges } = await import('../../promotion/directChanges.ts');
    await directChanges(await promotionContext(backend, project));
  } catch (error) {
    backend.host.log.warn('direct changes were not looked for', { problem: messageOf(error) });
  }
}
