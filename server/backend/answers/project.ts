import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readConfig, requireValid } from '../../config/load.ts';
import { referencedSecrets } from '../../config/references.ts';
import { openEnvironment } from '../../environments/open.ts';
import { repositoryToSite, siteToRepository } from '../../files/mapping.ts';
import { openRepository } from '../../git/repository.ts';
import { errorCode, fromFileSystem } from '../../platform/errors.ts';
import { resolveInside } from '../../platform/paths.ts';
import { initStore } from '../../platform/storeVolume.ts';
import * as messages from '../../protocol/project.ts';
import { listSecrets, locate, readSide } from '../../protocol/review.ts';
import { answer } from '../answer.ts';
import { doctor as examine } from '../doctor.ts';

export const projectAnswers = [
  answer(messages.doctor, async (backend, { folder }) => ({ parts: await examine(backend, folder) })),
  answer(messages.initialize, async (backend, { folder }, operation) => {
    const { initialize: writeConfiguration } = await import('../initialize.ts');
    return writeConfiguration(backend, folder, operation);
  }),
  answer(messages.initializeStore, (backend, { size }, operation) =>
    initStore(backend.host, { ...(size !== undefined && { size }) }, operation),
  ),
  answer(listSecrets, async (backend, { folder }) => {
    // Not by opening the project: that needs the very secrets this is about.
    const { root } = await openRepository(backend.host, folder);
    const config = requireValid(await readConfig(root));
    const { environment, redact } = backend.host;
    return {
      secrets: referencedSecrets(config, { environment, secrets: backend.secrets.get(folder) ?? {}, redact }),
    };
  }),
  answer(locate, async (backend, { folder, files, paths }) => {
    const { config, directory } = await backend.project(folder);
    return {
      paths: files.map(file => repositoryToSite(config.sync, path.relative(directory, file)) ?? null),
      files: paths.map(site => {
        const inRepository = siteToRepository(config.sync, site);
        return inRepository === undefined ? null : path.join(directory, inRepository);
      }),
    };
  }),
  answer(readSide, async (backend, params) => {
    const context = await backend.environments(params.folder);
    let root = context.production.root;
    if (params.side === 'environment')
      root = (await openEnvironment(context, await backend.record(context, params))).overlay.site;
    const file = await resolveInside(root, params.path);
    try {
      const [content, { mtimeMs }] = await Promise.all([readFile(file), stat(file)]);
      return { state: 'file' as const, base64: content.toString('base64'), modifiedAt: mtimeMs };
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR')
        return { state: 'missing' as const };
      throw fromFileSystem(error, params.path);
    }
  }),
];
