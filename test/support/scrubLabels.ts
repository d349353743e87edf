import type { NameClassifier } from '../../server/scrub/detect/classify.ts';

/** A labelled column of a real schema; see `test/fixtures/scrub/README.md`. */
export interface LabelledTable {
  table: string;
  columns: { name: string; dataType: string; personal: boolean }[];
}

/** Reads `table: column column:type* …`: `*` marks what is personal, a column without a type is a VARCHAR(255). */
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
          const [name = '', dataType = 'varchar'] = word.replace('*', '').split(':');
          return { name, dataType, personal: word.endsWith('*') };
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
}

/** Precision and recall of "personal or not", over names and types alone. */
export function measure(classifier: NameClassifier, labels: readonly LabelledTable[]): Measured {
  let right = 0;
  let columns = 0;
  const missed: string[] = [];
  const wrong: string[] = [];
  for (const { table, columns: labelled } of labels) {
    const typed = labelled.map(({ name, dataType }) => ({
      name,
      dataType,
      columnType: dataType,
      maxLength: dataType === 'varchar' ? 255 : null,
    }));
    const topic = classifier.tableTopic(table, typed);
    labelled.forEach(({ name, personal }, index) => {
      columns++;
      const column = typed[index];
      const found = column === undefined ? undefined : classifier.classify(table, column, topic);
      if (found !== undefined && personal) right++;
      else if (personal) missed.push(`${table}.${name}`);
      else if (found !== undefined) wrong.push(`${table}.${name}=${found.use}`);
    });
  }
  return {
    columns,
    personal: right + missed.length,
    precision: right / Math.max(1, right + wrong.length),
    recall: right / Math.max(1, right + missed.length),
    missed,
    wrong,
  };
}
