import type { NameClassifier } from '../../server/scrub/detect/classify.ts';
import { proposeRule } from '../../server/scrub/detect/propose.ts';
import { weigh } from '../../server/scrub/detect/weigh.ts';
import type { ColumnFacts, TableFacts, TransformerName } from '../../server/scrub/plan.ts';
import { valueKindOf } from './scrubValueKinds.ts';
import { sampleOf } from './scrubValues.ts';

export interface LabelledColumn {
  name: string;
  dataType: string;
  personal: boolean;
  /** What its values are, where the label says so: see `scrubValues.ts`. */
  kind: string | undefined;
}

/** A labelled table of a real schema; see `test/fixtures/scrub/README.md`. */
export interface LabelledTable {
  table: string;
  columns: LabelledColumn[];
}

/** Reads `table: column column:type* column:type*=kind …`: `*` marks what is personal, a column without a type is a VARCHAR(255). */
export function readLabels(text: string): LabelledTable[] {
  return text
    .split('\n')
    .filter(line => !line.startsWith('#') && line.includes(': '))
    .map(line => {
      const [table = '', rest = ''] = line.split(': ');
      const columns = rest
        .split(' ')
        .filter(word => word !== '')
        .map(word => {
          const [, name, dataType = 'varchar', personal, kind] =
            /^([^:*=]+)(?::(\w+))?(\*)?(?:=(\w+))?$/.exec(word) ?? [];
          if (name === undefined) throw new Error(`no label: ${word} in ${table}`);
          return { name, dataType, personal: personal !== undefined, kind };
        });
      return { table, columns };
    });
}

export interface Measured {
  columns: number;
  personal: number;
  precision: number;
  recall: number;
  missed: string[];
  wrong: string[];
  /** Found, but proposed as `text`, though a value of theirs is one name or number: `text` may leave it. */
  onlyText: string[];
}

/** What `text` is the right rule for, and what says nothing. */
const texts: ReadonlySet<string | undefined> = new Set([undefined, 'remark', 'profile', 'agent', 'nobody']);

/** Precision and recall of "personal or not", over names and types alone. */
export function measure(classifier: NameClassifier, labels: readonly LabelledTable[]): Measured {
  return measured(labels, (table, column) => proposeRule(classifier, table, column).use);
}

/** The same over names, types and a sample of values, as `scrub detect` decides for a column that no foreign key joins. */
export function measureWhole(classifier: NameClassifier, labels: readonly LabelledTable[]): Measured {
  return measured(labels, (table, column, labelled) => {
    const kind = valueKindOf(labelled);
    const values = kind === undefined ? [] : sampleOf(table.name, column.name, kind);
    return weigh(classifier, proposeRule(classifier, table, column), column, values).use;
  });
}

function measured(
  labels: readonly LabelledTable[],
  decide: (table: TableFacts, column: ColumnFacts, labelled: LabelledColumn) => TransformerName,
): Measured {
  let right = 0;
  let columns = 0;
  const missed: string[] = [];
  const wrong: string[] = [];
  const onlyText: string[] = [];
  for (const labelled of labels) {
    const table = factsOf(labelled);
    for (const [index, column] of table.columns.entries()) {
      const label = labelled.columns[index] as LabelledColumn;
      columns++;
      const use = decide(table, column, label);
      const name = `${table.name}.${column.name}`;
      if (use !== 'keep' && label.personal) right++;
      else if (label.personal) missed.push(name);
      else if (use !== 'keep') wrong.push(`${name}=${use}`);
      if (label.personal && use === 'text' && !texts.has(valueKindOf(label))) onlyText.push(name);
    }
  }
  return {
    columns,
    personal: right + missed.length,
    precision: right / Math.max(1, right + wrong.length),
    recall: right / Math.max(1, right + missed.length),
    missed,
    wrong,
    onlyText,
  };
}

function factsOf({ table, columns }: LabelledTable): TableFacts {
  return {
    name: table,
    columns: columns.map(({ name, dataType }) => ({
      name,
      dataType,
      columnType: dataType,
      charset: null,
      maxLength: dataType === 'varchar' ? 255 : null,
      nullable: true,
      generated: false,
    })),
    primaryKey: [],
    uniqueKeys: [],
    foreignKeys: [],
  };
}
