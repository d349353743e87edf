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
  // A variable's name would go before a column's of the same name.
  const note = `DECLARE _greenroom_number int; DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN
       GET DIAGNOSTICS CONDITION 1 _greenroom_number = MYSQL_ERRNO;
       INSERT IGNORE INTO ${quoteName(refused)} VALUES (_greenroom_number); END;`;
  const insert = insertRow(target, mapping);
  const remove = `DELETE FROM ${quoteName(target)} WHERE ${matches(target, mapping, 'OLD')};`;
  const change = changeRow(target, mapping, insert);
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
    trigger(insertName, 'INSERT', `${insert};`),
    // A row whose key changes may move into what is copied already, so it goes in as a new one.
    trigger(
      updateName,
      'UPDATE',
      `IF NOT ${written} THEN BEGIN END;
       ELSEIF ${sameKey} THEN ${change}
       ELSE ${remove} ${insert}; END IF;`,
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
  return `INSERT INTO ${quoteName(target)} (${names.map(quoteName).join(', ')}) VALUES (${values.join(', ')})`;
}

/**
 * A row that is not copied yet goes in at once: to find it missing would lock the gap where it will be (REPEATABLE READ), and as
 * far as that gap reaches nothing could be copied or inserted until the writer's transaction ends. Values that the copy brings
 * back from elsewhere must wait for the copy, which finds the row as it is then.
 */
function changeRow(target: string, mapping: Mapping, insert: string): string {
  const column = (name: string) => `${quoteName(target)}.${quoteName(name)}`;
  if ([...mapping.columns, ...mapping.filled].some(pair => pair.copied !== undefined)) {
    const assignments = mapping.columns.map(pair => `${column(pair.to)} = NEW.${quoteName(pair.from)}`);
    return `UPDATE ${quoteName(target)} SET ${assignments.join(', ')} WHERE ${matches(target, mapping, 'OLD')};`;
  }
  // Another row may be in the way by another unique key: it stays as it is, and the written row counts as refused.
  const isSame = matches(target, mapping, 'NEW');
  const assignments = mapping.columns.map(
    pair => `${column(pair.to)} = IF(${isSame}, NEW.${quoteName(pair.from)}, ${column(pair.to)})`,
  );
  return `${insert} ON DUPLICATE KEY UPDATE ${assignments.join(', ')};
         IF ROW_COUNT() = 0 AND NOT EXISTS
           (SELECT 1 FROM ${quoteName(target)} WHERE ${isSame} LOCK IN SHARE MODE) THEN
           SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1062; END IF;`;
}

function matches(target: string, mapping: Mapping, row: 'OLD' | 'NEW'): string {
  return mapping.key
    .map(pair => `${quoteName(target)}.${quoteName(pair.to)} = ${row}.${quoteName(pair.from)}`)
    .join(' AND ');
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
