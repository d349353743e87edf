import { quoteName } from '../database/quote.ts';
import type { Mapping, ShadowPlan } from './shadowPlan.ts';

/** Strict, so that a value is refused rather than cut; and a zero stays a zero in an AUTO_INCREMENT column. */
export const shadowMode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO';

/**
 * Triggers on `source` that do to `target` whatever is done to `source`. They never make the application's statement fail: a row
 * that `target` refuses is noted in the table `refused`, and the promotion gives up later.
 */
export function followTriggers(
  names: readonly string[],
  source: string,
  /** The source's name when the triggers fire. */
  sourceThen: string,
  target: string,
  mapping: Mapping,
  refused: string,
): string[] {
  const [insertName = '', updateName = '', deleteName = ''] = names;
  const note = `DECLARE number int; DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
       GET DIAGNOSTICS CONDITION 1 number = MYSQL_ERRNO; INSERT IGNORE INTO ${quoteName(refused)} VALUES (number); END;`;
  const insert = insertRow(target, mapping);
  const remove = `DELETE FROM ${quoteName(target)} WHERE ${matches(mapping, 'OLD')};`;
  const assignments = mapping.columns.map(pair => `${quoteName(pair.to)} = NEW.${quoteName(pair.from)}`);
  const sameKey = mapping.key
    .map(pair => `OLD.${quoteName(pair.from)} <=> NEW.${quoteName(pair.from)}`)
    .join(' AND ');
  // UPDATE IGNORE fires for rows, too, that it then leaves as they were.
  const written = `EXISTS (SELECT 1 FROM ${quoteName(sourceThen)} AS w WHERE ${mapping.columns
    .map(pair => `w.${quoteName(pair.from)} <=> NEW.${quoteName(pair.from)}`)
    .join(' AND ')})`;
  const trigger = (name: string, event: string, body: string) =>
    `CREATE TRIGGER ${quoteName(name)} AFTER ${event} ON ${quoteName(source)} FOR EACH ROW BEGIN ${note} ${body} END`;
  return [
    trigger(insertName, 'INSERT', insert),
    // A row that is not copied yet is not there to be updated: the copy will find it as it is then. A row whose key changes may
    // move into what is copied already, so it goes in as a new one.
    trigger(
      updateName,
      'UPDATE',
      `IF NOT ${written} THEN BEGIN END;
       ELSEIF ${sameKey} THEN UPDATE ${quoteName(target)} SET ${assignments.join(', ')} WHERE ${matches(mapping, 'OLD')};
       ELSE ${remove} ${insert} END IF;`,
    ),
    trigger(deleteName, 'DELETE', remove),
  ];
}

function insertRow(target: string, mapping: Mapping): string {
  const names = [...mapping.columns.map(pair => pair.to), ...mapping.filled.map(pair => pair.to)];
  const values = [
    ...mapping.columns.map(pair => `NEW.${quoteName(pair.from)}`),
    ...mapping.filled.map(pair => pair.sql),
  ];
  return `INSERT INTO ${quoteName(target)} (${names.map(quoteName).join(', ')}) VALUES (${values.join(', ')});`;
}

function matches(mapping: Mapping, row: 'OLD' | 'NEW'): string {
  return mapping.key.map(pair => `${quoteName(pair.to)} = ${row}.${quoteName(pair.from)}`).join(' AND ');
}

/** From production's table to the new one, until the switch. */
export function captureTriggers(plan: ShadowPlan): string[] {
  return followTriggers(
    plan.triggers.capture,
    plan.table,
    plan.table,
    plan.shadow,
    plan.forward,
    plan.refused,
  );
}

/**
 * From the new table to the old one: made before the exchange, when the new table has the other's name still. They know the other
 * table by the same names as the triggers before: a statement that was under way when the tables were locked is carried out with
 * the new triggers, but (MariaDB 10.11) with only those tables at hand that the old ones had named.
 */
export function backTriggers(plan: ShadowPlan): string[] {
  return followTriggers(
    plan.triggers.follow,
    plan.shadow,
    plan.table,
    plan.shadow,
    plan.backward,
    plan.refused,
  );
}
