import type { Schema } from '../../../server/schema/model.ts';
import { parseTable } from '../../../server/schema/parseTable.ts';

const defaults = new Map([
  ['utf8mb4', 'utf8mb4_general_ci'],
  ['utf8mb3', 'utf8mb3_general_ci'],
  ['latin1', 'latin1_swedish_ci'],
]);

const empty: Schema = {
  flavour: 'mariadb',
  version: [10, 11, 6],
  sqlMode: '',
  charset: 'utf8mb4',
  collation: 'utf8mb4_general_ci',
  tables: {},
  views: {},
  triggers: {},
  routines: {},
  events: {},
  sequences: {},
  unseen: [],
};

/** A schema of tables as SHOW CREATE TABLE prints them; the options default to InnoDB and utf8mb4. */
export function schemaOf(tables: Record<string, string>, rest: Partial<Schema> = {}): Schema {
  return {
    ...empty,
    tables: Object.fromEntries(
      Object.entries(tables).map(([name, body]) => [
        name,
        parseTable(
          body.startsWith('CREATE')
            ? body
            : `CREATE TABLE \`${name}\` (${body}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci`,
          defaults,
        ),
      ]),
    ),
    ...rest,
  };
}
