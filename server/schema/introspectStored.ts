import type { Connection, Row } from '../database/connection.ts';
import { quoteName } from '../database/quote.ts';
import { textOf } from './introspect.ts';
import { type Routine, reservedPrefix, type Schema, type Session } from './model.ts';
import { splitDefiner, triggerBody } from './parseStored.ts';
import { withoutDatabase } from './reader.ts';
import { firstRows } from './showCreate.ts';

/** Reads views, triggers, routines and events into `schema`. */
export async function readStored(
  connection: Connection,
  database: string,
  schema: Schema,
  views: readonly string[],
  own: readonly string[],
): Promise<void> {
  const viewRows = await firstRows(
    connection,
    views.map(name => `SHOW CREATE VIEW ${quoteName(name)}`),
  );
  for (const [index, row] of viewRows.entries()) {
    const name = views[index] ?? '';
    const text = splitDefiner(withoutDatabase(textOf(row, 'Create View'), database), own);
    schema.views[name] = { name, ...text, session: sessionOf(row) };
  }
  await readTriggers(connection, database, schema, own);
  await readRoutines(connection, database, schema, own);
  await readEvents(connection, database, schema, own);
}

async function readTriggers(
  connection: Connection,
  database: string,
  schema: Schema,
  own: readonly string[],
) {
  const found = await connection.query(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS onTable, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event,
       ACTION_ORDER AS place FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?`,
    [database],
  );
  const triggers = found.filter(
    row =>
      !String(row['name']).startsWith(reservedPrefix) && !String(row['onTable']).startsWith(reservedPrefix),
  );
  const rows = await firstRows(
    connection,
    triggers.map(row => `SHOW CREATE TRIGGER ${quoteName(String(row['name']))}`),
  );
  for (const [index, row] of rows.entries()) {
    const facts = triggers[index] ?? {};
    const name = String(facts['name']);
    const table = String(facts['onTable']);
    const timing = String(facts['timing']);
    const event = String(facts['event']);
    const text = splitDefiner(textOf(row, 'SQL Original Statement'), own);
    const head = `TRIGGER ${quoteName(name)} ${timing} ${event} ON ${quoteName(table)} FOR EACH ROW`;
    schema.triggers[name] = {
      name,
      before: '',
      definer: text.definer,
      after: `${head} ${triggerBody(text.after)}`,
      table,
      timing,
      event,
      order: Number(facts['place']),
      session: sessionOf(row),
    };
  }
}

async function readRoutines(
  connection: Connection,
  database: string,
  schema: Schema,
  own: readonly string[],
) {
  const found = await connection.rows(
    'SELECT ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?',
    [database],
  );
  const routines = found.flatMap(([name, type]) =>
    isRoutineType(type) && !String(name).startsWith(reservedPrefix) ? [{ name: String(name), type }] : [],
  );
  const rows = await firstRows(
    connection,
    routines.map(({ name, type }) => `SHOW CREATE ${type} ${quoteName(name)}`),
  );
  for (const [index, row] of rows.entries()) {
    const routine = routines[index];
    if (routine === undefined) continue;
    const column = Object.keys(row).find(key => key.startsWith('Create ')) ?? '';
    schema.routines[`${routine.type} ${routine.name}`] = {
      name: routine.name,
      type: routine.type,
      ...splitDefiner(textOf(row, column), own),
      session: sessionOf(row),
    };
  }
}

function isRoutineType(type: unknown): type is Routine['type'] {
  return type === 'PROCEDURE' || type === 'FUNCTION' || type === 'PACKAGE' || type === 'PACKAGE BODY';
}

async function readEvents(connection: Connection, database: string, schema: Schema, own: readonly string[]) {
  const found = await connection.rows(
    'SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?',
    [database],
  );
  const names = found.map(([name]) => String(name)).filter(name => !name.startsWith(reservedPrefix));
  const rows = await firstRows(
    connection,
    names.map(name => `SHOW CREATE EVENT ${quoteName(name)}`),
  );
  for (const [index, row] of rows.entries()) {
    const name = names[index] ?? '';
    schema.events[name] = {
      name,
      ...splitDefiner(textOf(row, 'Create Event'), own),
      session: { ...sessionOf(row), timeZone: String(row['time_zone']) },
    };
  }
}

function sessionOf(row: Row): Session {
  const session: Session = {};
  if (row['sql_mode'] !== undefined) session.sqlMode = String(row['sql_mode']);
  if (row['character_set_client'] !== undefined)
    session.characterSetClient = String(row['character_set_client']);
  if (row['collation_connection'] !== undefined)
    session.collationConnection = String(row['collation_connection']);
  return session;
}
