import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { LoadDataSink } from '../../../server/base/wire/loadDataSink.ts';
import { PacketStream } from '../../../server/base/wire/packetStream.ts';
import { maxPayload } from '../../../server/base/wire/packets.ts';
import { readRows } from '../../../server/base/wire/resultReader.ts';
import type { Place } from '../../../server/scrub/place.ts';

type Cell = Buffer | null;

/** A server at the other end: answers each first packet with `answer`, keeps what is written. */
class FakeServer extends Duplex {
  readonly written: Buffer[] = [];
  readonly #answers: Buffer[][];

  constructor(answers: Buffer[][]) {
    super();
    this.#answers = answers;
  }

  override _read(): void {
    // Pushed by writes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    const isCommand = chunk[3] === 0 && chunk[4] === 3;
    const isLast = chunk.length === 4;
    if (isCommand || isLast) for (const part of this.#answers.shift() ?? []) this.push(part);
    done();
  }
}

function packets(payload: Buffer, sequence: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ; at += maxPayload) {
    const body = payload.subarray(at, at + maxPayload);
    const head = Buffer.alloc(4);
    head.writeUIntLE(body.length, 0, 3);
    head[3] = sequence & 255;
    parts.push(head, body);
    if (body.length < maxPayload) return Buffer.concat(parts);
  }
}

function lengthEncoded(value: Cell): Buffer {
  if (value === null) return Buffer.from([0xfb]);
  const { length } = value;
  const head = Buffer.alloc(length < 251 ? 1 : length < 65_536 ? 3 : length < 1 << 24 ? 4 : 9);
  if (head.length === 1) head[0] = length;
  else if (head.length === 3) head.writeUInt16LE(length, 1);
  else if (head.length === 4) head.writeUIntLE(length, 1, 3);
  else head.writeBigUInt64LE(BigInt(length), 1);
  if (head.length > 1) head[0] = { 3: 0xfc, 4: 0xfd, 9: 0xfe }[head.length] ?? 0;
  return Buffer.concat([head, value]);
}

const endOfRows = Buffer.from([0xfe, 0, 0, 2, 0]);

function resultSet(rows: Cell[][], columns: number): Buffer {
  const parts = [packets(Buffer.from([columns]), 1)];
  for (let column = 0; column < columns; column++) parts.push(packets(Buffer.alloc(30, 1), 2));
  parts.push(packets(endOfRows, 3));
  for (const row of rows) parts.push(packets(Buffer.concat(row.map(lengthEncoded)), 4));
  parts.push(packets(endOfRows, 5));
  return Buffer.concat(parts);
}

/** Reads what LOAD DATA would read. */
function parseLoadData(packetsWritten: Buffer[]): Cell[][] {
  const bytes = Buffer.concat(packetsWritten.map(part => part.subarray(4)));
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  const cell = Buffer.alloc(bytes.length);
  let length = 0;
  let isNull = false;
  const endCell = () => {
    row.push(isNull ? null : Buffer.from(cell.subarray(0, length)));
    length = 0;
    isNull = false;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 9) endCell();
    else if (byte === 10) {
      endCell();
      rows.push(row);
      row = [];
    } else if (byte === 92) {
      const next = bytes[++at] as number;
      if (next === 0x4e) isNull = true;
      else cell[length++] = next === 0x30 ? 0 : next;
    } else cell[length++] = byte;
  }
  return rows;
}

async function copy(
  rows: Cell[][],
  columns: number,
  held: number,
  written: number,
  cuts: number[],
): Promise<Cell[][]> {
  const whole = resultSet(rows, columns);
  const chunks: Buffer[] = [];
  let from = 0;
  for (const cut of cuts) {
    const to = Math.min(whole.length, from + cut);
    if (to > from) chunks.push(whole.subarray(from, to));
    from = to;
  }
  if (from < whole.length) chunks.push(whole.subarray(from));
  const reader = new PacketStream(new FakeServer([chunks]), 'source');
  const ok = packets(Buffer.from([0, rows.length & 127, 0, 2, 0, 0, 0]), 9);
  const target = new FakeServer([[packets(Buffer.from([0xfb, 0x78]), 1)], [ok]]);
  const loader = new PacketStream(target, 'target');
  const sink = new LoadDataSink(loader);
  await sink.load('LOAD', async () => {
    const change = (values: readonly Place[]) => {
      assert.equal(values.length, held);
    };
    const read = await readRows(
      reader,
      'SELECT',
      columns,
      { sink, held, written, change },
      {
        between: () => (sink.isFull ? sink.drained() : undefined),
      },
    );
    assert.equal(read, rows.length);
  });
  return parseLoadData(target.written.slice(1));
}

describe('rows on the wire', () => {
  const cell = fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes)),
      fc.constantFrom('\t', '\n', '\\', '\0', '\\N', 'N', '\r\n', '').map(text => Buffer.from(text)),
      fc.integer({ min: 240, max: 70_000 }).map(length => Buffer.alloc(length, 'a\\b\tc')),
    ),
    { nil: null, freq: 6 },
  );

  it('arrive as they were sent, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }).chain(columns =>
          fc.record({
            columns: fc.constant(columns),
            rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 12 }),
            held: fc.integer({ min: 0, max: columns }),
            cuts: fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 60 }),
          }),
        ),
        async ({ columns, rows, held, cuts }) => {
          assert.deepEqual(await copy(rows, columns, held, held, cuts), rows);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('longer than a packet pass in parts, held or not', async () => {
    const long = Buffer.alloc(maxPayload + 70_000, 'x\\y\n\0');
    for (const held of [0, 1, 2]) {
      const rows = [
        [Buffer.from('a'), long],
        [null, Buffer.from('b')],
        [long, null],
      ];
      const copied = await copy(rows, 2, held, held, [5, 7, 100_000]);
      assert.equal(copied.length, 3);
      copied.forEach((row, index) => {
        row.forEach((value, column) => {
          const expected = rows[index]?.[column] ?? null;
          assert.ok(
            expected === null ? value === null : value?.equals(expected),
            `row ${index}, column ${column}`,
          );
        });
      });
    }
  });

  it('that end at the very border of a packet are whole', async () => {
    const border = Buffer.alloc(maxPayload - 4, 'z');
    const copied = await copy([[border], [Buffer.from('after')]], 1, 0, 0, []);
    assert.ok(copied[0]?.[0]?.equals(border));
    assert.deepEqual(copied[1], [Buffer.from('after')]);
  });

  it('that are only looked at are not written', async () => {
    const rows = [[Buffer.from('scrubbed'), Buffer.from('seen'), Buffer.from('kept')]];
    assert.deepEqual(await copy(rows, 3, 2, 1, []), [[Buffer.from('scrubbed'), Buffer.from('kept')]]);
  });

  it('fail with the server’s error number', async () => {
    const error = packets(Buffer.concat([Buffer.from([0xff, 0x84, 0x05]), Buffer.from('#HY000changed')]), 1);
    const reader = new PacketStream(new FakeServer([[error]]), 'production');
    await assert.rejects(reader.command('SELECT 1'), { reason: 'database-failed' });
  });

  it('that stop in the middle fail what waits for them', async () => {
    const server = new FakeServer([[packets(Buffer.from([1]), 1)]]);
    const reader = new PacketStream(server, 'production');
    const waiting = reader.command('SELECT 1');
    server.destroy();
    await assert.rejects(waiting, { reason: 'database-unreachable' });
  });
});
