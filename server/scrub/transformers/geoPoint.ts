import * as z from 'zod';
import { isBytes, isCharacter, isDecimal, isGeometry } from '../columnType.ts';
import { isBlank } from '../encode.ts';
import { KeyStream } from '../keyStream.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

const options = z.strictObject({
  /** Decimals of a degree that stay: 1 is a cell of about 11 km, in which the point is moved. */
  precision: z.number().int().min(0).max(3).default(1),
});

/**
 * Place on the map, moved within its cell of a tenth of a degree: `52.520008` → `52.571394`. For latitude and longitude columns, texts of
 * both (`52.52, 13.40`), and POINT and other geometry columns.
 */
export const geoPoint: Transformer = {
  name: 'geoPoint',
  version: 1,
  summary: 'A point moved within its cell of about 11 km.',
  example: { before: '52.520008', after: '52.571394' },
  options,
  accepts: column => isDecimal(column) || isCharacter(column) || isGeometry(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  create,
};

function create(context: TransformContext): Transform {
  const { column } = context;
  const scale = 10 ** options.parse(context.options).precision;
  const stream = new KeyStream(context.hash('geoPoint'));
  const move = (degrees: number, seed: Buffer): number => {
    stream.seed(seed, 0, seed.length);
    const cell = Math.trunc(degrees * scale);
    return ((Math.abs(cell) + stream.word() / 4294967296) / scale) * (degrees < 0 ? -1 : 1);
  };
  if (isGeometry(column) || isBytes(column)) return value => moveGeometry(value, move);
  return value => {
    if (isBlank(value)) return value;
    const text = value.toString('utf8');
    let found = false;
    const moved = text.replace(/-?\d{1,3}\.\d+|-?\d{1,3}(?=[,\s]|$)/g, number => {
      found = true;
      const decimals = number.split('.')[1]?.length ?? 0;
      return move(Number(number), Buffer.from(number)).toFixed(decimals);
    });
    return Buffer.from(found ? moved : '0,0'.slice(0, column.maxLength ?? undefined));
  };
}

/** MySQL's form: four bytes of reference system, then well-known binary. Every coordinate is moved, whatever the shape. */
function moveGeometry(value: Buffer, move: (degrees: number, seed: Buffer) => number): Buffer {
  const copy = Buffer.from(value);
  const end = moveWkb(copy, 4, move);
  // A shape that is not understood must not pass as it is.
  return end === copy.length
    ? copy
    : Buffer.from('00000000010100000000000000000000000000000000000000', 'hex');
}

function moveWkb(bytes: Buffer, start: number, move: (degrees: number, seed: Buffer) => number): number {
  if (start + 5 > bytes.length || bytes[start] !== 1) return -1;
  const type = bytes.readUInt32LE(start + 1);
  let at = start + 5;
  const points = (count: number): boolean => {
    if (at + count * 16 > bytes.length) return false;
    for (let i = 0; i < count * 2; i++, at += 8) {
      const seed = Buffer.from(bytes.subarray(at, at + 8));
      bytes.writeDoubleLE(move(bytes.readDoubleLE(at), seed), at);
    }
    return true;
  };
  if (type === 1) return points(1) ? at : -1;
  if (at + 4 > bytes.length || type < 1 || type > 7) return -1;
  const count = bytes.readUInt32LE(at);
  at += 4;
  if (type === 2) return points(count) ? at : -1;
  for (let i = 0; i < count; i++) {
    if (type === 3) {
      if (at + 4 > bytes.length) return -1;
      const ring = bytes.readUInt32LE(at);
      at += 4;
      if (!points(ring)) return -1;
    } else {
      at = moveWkb(bytes, at, move);
      if (at < 0) return -1;
    }
  }
  return at;
}
