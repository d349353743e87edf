import assert from 'node:assert/strict';
import { isContinued, withCascades } from '../../../server/base/changes.ts';
import { copyJob } from '../../../server/base/copyJob.ts';
import { type Generation, isRefreshDue } from '../../../server/base/generations.ts';
import { Meter } from '../../../server/base/meter.ts';
import { Throttle } from '../../../server/base/throttle.ts';
import type { ProgressReport } from '../../../server/platform/progress.ts';
import type { Schema } from '../../../server/schema/model.ts';
import type { ColumnPlan } from '../../../server/scrub/plan.ts';

describe('a refresh’s decisions', () => {
  it('see that a log was started anew', () => {
    assert.ok(isContinued('0-1-20', '0-1-25'));
    assert.ok(isContinued('0-1-20,1-1-3', '1-2-3,0-1-20'));
    assert.ok(!isContinued('0-1-20', '0-1-19'));
    assert.ok(!isContinued('0-1-20,1-1-3', '0-1-30'));
    const server = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
    assert.ok(isContinued(`${server}:1-20`, `${server}:1-21:23-25`));
    assert.ok(!isContinued(`${server}:1-20`, `${server}:1-5`));
  });

  it('follow foreign keys that cascade, and only those', () => {
    const table = (name: string, refTable: string, onDelete: string) => ({
      name,
      foreignKeys: [{ refTable, onDelete, onUpdate: 'RESTRICT' }],
    });
    const tables = {
      a: { name: 'a', foreignKeys: [] },
      b: table('b', 'a', 'CASCADE'),
      c: table('c', 'b', 'SET NULL'),
      d: table('d', 'a', 'RESTRICT'),
    };
    const schema = { tables } as unknown as Schema;
    assert.deepEqual([...withCascades(new Set(['a']), schema)].sort(), ['a', 'b', 'c']);
  });
});

describe('the shape of a copy', () => {
  const column = (name: string, overrides: Partial<ColumnPlan>): ColumnPlan => ({
    name,
    dataType: 'varchar',
    columnType: 'varchar(20)',
    charset: 'utf8mb4',
    collation: null,
    maxLength: 20,
    nullable: true,
    unique: false,
    use: 'keep',
    options: {},
    version: 1,
    source: 'rule',
    ...overrides,
  });

  it('reads scrubbed columns first, as text, and kept ones as stored', () => {
    const plan = {
      table: 't`1',
      wide: [],
      columns: [
        column('id', { dataType: 'int', charset: null }),
        column('old', { charset: 'latin1', use: 'email' }),
        column('ratio', { dataType: 'float', charset: null }),
      ],
    };
    const job = copyJob(
      { flavour: 'mariadb' },
      'p',
      'q',
      plan,
      { primaryKey: ['id'] },
      { where: '`id` < 5' },
    );
    assert.equal(
      job.select,
      'SELECT CONVERT(`old` USING utf8mb4), `id`, CAST(`ratio` AS DOUBLE) FROM `p`.`t``1` FORCE INDEX (PRIMARY) WHERE `id` < 5 ORDER BY `id`',
    );
    assert.match(
      job.load,
      /INTO TABLE `q`\.`t``1` .* \(@v0, `id`, `ratio`\) SET `old` = CONVERT\(@v0 USING utf8mb4\)$/,
    );
    assert.deepEqual([job.held, job.written, job.heldAt], [1, 1, [1]]);
  });
});

describe('the throttle and the meter', () => {
  it('make a reader wait as long as its bytes take at the rate, and save nothing up', () => {
    let now = 0;
    const clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() };
    const throttle = new Throttle(clock, 1000);
    assert.equal(throttle.wait(500), 500);
    assert.equal(throttle.wait(500), 1000);
    now = 10_000;
    assert.equal(throttle.wait(100), 100);
  });

  it('never run ahead of the whole or back, whatever the sizes were said to be', () => {
    let now = 0;
    const clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() };
    const reports: ProgressReport[] = [];
    const meter = new Meter(
      clock,
      report => reports.push(report),
      new Map([
        ['a', 100],
        ['b', 50],
      ]),
    );
    for (const [table, bytes] of [
      ['a', 60],
      ['a', 90],
      ['b', 10],
    ] as const) {
      now += 200;
      meter.read(table, bytes);
    }
    meter.finished('a');
    now += 200;
    meter.finished('b');
    const last = reports.at(-1);
    assert.deepEqual([last?.done, last?.total], [200, 200]);
    reports.reduce((before, { done = 0, total = 0 }) => {
      assert.ok(done >= before && done <= total);
      return done;
    }, 0);
  });
});

describe('a refresh in the background', () => {
  const made = (createdAt: string) => ({ manifest: { createdAt } }) as Pick<Generation, 'manifest'>;
  const now = Date.parse('2026-03-01T12:00:00Z');
  const day = 86_400_000;

  it('is due when the newest generation is old enough', () => {
    assert.equal(isRefreshDue(made('2026-02-28T13:00:00Z'), day, now), false);
    assert.equal(isRefreshDue(made('2026-02-28T12:00:00Z'), day, now), true);
  });

  it('is due when a clock that was wrong has dated it into the future', () => {
    assert.equal(isRefreshDue(made('2031-01-01T00:00:00Z'), day, now), true);
  });
});
