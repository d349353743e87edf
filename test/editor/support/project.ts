import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import { cleanDemo } from '../../demo/clean.ts';
import { greenroom } from '../../demo/cli.ts';
import { type Demo, openDemo } from '../../demo/demo.ts';
import { rootConnection } from '../../demo/production.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

interface Environment {
  id: string;
  site: string;
  database: { socket: string; user: string; password: string; name: string };
  inbox: { smtpPort: number; httpPort: number };
}

/** A small production of the tests' own with its repository and its store, as a person has them; nothing is a mock. */
export class Project {
  readonly demo: Demo;
  readonly directory: string;
  readonly #remove: () => Promise<void>;

  private constructor(demo: Demo, directory: string, remove: () => Promise<void>) {
    this.demo = demo;
    this.directory = directory;
    this.#remove = remove;
  }

  static async make(): Promise<Project> {
    const temporary = await temporaryDirectory();
    const root = path.join(temporary.path, 'demo');
    const remove = async () => {
      await cleanDemo(root);
      await temporary.remove();
    };
    try {
      const demo = await openDemo(root, () => undefined, { customers: 200, orders: 400 });
      return new Project(demo, temporary.path, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  get repository(): string {
    return this.demo.repository;
  }

  cli<T>(...args: string[]): Promise<T> {
    return greenroom({ cwd: this.repository, variables: this.demo.variables }, ...args) as Promise<T>;
  }

  /** The command line as somebody else: with this git configuration. */
  cliAs<T>(configuration: Readonly<Record<string, string>>, args: readonly string[]): Promise<T> {
    const entries = Object.entries(configuration);
    const variables: Record<string, string> = {
      ...this.demo.variables,
      GIT_CONFIG_COUNT: String(entries.length),
    };
    entries.forEach(([key, value], index) => {
      variables[`GIT_CONFIG_KEY_${index}`] = key;
      variables[`GIT_CONFIG_VALUE_${index}`] = value;
    });
    return greenroom({ cwd: this.repository, variables }, ...args) as Promise<T>;
  }

  /** Changes greenroom.jsonc of the branch that is checked out. */
  configure(change: (text: string) => string): Promise<void> {
    return this.save('greenroom.jsonc', change);
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', args, { cwd: this.repository });
    return stdout.trim();
  }

  /** Branches as a terminal does it, from the default branch, with a clean working copy. */
  async checkout(branch: string): Promise<void> {
    await this.git('reset', '--quiet', '--hard');
    await this.git('clean', '--quiet', '-d', '--force');
    await this.git('switch', '--quiet', '--force-create', branch, 'main');
  }

  async save(file: string, change: (before: string) => string): Promise<void> {
    const target = path.resolve(this.repository, file);
    await mkdir(path.dirname(target), { recursive: true });
    const before = await readFile(target, 'utf8').catch(() => '');
    await writeFile(target, change(before));
  }

  productionFile(file: string): Promise<string | undefined> {
    return readFile(path.join(this.demo.site, file), 'utf8').catch(() => undefined);
  }

  /** Names of a production table's columns; empty when there is no such table. */
  async productionColumns(table: string): Promise<string[]> {
    const connection = await rootConnection(this.demo.server, 'shop');
    try {
      const [rows] = await connection.query(
        'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position',
        ['shop', table],
      );
      return (rows as { name: string }[]).map(({ name }) => name);
    } finally {
      await connection.end();
    }
  }

  /** Changes an environment's record on disk, as time would. */
  async editRecord(branch: string, change: (record: object) => object): Promise<void> {
    for (const file of globSync('projects/*/env/*/environment.json', { cwd: this.demo.store })) {
      const target = path.join(this.demo.store, file);
      const record = JSON.parse(await readFile(target, 'utf8')) as { branch: string };
      if (record.branch === branch) return writeFile(target, JSON.stringify(change(record)));
    }
    throw new Error(`${branch} has no environment`);
  }

  async inProduction(...statements: string[]): Promise<void> {
    const connection = await rootConnection(this.demo.server, 'shop');
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  environment(): Promise<Environment> {
    return this.cli<Environment>('env', 'show');
  }

  /** Waits for the environment of the branch that is checked out, made by whoever makes it. */
  async environmentReady(): Promise<Environment> {
    return eventually(() => this.environment(), 'the branch has its environment');
  }

  async inClone(...statements: string[]): Promise<void> {
    const { database } = await this.environment();
    const connection = await mysql.createConnection({
      socketPath: database.socket,
      user: database.user,
      password: database.password,
      database: database.name,
    });
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  }

  close(): Promise<void> {
    return this.#remove();
  }
}
