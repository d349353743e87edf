import { performance } from 'node:perf_hooks';
import { connect } from '../../server/database/connection.ts';
import { quoteName } from '../../server/database/quote.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { diffSchemas } from '../../server/schema/diff.ts';
import { introspect } from '../../server/schema/introspect.ts';
import { startMariadb } from '../support/mariadb.ts';
import { testHost } from '../support/temporary.ts';
import { type BenchRow, median } from './row.ts';

export const name = 'schema';

const tables = 500;
const rounds = 5;

/** Two schemas of 500 tables that differ in every tenth: read and compared, beside `mariadb-dump --no-data` of both. */
export async function run(): Promise<BenchRow[]> {
  const server = await startMariadb(['--table-open-cache=4000', '--table-definition-cache=4000']);
  const host = testHost('/nowhere');
  const address = { socketPath: server.socketPath, user: server.user };
  try {
    for (const database of ['a', 'b']) await fill(server.socketPath, database);
    const [a, b] = [
      await connect(host, { ...address, database: 'a' }),
      await connect(host, { ...address, database: 'b' }),
    ];
    try {
      const whole: number[] = [];
      const compare: number[] = [];
      const dump: number[] = [];
      let changes = 0;
      for (let round = 0; round < rounds; round++) {
        let start = performance.now();
        const [from, to] = await Promise.all([introspect(a, 'a'), introspect(b, 'b')]);
        const read = performance.now();
        changes = diffSchemas(from, to).changes.length;
        compare.push(performance.now() - read);
        whole.push(performance.now() - start);
        start = performance.now();
        for (const database of ['a', 'b'])
          await systemProcesses.run('mariadb-dump', [
            `--socket=${server.socketPath}`,
            '--user=root',
            '--no-data',
            '--routines',
            '--events',
            database,
          ]);
        dump.push(performance.now() - start);
      }
      if (changes !== tables / 10) throw new Error(`${changes} changes found`);
      return [
        {
          what: `schema diff, two schemas of ${tables} tables, read and compared`,
          ours: median(whole),
          unit: 'ms',
          peer: { name: 'mariadb-dump --no-data of both, not compared', value: median(dump) },
          target: '≤ 1000 ms',
        },
        {
          what: `schema diff, two schemas of ${tables} tables, compared only`,
          ours: median(compare),
          unit: 'ms',
        },
      ];
    } finally {
      await a.close();
      await b.close();
    }
  } finally {
    await server.stop();
  }
}

async function fill(socketPath: string, database: string): Promise<void> {
  const host = testHost('/nowhere');
  const connection = await connect(host, { socketPath, user: 'root' });
  try {
    await connection.execute(`CREATE DATABASE ${quoteName(database)}`);
    await connection.execute(`USE ${quoteName(database)}`);
    for (let n = 0; n < tables; n++) {
      const extra = database === 'b' && n % 10 === 0 ? ', added int, KEY added (added)' : '';
      const columns = Array.from({ length: 12 }, (_, c) => `c${c} varchar(${50 + c}) NOT NULL DEFAULT 'x'`);
      await connection.execute(
        `CREATE TABLE t${n} (id int AUTO_INCREMENT PRIMARY KEY, ${columns.join(', ')}, at datetime,
           UNIQUE KEY u (c0), KEY k (c1(10), c2)${extra})`,
      );
    }
  } finally {
    await connection.close();
  }
}
