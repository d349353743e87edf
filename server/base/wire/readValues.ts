import type { Place } from '../../scrub/place.ts';
import type { PacketStream } from './packetStream.ts';
import { readRows } from './resultReader.ts';
import type { RowSink } from './rowSink.ts';

/** A small result as text, all of it in memory. */
export async function readValues(
  stream: PacketStream,
  sql: string,
  columns: number,
): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  const change = (values: readonly Place[]) => {
    rows.push(values.map(value => value.value()?.toString('utf8') ?? null));
  };
  await readRows(
    stream,
    sql,
    columns,
    { sink: nowhere, held: columns, written: 0, change },
    { between: () => undefined },
  );
  return rows;
}

/** Takes values that are only looked at. */
const nowhere: RowSink = {
  nullValue: () => undefined,
  value: () => undefined,
  beginValue: () => undefined,
  part: () => undefined,
  endValue: () => undefined,
  endRow: () => undefined,
  isFull: false,
  drained: () => Promise.resolve(),
};
