import { neighbours, storedSql } from './ddlOf.ts';
import type { Merge } from './merge.ts';
import type { Routine, Schema, StoredEvent, Trigger, View } from './model.ts';
import { sameStored } from './planStored.ts';

const comparer = { same: sameStored, text: (object: View) => storedSql(object) };

/** Views, triggers, routines and events after both sides' changes. */
export function rebaseStored(
  merge: Merge,
  base: Schema,
  mine: Schema,
  theirs: Schema,
): Pick<Schema, 'views' | 'triggers' | 'routines' | 'events'> {
  const own = <T extends View>(pick: (schema: Schema) => Record<string, T>) =>
    keepDefiners(pick(mine), pick(base), pick(theirs));
  const triggers = merge.objects<Trigger>(
    'trigger',
    base.triggers,
    own(schema => schema.triggers),
    theirs.triggers,
    comparer,
  );
  return {
    // A view's session does not show in what the server prints.
    views: merge.objects<View>(
      'view',
      base.views,
      own(schema => schema.views),
      theirs.views,
      {
        ...comparer,
        same: (a, b) => sameStored({ ...a, session: {} }, { ...b, session: {} }),
      },
    ),
    triggers: inOrder(triggers, mine, theirs),
    routines: merge.objects<Routine>(
      'routine',
      base.routines,
      own(schema => schema.routines),
      theirs.routines,
      comparer,
    ),
    events: merge.objects<StoredEvent>(
      'event',
      base.events,
      own(schema => schema.events),
      theirs.events,
      comparer,
    ),
  };
}

/** An object replaced by the environment's own account says nothing about its definer: it keeps the one it had. */
function keepDefiners<T extends View>(
  mine: Record<string, T>,
  base: Record<string, T>,
  theirs: Record<string, T>,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(mine).map(([name, object]): [string, T] => {
      const before = base[name] ?? theirs[name];
      if (object.definer !== 'CURRENT_USER' || before === undefined) return [name, object];
      return [name, { ...object, definer: before.definer }];
    }),
  );
}

/** Production's order first; what the environment added follows in the environment's order. */
function inOrder(triggers: Record<string, Trigger>, mine: Schema, theirs: Schema): Record<string, Trigger> {
  const result: Record<string, Trigger> = {};
  for (const trigger of Object.values(triggers)) {
    const there = theirs.triggers[trigger.name];
    const place = there ?? mine.triggers[trigger.name] ?? trigger;
    const offset = there === undefined ? neighbours(theirs, trigger).length : 0;
    result[trigger.name] = { ...trigger, order: place.order + offset };
  }
  return result;
}
