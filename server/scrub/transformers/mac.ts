import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { KeyStream } from '../keyStream.ts';
import { FeistelNetwork } from '../permute.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Hardware address, in its own writing: `3C:22:FB:9A:10:04` → `00:00:5E:00:53:7B`, of the range that RFC 7042 keeps for
 * documentation. Where a column of them is unique, the 46 bits that tell adapters apart are permuted and the address is marked as
 * locally administered, which no manufacturer gives out.
 */
export const mac: Transformer = {
  name: 'mac',
  version: 1,
  summary: 'A hardware address of the documentation range.',
  example: { before: '3C:22:FB:9A:10:04', after: '00:00:5E:00:53:7B' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: true,
  create,
};

function create(context: TransformContext): Transform {
  const { column } = context;
  const limit = column.maxLength ?? Number.MAX_SAFE_INTEGER;
  const wide = context.column.unique || context.wide.has('mac');
  const stream = new KeyStream(context.hash('mac'));
  const network = new FeistelNetwork(context.hash('mac wide'));
  const replace = (hex: string): string => {
    if (!wide) {
      const seed = Buffer.from(hex.toLowerCase());
      return `00005e0053${stream.seed(seed, 0, seed.length).below(256).toString(16).padStart(2, '0')}`;
    }
    const bytes = [...Buffer.from(hex, 'hex')];
    const digits = bytes.map((byte, index) => (index === 0 ? byte >>> 2 : byte));
    network.apply(
      digits,
      digits.map((_, index) => (index === 0 ? 64 : 256)),
    );
    digits[0] = ((digits[0] as number) << 2) | 2;
    return Buffer.from(digits).toString('hex');
  };
  return value => {
    if (value.length === 6 && isBytes(column)) return Buffer.from(replace(value.toString('hex')), 'hex');
    const text = value.toString('latin1');
    const hex = text.replace(/[^0-9a-f]/gi, '');
    // No hardware address: anything, and therefore replaced whole.
    if (hex.length !== 12) {
      if (value.length === 0) return value;
      const seed = Buffer.from(value.toString('hex').padEnd(12, '0').slice(0, 12));
      return Buffer.from(replace(seed.toString('latin1')).slice(0, limit));
    }
    const upper = /[A-F]/.test(text);
    const replaced = replace(hex);
    let at = 0;
    const poured = text.replace(/[0-9a-f]/gi, () => replaced[at++] ?? '0');
    return Buffer.from(upper ? poured.toUpperCase() : poured, 'latin1');
  };
}
