import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { isAddress, isBytes, isCharacter, isInteger } from '../columnType.ts';
import { isBlank } from '../encode.ts';
import { KeyStream } from '../keyStream.ts';
import { FeistelNetwork } from '../permute.ts';
import type { Transform, TransformContext, Transformer } from '../transformer.ts';

/**
 * Network address: `87.122.4.9` → `203.0.113.57`, `2a02:8108::7` → `2001:db8:9c4f:…`, of the ranges that RFC 5737 and RFC 3849 keep for
 * documentation. Texts with several addresses (`X-Forwarded-For`), ports, INT UNSIGNED (`INET_ATON`) and packed BINARY forms keep
 * their form. Where a column of them is unique, IPv4 addresses become documentation IPv6 addresses if the column holds them, else all
 * four bytes are permuted.
 */
export const ip: Transformer = {
  name: 'ip',
  version: 1,
  summary: 'A network address of a documentation range.',
  example: { before: '87.122.4.9', after: '203.0.113.57' },
  options: z.strictObject({}),
  accepts: column => isCharacter(column) || isBytes(column) || isAddress(column) || isInteger(column),
  sameness: 'exact',
  uniqueness: 'own',
  cached: true,
  create,
};

const addressText =
  /(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})|\d{1,3}(?:\.\d{1,3}){3}/gi;
const documentation = ['192.0.2', '198.51.100', '203.0.113'];

function create(context: TransformContext): Transform {
  const { column } = context;
  const replacer = new AddressReplacer(context);
  const longEnough = column.maxLength === null || column.maxLength >= 39;
  const wide =
    (column.unique || context.wide.has('ip')) &&
    (column.dataType === 'inet6' || (isCharacter(column) && longEnough));
  return value => {
    if (isInteger(column)) return Buffer.from(replacer.number(value.toString('latin1'), column.unique));
    if (isBytes(column) && (value.length === 4 || value.length === 16) && !isPrintable(value))
      return replacer.packed(value, column.unique);
    if (isBlank(value)) return value;
    let found = false;
    const text = value.toString('latin1').replace(addressText, address => {
      if (!isIPv4(address) && !isIPv6(address)) return address;
      found = true;
      return replacer.text(address, wide, column.unique);
    });
    // No address in it: a host name, or anything.
    return Buffer.from(
      found ? text : replacer.text(text, false, false).slice(0, column.maxLength ?? undefined),
      'latin1',
    );
  };
}

function isPrintable(value: Buffer): boolean {
  return value.every(byte => byte >= 0x20 && byte < 0x7f);
}

class AddressReplacer {
  readonly #stream: KeyStream;
  readonly #network: FeistelNetwork;

  constructor(context: TransformContext) {
    this.#stream = new KeyStream(context.hash('ip'));
    this.#network = new FeistelNetwork(context.hash('ip wide'));
  }

  text(address: string, wide: boolean, unique: boolean): string {
    if (isIPv6(address) || wide) return this.#six(address);
    if (unique && isIPv4(address)) return this.#permuted(address.split('.').map(Number)).join('.');
    return this.#four(address);
  }

  packed(value: Buffer, unique: boolean): Buffer {
    if (value.length === 4) {
      const address = [...value];
      return Buffer.from(
        unique ? this.#permuted(address) : this.#four(address.join('.')).split('.').map(Number),
      );
    }
    const replaced = Buffer.from('20010db8000000000000000000000000', 'hex');
    this.#stream.seed(value, 0, 16);
    for (let i = 4; i < 16; i += 4) replaced.writeUInt32BE(this.#stream.word(), i);
    return replaced;
  }

  number(text: string, unique: boolean): string {
    const address = Number(text);
    if (!(address > 0 && address <= 0xffffffff)) return text;
    const bytes = [address / 2 ** 24, address / 2 ** 16, address / 2 ** 8, address].map(
      part => Math.floor(part) % 256,
    );
    const replaced = unique ? this.#permuted(bytes) : this.#four(bytes.join('.')).split('.').map(Number);
    return String(replaced.reduce((sum, byte) => sum * 256 + byte, 0));
  }

  #four(address: string): string {
    const seed = Buffer.from(address);
    this.#stream.seed(seed, 0, seed.length);
    return `${documentation[this.#stream.below(3)]}.${1 + this.#stream.below(254)}`;
  }

  #six(address: string): string {
    const seed = Buffer.from(address.toLowerCase());
    this.#stream.seed(seed, 0, seed.length);
    const groups = ['2001', 'db8'];
    for (let i = 0; i < 3; i++) {
      const word = this.#stream.word();
      // No group of zeros: the text is then the canonical one, and comparable.
      groups.push(((word >>> 16) | 0x1000).toString(16), ((word & 0xffff) | 0x1000).toString(16));
    }
    return groups.join(':');
  }

  #permuted(bytes: number[]): number[] {
    const digits = [...bytes];
    this.#network.apply(digits, [256, 256, 256, 256]);
    return digits;
  }
}
