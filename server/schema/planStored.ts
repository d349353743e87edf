import { quoteName } from '../database/quote.ts';
import { neighbours, storedSql } from './ddlOf.ts';
import type { Routine, Schema, Session, StoredEvent, Trigger, View } from './model.ts';
import { type PlannedChange, plannedChange } from './plannedChange.ts';
import { orderViews } from './viewOrder.ts';

/** A change with its place in the undo, which is not simply the reverse: a view can only be made when its tables are back. */
export interface StoredChange {
  change: PlannedChange;
  undoRank: number;
}

type Kind = 'view' | 'trigger' | 'routine' | 'event';

/** The client's character set does not count: texts are kept, sent and compared as utf8mb4. */
export function sameStored(a: View | undefined, b: View | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const text = ({ before, definer, after, session }: View) =>
    JSON.stringify([before, definer, after, session.sqlMode, session.collationConnection, session.timeZone]);
  return text(a) === text(b);
}

function created(kind: Kind, object: View, drop: string): PlannedChange {
  return plannedChange({
    object: object.name,
    objectType: kind,
    kind: 'create',
    sql: storedSql(object),
    undoSql: drop,
    session: object.session,
  });
}

function dropped(kind: Kind, object: View, drop: string): PlannedChange {
  return plannedChange({
    object: object.name,
    objectType: kind,
    kind: 'drop',
    sql: drop,
    undoSql: storedSql(object),
    undoSession: object.session,
  });
}

function replaced(kind: Kind, from: View, to: View, sqlOf: (object: View) => string): PlannedChange {
  return plannedChange({
    object: to.name,
    objectType: kind,
    kind: 'alter',
    sql: sqlOf(to),
    undoSql: sqlOf(from),
    session: to.session,
    undoSession: from.session,
  });
}

/** Routines come first: views may use functions. */
export function planRoutines(from: Schema, to: Schema): StoredChange[] {
  const replaces = to.flavour === 'mariadb';
  return inOrder(from, to).flatMap((key, index) => {
    const old = from.routines[key];
    const wanted = to.routines[key];
    if (sameStored(old, wanted)) return [];
    const drop = (routine: Routine) => `DROP ${routine.type} IF EXISTS ${quoteName(routine.name)}`;
    // A package stands before its body, and takes it along when it goes.
    const rank = index * 2;
    if (old !== undefined && wanted !== undefined && replaces)
      return [
        { change: replaced('routine', old, wanted, object => storedSql(object, true)), undoRank: rank },
      ];
    const changes: StoredChange[] = [];
    if (old !== undefined)
      changes.push({
        change: { ...dropped('routine', old, drop(old)), session: dropSession(old) },
        undoRank: rank + 1,
      });
    if (wanted !== undefined)
      changes.push({
        change: { ...created('routine', wanted, drop(wanted)), undoSession: dropSession(wanted) },
        undoRank: rank,
      });
    return changes;
  });
}

/** MariaDB's older versions know packages in Oracle's mode alone, even where they are dropped. */
function dropSession({ type, session }: Routine): Session {
  return type.startsWith('PACKAGE') && session.sqlMode !== undefined ? { sqlMode: session.sqlMode } : {};
}

function inOrder(from: Schema, to: Schema): string[] {
  const isBody = (key: string) => Number(key.startsWith('PACKAGE BODY '));
  return union(from.routines, to.routines).sort((a, b) => isBody(a) - isBody(b));
}

/** Existing views are replaced, never dropped and made anew: no reader finds one missing. */
export function planViews(from: Schema, to: Schema): StoredChange[] {
  const changes: StoredChange[] = [];
  const undoOrder = orderViews(from.views);
  for (const name of orderViews(to.views)) {
    const old = from.views[name];
    const wanted = to.views[name];
    if (wanted === undefined || sameViews(old, wanted)) continue;
    const change =
      old === undefined
        ? created('view', wanted, `DROP VIEW IF EXISTS ${quoteName(name)}`)
        : replaced('view', old, wanted, object => storedSql(object, true));
    changes.push({ change, undoRank: undoOrder.indexOf(name) });
  }
  for (const name of [...undoOrder].reverse()) {
    const old = from.views[name];
    if (old === undefined || to.views[name] !== undefined) continue;
    changes.push({
      change: dropped('view', old, `DROP VIEW ${quoteName(name)}`),
      undoRank: undoOrder.indexOf(name),
    });
  }
  return changes;
}

/** The server prints views anew from what it parsed: the session they were made in does not show. */
function sameViews(a: View | undefined, b: View | undefined): boolean {
  return sameStored(a && { ...a, session: {} }, b && { ...b, session: {} });
}

/** Triggers of tables that are dropped go before them; they are named with the table's own fate. */
export function planTriggers(from: Schema, to: Schema): { early: StoredChange[]; late: StoredChange[] } {
  const early: StoredChange[] = [];
  const drops: StoredChange[] = [];
  const creates: StoredChange[] = [];
  const drop = (trigger: Trigger) => `DROP TRIGGER IF EXISTS ${quoteName(trigger.name)}`;
  const groups = new Map<string, Trigger>();
  for (const trigger of [...Object.values(from.triggers), ...Object.values(to.triggers)])
    groups.set(JSON.stringify([trigger.table, trigger.timing, trigger.event]), trigger);
  for (const key of [...groups.keys()].sort()) {
    const member = groups.get(key);
    if (member === undefined) continue;
    const old = neighbours(from, member);
    const wanted = neighbours(to, member);
    const [first] = old;
    const [next] = wanted;
    if (old.length === 1 && wanted.length === 1 && first?.name === next?.name && to.flavour === 'mariadb') {
      if (first !== undefined && next !== undefined && !sameStored(first, next))
        creates.push({
          change: replaced('trigger', first, next, object => storedSql(object, true)),
          undoRank: 1000 + creates.length,
        });
      continue;
    }
    // A new trigger goes to the end: from the first that differs, all are made again.
    const kept = old.findIndex((trigger, index) => !sameStored(trigger, wanted[index]));
    const start = kept === -1 ? old.length : kept;
    const list = to.tables[member.table] === undefined ? early : drops;
    for (const trigger of old.slice(start))
      list.push({
        change: dropped('trigger', trigger, drop(trigger)),
        undoRank: 1000 + early.length + drops.length,
      });
    for (const trigger of wanted.slice(start))
      creates.push({ change: created('trigger', trigger, drop(trigger)), undoRank: creates.length });
  }
  return { early, late: [...drops, ...creates] };
}

/** ALTER EVENT says everything that CREATE EVENT says, and the event is never missing. */
export function planEvents(from: Schema, to: Schema): StoredChange[] {
  return union(from.events, to.events).flatMap((name, undoRank) => {
    const old = from.events[name];
    const wanted = to.events[name];
    if (sameStored(old, wanted)) return [];
    const drop = `DROP EVENT IF EXISTS ${quoteName(name)}`;
    if (old === undefined && wanted !== undefined)
      return [{ change: created('event', wanted, drop), undoRank }];
    if (wanted === undefined && old !== undefined) return [{ change: dropped('event', old, drop), undoRank }];
    if (old === undefined || wanted === undefined) return [];
    return [{ change: replaced('event', old, wanted, alterEvent), undoRank }];
  });
}

function alterEvent(event: StoredEvent): string {
  const sql = storedSql(event).replace(/^CREATE /, 'ALTER ');
  // Silence would keep the old comment.
  if (/ (ENABLE|DISABLE|DISABLE ON SLAVE|DISABLE ON REPLICA) DO /i.test(sql))
    return sql.replace(/ (ENABLE|DISABLE|DISABLE ON SLAVE|DISABLE ON REPLICA) DO /i, " $1 COMMENT '' DO ");
  return sql;
}

function union(a: Record<string, unknown>, b: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}
