import type { Flavour } from '../serverInfo.ts';
import type { Dialect } from './dialect.ts';
import { mariadbDialect } from './mariadb.ts';
import { mysqlDialect } from './mysql.ts';

/** The one place that knows all dialects. */
export const dialects: Readonly<Record<Flavour, Dialect>> = { mariadb: mariadbDialect, mysql: mysqlDialect };
