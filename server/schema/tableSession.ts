import type { Session, Table } from './model.ts';

/** Strict, so that nothing is cut silently; but zero dates, which old schemas have as defaults, are let through. */
const zeroDatesMode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';

/** What statements about these tables need of their session; empty for most. */
export function tableSession(tables: readonly Table[]): Session {
  const session: Session = {};
  if (tables.some(table => table.columns.some(column => /^'0{4}-00-00/.test(column.default ?? ''))))
    session.sqlMode = zeroDatesMode;
  if (tables.some(table => table.options.some(option => option.name === 'SYSTEM VERSIONING')))
    session.alterHistory = 'KEEP';
  return session;
}
