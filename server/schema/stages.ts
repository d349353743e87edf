import type { Clause } from './clauses.ts';
import type { Schema } from './model.ts';

/** The clauses of one ALTER in as many statements as the server needs; one for almost all. */
export function stagesOf(clauses: readonly Clause[], flavour: Schema['flavour']): Clause[][] {
  if (flavour !== 'mysql') return [[...clauses]];
  const first = clauses.filter(clause => standsInTheWay(clause, clauses));
  const isFullText = (clause: Clause) => clause.action === 'add-index' && clause.index.kind === 'fulltext';
  const last = clauses.filter(isFullText).slice(1);
  const main = clauses.filter(clause => !first.includes(clause) && !last.includes(clause));
  return [
    ...(first.length > 0 ? [first] : []),
    main,
    // “InnoDB presently supports one FULLTEXT index creation at a time”
    ...last.map(clause => [clause]),
  ];
}

/** The SRID of a column cannot change as long as there is a spatial index, not even in the statement that drops it. */
function standsInTheWay(clause: Clause, clauses: readonly Clause[]): boolean {
  if (clause.action !== 'drop-index' || clause.index.kind !== 'spatial') return false;
  const columns = clause.index.parts.map(({ column }) => column);
  return clauses.some(
    other =>
      other.action === 'change-column' &&
      columns.includes(other.from.name) &&
      sridOf(other.from.definition) !== sridOf(other.to.definition),
  );
}

export function sridOf(definition: string): string | undefined {
  return /\bSRID (\d+)/i.exec(definition)?.[1];
}
