import assert from 'node:assert/strict';
import { KeyedHash, pick } from '../../../server/scrub/prf.ts';

/** From the reference implementation, `vectors.h`: key 00…0f, messages of the bytes 0, 1, 2, …, output of 128 bits. */
const vectors: readonly (readonly [length: number, digest: string])[] = [
  [0, 'a3817f04ba25a8e66df67214c7550293'],
  [1, 'da87c1d86b99af44347659119b22fc45'],
  [8, '3b62a9ba6258f5610f83e264f31497b4'],
  [15, '5493e99933b0a8117e08ec0f97cfc3d9'],
  [63, '5150d1772f50834a503e069a973fbd7c'],
];

describe('the keyed function', () => {
  const key = new Uint8Array(16).map((_, index) => index);
  const message = new Uint8Array(64).map((_, index) => index);

  it('is SipHash-2-4 with 128 bits', () => {
    const hash = new KeyedHash(key);
    for (const [length, digest] of vectors) {
      hash.update(message, 0, length);
      assert.equal(Buffer.from(hash.words.buffer).toString('hex'), digest, `${length} bytes`);
    }
  });

  it('reads a part of a buffer as if it stood alone', () => {
    const hash = new KeyedHash(key);
    hash.update(message, 5, 31);
    const part = [...hash.words];
    hash.update(message.slice(5, 31), 0, 26);
    assert.deepEqual([...hash.words], part);
  });

  it('takes inputs larger than its memory, and what came before them does not matter', () => {
    const hash = new KeyedHash(key);
    const digestOf = (bytes: Uint8Array) => {
      hash.update(bytes, 0, bytes.length);
      return [...hash.words];
    };
    const long = new Uint8Array(200_000).map((_, index) => index % 251);
    const expected = digestOf(long);
    const short = digestOf(message.subarray(0, 9));
    digestOf(new Uint8Array(300_001).fill(0xff));
    assert.deepEqual(digestOf(long), expected);
    assert.deepEqual(digestOf(message.subarray(0, 9)), short);
    assert.notDeepEqual(digestOf(long.subarray(0, 199_999)), expected);
  });

  it('takes keys of 16 bytes only', () => {
    assert.throws(() => new KeyedHash(new Uint8Array(15)), RangeError);
  });

  it('picks from the whole list', () => {
    assert.equal(pick(0, 7), 0);
    assert.equal(pick(0xffffffff, 7), 6);
  });
});
