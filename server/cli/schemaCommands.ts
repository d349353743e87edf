import { parseDatabaseUrl } from '../database/address.ts';
import { connect } from '../database/connection.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Host } from '../platform/host.ts';
import { diffSchemas } from '../schema/diff.ts';
import { introspect } from '../schema/introspect.ts';
import type { Schema } from '../schema/model.ts';
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
      const { changes } = diffSchemas(from, to);
      output.result({
        statements: changes.map(({ sql, destructive }) => ({ sql, destructive })),
        // Undone in the opposite order.
        undo: changes.map(({ undoSql }) => ({ sql: undoSql })).reverse(),
      });
      if (changes.length === 0) output.line('The schemas are the same.');
      for (const { sql, destructive } of changes)
        output.line(`${destructive ? '-- destructive\n' : ''}${sql};`);
    },
  },
];

/** An URL's own password is taken too: this command reads any two databases, not a project's. */
async function readSchema(host: Host, url: string, password: string | undefined): Promise<Schema> {
  const address = parseDatabaseUrl(url, password);
  if (address.database === undefined)
    throw new GreenroomError('usage', {
      subject: 'schema diff',
      detail: 'each URL must end with a database',
    });
  const connection = await connect(host, address, { readOnly: true });
  try {
    return await introspect(connection, address.database);
  } finally {
    await connection.close();
  }
}
