import type { Connection } from '../database/connection.ts';
import { errnoOf } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { Column, Schema } from '../schema/model.ts';
import type { Rename } from '../schema/renames.ts';
import { type Found, findCheckViolations, findDuplicates, findOrphans } from './dataChecksKeys.ts';
import { countRows, type FutureTable, oldColumn, type RowKey } from './dataChecksRows.ts';
import { type ValueProblem, valueConditions } from './dataChecksValues.ts';

export interface DataCheckInput {
  /** Production now, and as the plan leaves it. */
  from: Schema;
  target: Schema;
  renames?: readonly Rename[];
  /** True for columns that the scrub rules treat: a key with one of them is not shown. */
  isPersonal(table: string, column: string): boolean;
}

/** Rows of production that the plan's schema would refuse or cut. */
export interface DataProblem {
  table: string;
  problem: ValueProblem | Found['problem'];
  /** Column, key or check that the rows offend. */
  subject: string;
  count: number;
  /** Primary key of one of the rows; absent where there is none to show. Never another value. */
  example?: RowKey;
  /** `orders.total: 3 rows are NULL, for example id 17` */
  message: string;
}

/**
 * Looks for rows that stand in the plan's way, before anything is touched. Reads only, on whatever connection it is given; the
 * price is a scan of each table whose changes may meet such rows, and nothing for the others.
 *
 * @throws GreenroomError `cancelled`, `database-…`
 */
export async function checkData(
  connection: Connection,
  input: DataCheckInput,
  op: Operation,
): Promise<DataProblem[]> {
  const problems: DataProblem[] = [];
  const renamedTables = new Map(
    (input.renames ?? []).filter(rename => rename.kind === 'table').map(rename => [rename.to, rename.from]),
  );
  const oldName = (table: string) => renamedTables.get(table) ?? table;
  for (const after of Object.values(input.target.tables)) {
    const before = input.from.tables[oldName(after.name)];
    if (before === undefined) continue;
    if (op.signal.aborted) throw new GreenroomError('cancelled');
    op.progress({ step: `checking rows of ${after.name}` });
    const table: FutureTable = {
      before,
      after,
      oldNames: new Map(
        (input.renames ?? [])
          .filter(rename => rename.kind === 'column' && rename.table === after.name)
          .map(rename => [rename.to, rename.from]),
      ),
      isPersonal: column => input.isPersonal(before.name, column),
    };
    const found = [
      ...(await findDuplicates(connection, table)),
      ...(await findOrphans(connection, table, input.from, oldName)),
      ...(await findCheckViolations(connection, table)),
    ];
    problems.push(
      ...(await checkValues(connection, table)),
      ...found.map(item => keyProblem(after.name, item)),
    );
  }
  return problems;
}

async function checkValues(connection: Connection, table: FutureTable): Promise<DataProblem[]> {
  const problems: DataProblem[] = [];
  for (const column of table.after.columns) {
    const old = oldColumn(table, column.name);
    if (old === undefined || old.generated !== null) continue;
    for (const { problem, sql } of valueConditions(old, column)) {
      const { count, example } = await countOrAll(connection, table, sql);
      if (count > 0) problems.push(valueProblem(table.after.name, old, problem, count, example));
    }
  }
  return problems;
}

/** A condition that the server cannot even evaluate over the values (it fails on one) is told as a failure of at least one row. */
async function countOrAll(connection: Connection, table: FutureTable, condition: string) {
  try {
    return await countRows(connection, table, condition);
  } catch (error) {
    // 1292, 1411, 3854: a value cannot be converted.
    if (![1292, 1366, 1411, 3854].includes(errnoOf(error) ?? 0)) throw error;
    return { count: 1, example: undefined };
  }
}

const verbs: Record<DataProblem['problem'], string> = {
  null: 'NULL, where the column will refuse it',
  'too-long': 'too long for the new type',
  'out-of-range': 'out of the new type’s range',
  charset: 'with characters that the new character set does not have',
  'not-listed': 'with a value that is not in the new list',
  'not-convertible': 'with a value that the new type cannot hold',
  duplicate: 'with values that another row has, too',
  orphan: 'that refer to a row that does not exist',
  check: 'that the check refuses',
};

function valueProblem(
  table: string,
  column: Column,
  problem: ValueProblem,
  count: number,
  example: RowKey | undefined,
): DataProblem {
  return describe({ table, problem, subject: `${table}.${column.name}`, count, example });
}

function keyProblem(table: string, found: Found): DataProblem {
  return describe({
    table,
    problem: found.problem,
    subject: `${table}.${found.name}`,
    count: found.count,
    example: found.example,
  });
}

function describe(
  given: Omit<DataProblem, 'message' | 'example'> & { example: RowKey | undefined },
): DataProblem {
  const { example, ...problem } = given;
  const key = Object.entries(example ?? {}).map(([column, value]) => `${column} ${value}`);
  const where = key.length === 0 ? '' : `, for example ${key.join(', ')}`;
  const rows = given.count === 1 ? '1 row' : `${given.count} rows`;
  return {
    ...problem,
    ...(example !== undefined && { example }),
    message: `${given.subject}: ${rows} ${verbs[given.problem]}${where}`,
  };
}
