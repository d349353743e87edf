import { access, constants } from 'node:fs/promises';
import { readConfig } from '../config/load.ts';
import { openProject, type Project } from '../config/project.ts';
import { findBinaries } from '../database/binaries.ts';
import { connect } from '../database/connection.ts';
import { scratchDirectory } from '../environments/collect.ts';
import { outsideLinks } from '../files/links.ts';
import { removeWithMounts } from '../files/mounts.ts';
import { chooseDriver } from '../files/overlay.ts';
import { openRepository } from '../git/repository.ts';
import { storeProbe } from '../platform/storeVolume.ts';
import type { ResultOf } from '../protocol/message.ts';
import type { doctor as doctorMessage } from '../protocol/project.ts';
import { isolationProbe } from '../reroute/network.ts';
import type { Backend } from './backend.ts';
import { explain } from './explain.ts';

type Part = ResultOf<typeof doctorMessage>['parts'][number];

/**
 * Says for each part what would be used here, why, and how to get something better. Looks only; a part that cannot be
 * looked at is a finding, so that one fault does not hide the next.
 */
export async function doctor(backend: Backend, folder: string): Promise<Part[]> {
  const { host } = backend;
  const parts: Part[] = [];
  const look = async (part: string, probe: () => Promise<Omit<Part, 'part'>>) => {
    try {
      parts.push({ part, ...(await probe()) });
    } catch (error) {
      const { message, items } = explain(error, host.redact);
      parts.push({ part, ok: false, choice: message, ...(items.length > 0 && { advice: items.join('\n') }) });
    }
  };
  await look('node', async () => ({ ok: true, choice: process.version }));
  await look('git', async () => ({
    ok: true,
    choice: (await host.processes.run('git', ['--version'])).stdout.trim(),
  }));
  await look('repository', async () => ({ ok: true, choice: (await openRepository(host, folder)).root }));
  await look('store', () => storeProbe(host));
  await look('network', () => isolationProbe(host));
  let project: Project | undefined;
  await look('configuration', async () => {
    const { root } = await openRepository(host, folder);
    const state = await readConfig(root);
    project = await openProject(host, folder, backend.secrets.get(folder));
    return { ok: true, choice: state.file };
  });
  if (project !== undefined) await examineProject(project, look);
  return parts;
}

async function examineProject(
  { host, config, production, paths }: Project,
  look: (part: string, probe: () => Promise<Omit<Part, 'part'>>) => Promise<void>,
): Promise<void> {
  await look('production files', async () => {
    await access(production.root, constants.R_OK | constants.X_OK);
    return { ok: true, choice: production.root };
  });
  await look('overlay', async () => {
    const directory = await scratchDirectory(host, paths);
    try {
      const { driver, why, advice } = await chooseDriver(host, {
        productionRoot: production.root,
        directory,
      });
      return { ok: true, choice: `${driver.name}: ${why}`, ...(advice !== undefined && { advice }) };
    } finally {
      await removeWithMounts(host, directory);
    }
  });
  await look('links out of production', async () => {
    const links = await outsideLinks(host, production.root);
    return { ok: true, choice: links.length === 0 ? 'none' : links.join('\n') };
  });
  await look('production database', async () => {
    const connection = await connect(host, production.reader, { readOnly: true });
    try {
      const binaries = await findBinaries(
        host,
        connection.server.flavour,
        config.production.database.binaries,
      );
      return {
        ok: true,
        choice: `${connection.server.versionText}; clones run ${binaries.server} ${binaries.versionText}`,
      };
    } finally {
      await connection.close();
    }
  });
  await look('promoting account', async () => {
    const connection = await connect(host, production.promoter);
    await connection.close();
    return { ok: true, choice: production.promoter.user };
  });
}
