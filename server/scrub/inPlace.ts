import { copyOut } from './encode.ts';
import { Place, valueAt } from './place.ts';
import type { PlaceTransform, Transform } from './transformer.ts';

/** A transform that takes and gives Buffers, for callers that have a value at hand and keep the result. */
export function asTransform(transform: PlaceTransform): Transform {
  const out = new Place();
  return (value, row) => {
    transform(value, 0, value.length, row, out);
    const { bytes, start, end } = out;
    if (end < 0) return null;
    if (bytes === value && start === 0 && end === value.length) return value;
    // What a transform writes, it writes into memory that its next value needs.
    return copyOut(bytes, end - start, start);
  };
}

/** A transform that makes a Buffer for each value, among others that do not. */
export function asPlaceTransform(transform: Transform): PlaceTransform {
  return (bytes, start, end, row, out) => {
    const value = valueAt(bytes, start, end);
    const replaced = transform(value, row);
    if (replaced === value) out.set(bytes, start, end);
    else out.put(replaced);
  };
}
