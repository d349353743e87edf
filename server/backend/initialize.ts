import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { draftConfiguration } from '../config/draft.ts';
import { configFileName } from '../config/load.ts';
import { connect } from '../database/connection.ts';
import { openRepository } from '../git/repository.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { errorCode, GreenroomError, messageOf } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { ResultOf } from '../protocol/message.ts';
import type { initialize as initializeMessage } from '../protocol/project.ts';
import { findConfiguration } from '../reroute/findConfig.ts';
import { formatOf } from '../reroute/formats/formatOf.ts';
import { type FoundDatabase, readDatabaseSettings } from '../reroute/readDatabase.ts';
import { detect } from '../scrub/detect.ts';
import type { Backend } from './backend.ts';

/** Files that tell a framework, the scrub preset for its tables, and how its development server is started. */
const frameworks: readonly {
  name: string;
  file: string;
  contains?: string;
  preset?: string;
  serve?: string;
}[] = [
  { name: 'WooCommerce', file: 'wp-content/plugins/woocommerce/woocommerce.php', preset: 'woocommerce' },
  {
    name: 'WordPress',
    file: 'wp-includes/version.php',
    preset: 'wordpress',
    serve: 'php -S 127.0.0.1:$PORT -t .',
  },
  {
    name: 'Drupal',
    file: 'composer.json',
    contains: '"drupal/core',
    preset: 'drupal',
    serve: 'php -S 127.0.0.1:$PORT -t web',
  },
  { name: 'Magento', file: 'app/etc/env.php', preset: 'magento' },
  {
    name: 'MediaWiki',
    file: 'includes/WebStart.php',
    preset: 'mediawiki',
    serve: 'php -S 127.0.0.1:$PORT -t .',
  },
  { name: 'Laravel', file: 'artisan', preset: 'laravel', serve: 'php artisan serve --port=$PORT' },
  {
    name: 'Django',
    file: 'manage.py',
    preset: 'django',
    serve: 'python3 manage.py runserver 127.0.0.1:$PORT',
  },
  { name: 'Rails', file: 'bin/rails', serve: 'bin/rails server --binding 127.0.0.1 --port $PORT' },
  { name: 'Node', file: 'package.json', contains: '"start"', serve: 'npm start' },
];

/**
 * Writes a first `greenroom.jsonc` from what the repository tells: frameworks, files with settings, the database in
 * them and, if that answers, proposals for every column. Nothing of a password is written. Refuses to replace a file.
 */
export async function initialize(
  backend: Backend,
  folder: string,
  operation: Operation,
): Promise<ResultOf<typeof initializeMessage>> {
  const { host } = backend;
  const { root } = await openRepository(host, folder);
  const file = path.join(root, configFileName);
  if (await exists(file))
    throw new GreenroomError('usage', { subject: 'init', detail: `${file} is there already` });
  const found: string[] = [];
  const questions: string[] = [];
  const matching = [];
  for (const framework of frameworks) if (await matches(root, framework)) matching.push(framework);
  found.push(...matching.map(({ name }) => name));
  const configurationFiles = await findConfiguration(root);
  found.push(...configurationFiles.map(name => `settings in ${name}`));
  const database = await readDatabaseSettings(root, configurationFiles);
  const presets = matching.flatMap(({ preset }) => (preset === undefined ? [] : [preset]));
  if (database) found.push(`database ${database.name} at ${database.host}:${database.port}`);
  else questions.push('Which database is production’s? Correct "production.database.url".');
  questions.push('Where are production’s files? Check "production.files.root".');
  const rules = database ? await propose(backend, database, presets, questions, operation) : [];
  if (rules.length > 0) found.push(`${rules.length} columns that want a decision`);
  const passwordVariable = `${
    path
      .basename(root)
      .replace(/[^A-Za-z0-9]+/g, '_')
      .toUpperCase() || 'SITE'
  }_DB_PASSWORD`;
  questions.push(`Set ${passwordVariable} to the reading account’s password.`);
  const text = draftConfiguration({
    siteRoot: undefined,
    database: database ?? { host: '127.0.0.1', port: 3306, name: 'database', user: 'reader' },
    presets,
    rules,
    // Programs may be the branch's own work: they are looked at in every environment, and forked where they need it.
    configurationFiles: configurationFiles.filter(name => !formatOf(name)?.isProgram),
    serve: matching.find(({ serve }) => serve !== undefined)?.serve,
    passwordVariable,
  });
  await writeFileAtomic(file, text, 0o644);
  return { file, found, questions };
}

/** Asks the database of the found settings, if it answers here; its password stays in this process's memory. */
async function propose(
  backend: Backend,
  database: FoundDatabase,
  presets: string[],
  questions: string[],
  operation: Operation,
): Promise<{ rule: string; reason: string }[]> {
  const { host, port, user, password, name } = database;
  backend.host.redact.add(password);
  try {
    const address = { host, port, user, database: name, ...(password !== undefined && { password }) };
    const connection = await connect(backend.host, address, { readOnly: true, timeoutMs: 3_000 });
    try {
      const look = (names: readonly string[]) =>
        detect(backend.host, connection, { scrub: { rules: {}, presets: [...names] } }, operation);
      const first = await look(presets);
      if (first.presets.length === 0) return first.proposals;
      // The tables tell of an application that the files did not.
      presets.push(...first.presets);
      return (await look(presets)).proposals;
    } finally {
      await connection.close();
    }
  } catch (error) {
    backend.host.log.info('no proposals', { problem: messageOf(error) });
    questions.push(
      'The database did not answer from here: run "greenroom scrub detect" where it does, for proposals.',
    );
    return [];
  }
}

async function matches(root: string, { file, contains }: (typeof frameworks)[number]): Promise<boolean> {
  try {
    return contains === undefined
      ? await exists(path.join(root, file))
      : (await readFile(path.join(root, file), 'utf8')).includes(contains);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false;
    throw error;
  }
}
