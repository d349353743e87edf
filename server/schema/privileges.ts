import type { Connection } from '../database/connection.ts';
import type { Schema } from './model.ts';

const needed: Record<Schema['unseen'][number], RegExp> = {
  views: /\bSHOW VIEW\b/,
  triggers: /\bTRIGGER\b/,
  events: /\bEVENT\b/,
  routines: /\b(EXECUTE|CREATE ROUTINE|ALTER ROUTINE|SHOW CREATE ROUTINE|SHOW_ROUTINE)\b/,
};

/**
 * Which kinds of objects the account could not see if they existed: without the privilege, information_schema simply leaves
 * them out. Grants of roles count when the server lists them with the account's own.
 */
export async function unseenKinds(connection: Connection, database: string): Promise<Schema['unseen']> {
  const grants = (await connection.rows('SHOW GRANTS'))
    .map(([text]) => String(text))
    .filter(text => appliesTo(text, database));
  const all = grants.some(text => /^GRANT ALL PRIVILEGES ON/i.test(text));
  if (all) return [];
  // Only what stands before ON are privileges; names behind it may look like some.
  const privileges = grants.map(text => text.slice(0, text.indexOf(' ON ')).toUpperCase()).join(',');
  return (Object.keys(needed) as Schema['unseen']).filter(kind => !needed[kind].test(privileges));
}

function appliesTo(grant: string, database: string): boolean {
  if (/ ON \*\.\* /.test(grant)) return true;
  const match = / ON (?:PROCEDURE |FUNCTION )?`((?:[^`]|``)+)`\.\* /.exec(grant);
  if (match?.[1] === undefined) return false;
  const pattern = match[1].replaceAll('``', '`');
  return likePattern(pattern).test(database);
}

/** Database names in grants are LIKE patterns: `shop\_%`. */
function likePattern(pattern: string): RegExp {
  const source = pattern.replace(/\\([%_])|([%_])|[.*+?^${}()|[\]\\]/g, (whole, literal, wildcard) =>
    literal !== undefined ? literal : wildcard === '%' ? '.*' : wildcard === '_' ? '.' : `\\${whole}`,
  );
  return new RegExp(`^${source}$`, 's');
}
