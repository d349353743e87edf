import { parseDatabaseUrl } from '../database/address.ts';
import { connect } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { sessionStatements } from '../schema/applySession.ts';
import { diffSchemas } from '../schema/diff.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema, Session } from '../schema/model.ts';
import { type Command, text } from './command.ts';

export const schemaCommands: readonly Command[] = [
  {
    name: 'schema diff',
    usage: 'schema diff --from URL --to URL',
    help: 'DDL that turns FROM into TO, and back. Passwords: GREENROOM_FROM_PASSWORD, GREENROOM_TO_PASSWORD.',
    options: { from: { type: 'string' }, to: { type: 'string' } },
    async run({ backend: { host }, options, output }) {
      const read = (name: 'from' | 'to') => {
        const url = text(options, name);
        if (url === undefined)
          throw new GreenroomError('usage', { subject: 'schema diff', detail: `it needs --${name}` });
        return readSchema(host, url, host.environment[`GREENROOM_${name.toUpperCase()}_PASSWORD`]);
      };
      const [from, to] = await Promise.all([read('from'), read('to')]);
      const { changes, undo } = diffSchemas(from.schema, to.schema, { exact: true });
      const statements = changes.flatMap(({ sql, destructive, session }) =>
        inSession(session, from.session, sql).map(one => ({
          sql: one,
          destructive: one === sql && destructive,
        })),
      );
      output.result({
        statements,
        undo: undo.flatMap(({ sql, session }) =>
          inSession(session, from.session, sql).map(one => ({ sql: one })),
        ),
      });
      if (statements.length === 0) output.line('The schemas are the same.');
      for (const { sql, destructive } of statements)
        output.line(`${destructive ? '-- destructive\n' : ''}${sql};`);
    },
  },
];

/** A stored object is made in the session it remembers: said around the statement where FROM's sessions are not like that. */
function inSession(wanted: Session, usual: Session, sql: string): string[] {
  const different = Object.entries(wanted).filter(([name, value]) => usual[name as keyof Session] !== value);
  const { before, after } = sessionStatements(Object.fromEntries(different));
  return [...before, sql, ...after];
}

/** An URL's own password is taken too: this command reads any two databases, not a project's. */
async function readSchema(
  host: Host,
  url: string,
  password: string | undefined,
): Promise<{ schema: Schema; session: Session }> {
  const address = parseDatabaseUrl(url, password);
  if (address.database === undefined)
    throw new GreenroomError('usage', {
      subject: 'schema diff',
      detail: 'each URL must end with a database',
    });
  const connection = await connect(host, address, { readOnly: true });
  try {
    const [usual] = await connection.rows(
      'SELECT @@GLOBAL.sql_mode, @@GLOBAL.time_zone, @@GLOBAL.collation_connection',
    );
    const [sqlMode, timeZone, collationConnection] = (usual ?? []).map(String);
    return {
      schema: await introspect(connection, address.database),
      session: {
        ...(sqlMode !== undefined && { sqlMode }),
        ...(timeZone !== undefined && { timeZone }),
        ...(collationConnection !== undefined && { collationConnection }),
      },
    };
  } finally {
    await connection.close();
  }
}
