import { createHash } from 'node:crypto';
import { GreenroomError } from '../platform/errors.ts';
import { isDate, isGeometry, needsDecision } from './columnType.ts';
import { NameClassifier } from './detect/classify.ts';
import { proposeRule, ruleLine } from './detect/propose.ts';
import { keyGroups } from './keyGroups.ts';
import type {
  ColumnFacts,
  ColumnPlan,
  RuleSource,
  ScrubPlan,
  ScrubRule,
  TableFacts,
  TablePlan,
  TransformerName,
  UnclassifiedColumn,
} from './plan.ts';
import { presetRules } from './presets/presets.ts';
import { transformerNamed } from './registry.ts';
import { ownOptions, ruleNotes } from './ruleNotes.ts';
import { type NormalRule, RuleSet } from './rules.ts';

interface Decision extends NormalRule {
  source: RuleSource;
  exact: boolean;
}

export interface CompileInput {
  rules: Readonly<Record<string, ScrubRule>>;
  presets: readonly string[];
  tables: readonly TableFacts[];
}

/**
 * Decides every column: a rule of its own, then a wildcard rule, then a preset; columns joined by foreign keys share their parent's
 * decision. A text-like column without one is in `unclassified`, and a build must stop then.
 *
 * @throws `configuration-invalid` with one item per rule that cannot work: unknown preset, wrong options, a
 * transformer that would break the column's type, joined columns with different rules
 */
export function compileScrub(input: CompileInput): ScrubPlan {
  const rules = new RuleSet(input.rules);
  const presets = presetRules(input.presets, input.tables);
  const problems: string[] = [...presets.problems];
  const decisions = decide(input.tables, rules, presets.rules);
  const groups = keyGroups(input.tables);
  const warnings = inherit(input.tables, decisions, groups, problems);
  const unclassified: UnclassifiedColumn[] = [];
  const classifier = new NameClassifier();
  const tables: Record<string, TablePlan> = {};
  for (const table of input.tables) {
    const columns: ColumnPlan[] = [];
    for (const column of table.columns) {
      if (column.generated) continue;
      const id = columnId(table.name, column.name);
      const decision = decisions.get(id) ?? undecided(classifier, table, column, unclassified, warnings);
      const shared = groups.get(id);
      columns.push(
        planColumn(column, decision, shared?.unique ?? false, shared?.maxLength ?? column.maxLength),
      );
    }
    problems.push(...columns.flatMap(column => problemsOf(table.name, column)));
    tables[table.name] = { table: table.name, columns, wide: [] };
  }
  if (problems.length > 0)
    throw new GreenroomError('configuration-invalid', { subject: 'scrub.rules', items: problems });
  const wide = wideKinds(tables);
  for (const plan of Object.values(tables)) plan.wide = wide;
  warnings.push(
    ...presets.missing.map(name => `The preset "${name}" finds none of its tables in this database.`),
  );
  warnings.push(...rules.unused().map(pattern => `The scrub rule "${pattern}" matches no column.`));
  return { tables, unclassified, warnings, digest: digestOf(tables) };
}

export const columnId = (table: string, column: string): string => `${table}\0${column}`.toLowerCase();

function decide(
  tables: readonly TableFacts[],
  rules: RuleSet,
  presets: ReadonlyMap<string, NormalRule>,
): Map<string, Decision> {
  const decisions = new Map<string, Decision>();
  for (const table of tables)
    for (const column of table.columns) {
      const id = columnId(table.name, column.name);
      const rule = rules.find(table.name, column.name);
      const preset = presets.get(id);
      if (rule !== undefined)
        decisions.set(id, { use: rule.use, options: rule.options, source: 'rule', exact: rule.exact });
      else if (preset !== undefined) decisions.set(id, { ...preset, source: 'preset', exact: false });
    }
  return decisions;
}

/** Gives every member of a group of joined columns one decision: the parent's, or that of the member that has one. */
function inherit(
  tables: readonly TableFacts[],
  decisions: Map<string, Decision>,
  groups: ReturnType<typeof keyGroups>,
  problems: string[],
): string[] {
  const warnings: string[] = [];
  const named = new Map<string, string>();
  for (const table of tables)
    for (const column of table.columns)
      named.set(columnId(table.name, column.name), `${table.name}.${column.name}`);
  for (const group of new Set(groups.values())) {
    if (group.members.length < 2) continue;
    const exact = group.members.filter(id => decisions.get(id)?.exact);
    const source = exact[0] ?? group.members.find(id => decisions.has(id));
    if (source === undefined) continue;
    const decision = decisions.get(source) as Decision;
    const spelled = JSON.stringify([decision.use, decision.options]);
    for (const id of exact) {
      const other = decisions.get(id) as Decision;
      const differs =
        decision.use === 'keep'
          ? other.use !== 'keep'
          : JSON.stringify([other.use, other.options]) !== spelled;
      if (differs)
        problems.push(
          `${named.get(id)} is joined to ${named.get(source)} by a foreign key: both need the same rule, or rows come apart`,
        );
    }
    for (const id of group.members)
      if (id !== source && !decisions.get(id)?.exact)
        decisions.set(id, { ...decision, source: 'foreign-key', exact: false });
  }
  return warnings;
}

function undecided(
  classifier: NameClassifier,
  table: TableFacts,
  column: ColumnFacts,
  unclassified: UnclassifiedColumn[],
  warnings: string[],
): Decision {
  const proposal = proposeRule(classifier, table, column);
  if (needsDecision(column)) {
    unclassified.push({
      table: table.name,
      column: column.name,
      proposal: ruleLine(table.name, column.name, proposal),
    });
  } else if (proposal.use === 'birthDate' && isDate(column)) {
    // Certain by its name, and no text: scrubbed rather than let through, said rather than done in silence.
    warnings.push(
      `${table.name}.${column.name} has no rule and is scrubbed as ${proposal.use}; state it with ${ruleLine(table.name, column.name, proposal)}.`,
    );
    return { use: proposal.use, options: {}, source: 'implied', exact: false };
  }
  return { use: 'keep', options: {}, source: 'type', exact: false };
}

function planColumn(
  column: ColumnFacts,
  decision: Decision,
  unique: boolean,
  maxLength: number | null,
): ColumnPlan {
  return {
    name: column.name,
    dataType: column.dataType,
    columnType: column.columnType,
    charset: column.charset,
    collation: column.collation ?? null,
    maxLength,
    nullable: column.nullable,
    unique,
    use: decision.use,
    options: decision.options,
    version: transformerNamed(decision.use).version,
    source: decision.source,
  };
}

function problemsOf(table: string, column: ColumnPlan): string[] {
  const transformer = transformerNamed(column.use);
  const where = `${table}.${column.name}`;
  const found: string[] = [];
  for (const options of [
    ruleNotes.safeParse(column.options),
    transformer.options.safeParse(ownOptions(column.options)),
  ])
    if (!options.success)
      for (const issue of options.error.issues)
        found.push(`${where}: ${column.use}: ${[...issue.path, issue.message].join(' ')}`);
  if (column.use === 'keep') return found;
  if (!transformer.accepts(column)) {
    const why = column.use === 'null' ? 'does not allow NULL' : `has the type ${column.columnType}`;
    found.push(`${where}: ${column.use} cannot be used, the column ${why}`);
  }
  if (column.unique && transformer.uniqueness === 'never')
    found.push(`${where}: ${column.use} cannot be used, the column is part of a unique key`);
  if (isGeometry(column) && column.use !== 'geoPoint' && column.use !== 'null')
    found.push(`${where}: a ${column.dataType} column takes geoPoint, null or keep`);
  return found;
}

function wideKinds(tables: Record<string, TablePlan>): TransformerName[] {
  const kinds = new Set<TransformerName>();
  for (const { columns } of Object.values(tables))
    for (const { unique, use } of columns) if (unique && use !== 'keep') kinds.add(use);
  return [...kinds].sort();
}

function digestOf(tables: Record<string, TablePlan>): string {
  const parts = Object.keys(tables)
    .sort()
    .map(name => {
      const { columns, wide } = tables[name] as TablePlan;
      return [name, wide, columns.map(({ source: _, ...decides }) => decides)];
    });
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
