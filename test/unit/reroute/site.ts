import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { EnvironmentFacts } from '../../../server/reroute/facts.ts';
import { type ForkReport, forkConfiguration } from '../../../server/reroute/fork.ts';
import { temporaryDirectory, testHost } from '../../support/temporary.ts';

/** Credentials of the shapes that scanners look for; put together here, so that this file holds none. */
export const planted = {
  stripe: `sk_${'live'}_51HabcdefGHIJKLmnopQRSTuv`,
  awsId: `AK${'IA'}IOSFODNN7EXAMPLQ`,
  awsSecret: `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCY'}zEXAMPLEKE`,
  smtp: 'Sm7p-Pr0duction!',
  database: 'Pr0d-S3cret!pw',
};

export const facts: EnvironmentFacts = {
  id: 'env-1',
  branch: 'feature/tea',
  database: {
    host: '127.0.0.1',
    port: 21234,
    socketPath: '/tmp/gr/s',
    user: 'greenroom',
    password: 'cl0nePassw0rd',
    database: 'shop',
  },
  productionDatabase: { host: 'db.internal', port: 3306, user: 'reader', database: 'shop' },
  smtp: { host: '127.0.0.1', port: 22525 },
  http: { url: 'http://127.0.0.1:28025' },
  siteUrl: 'http://127.0.0.1:29000',
};

export interface TestSite {
  root: string;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  fork(options?: {
    sandbox?: Record<string, string>;
    keep?: string[];
    files?: string[];
    facts?: EnvironmentFacts;
  }): Promise<ForkReport>;
  remove(): Promise<void>;
}

/** A site of this test's own that is production and environment in one. */
export async function testSite(files: Record<string, string> = {}): Promise<TestSite> {
  const directory = await temporaryDirectory();
  const root = path.join(directory.path, 'site');
  await mkdir(root);
  const site: TestSite = {
    root,
    async write(file, text) {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), text);
    },
    read: file => readFile(path.join(root, file), 'utf8'),
    fork: (options = {}) =>
      forkConfiguration(testHost(directory.path), {
        site: root,
        productionRoot: root,
        files: [],
        facts,
        sandbox: {},
        keep: [],
        ...options,
      }),
    remove: directory.remove,
  };
  for (const [file, text] of Object.entries(files)) await site.write(file, text);
  return site;
}

/** Forks one file and answers what became of it. */
export async function forked(
  file: string,
  text: string,
  options: Parameters<TestSite['fork']>[0] = {},
): Promise<string> {
  const site = await testSite({ [file]: text });
  try {
    await site.fork({ files: [file], ...options });
    return await site.read(file);
  } finally {
    await site.remove();
  }
}
