import assert from 'node:assert/strict';
import { Folder, foldText } from '../../../server/scrub/normalize.ts';

describe('folding values into bytes', () => {
  const pieces = [
    ...Array.from({ length: 0x180 - 0xc0 }, (_, index) => String.fromCharCode(0xc0 + index)),
    ...['a', 'Z', '9', ' ', '\t', '  ', '\n', '.', '@', '\u00a0', '\u0301', '\u0001', 'ſ', 'Ω', '😀', 'é'],
  ];

  for (const sameness of ['address', 'words'] as const)
    it(`folds letters of two bytes as the text would be folded (${sameness})`, () => {
      const folder = new Folder(sameness);
      for (const a of pieces)
        for (const b of pieces) {
          // ASCII alone has a path of its own, which takes control characters for white space.
          const text = `${a}ü${b}${a} `;
          folder.fold(Buffer.from(text));
          assert.equal(
            folder.bytes.toString('utf8', 0, folder.length),
            foldText(text, sameness),
            JSON.stringify(text),
          );
          assert.equal(folder.changed, true);
        }
    });

  it('counts bytes that are no UTF-8 as they are', () => {
    const folder = new Folder('words');
    for (const broken of [[0xc3], [0x41, 0xc3, 0x41], [0xc3, 0xbc, 0xff], [0xc5, 0xc3, 0xbc]]) {
      folder.fold(Buffer.from(broken));
      assert.deepEqual([...folder.bytes.subarray(0, folder.length)], broken);
    }
  });
});
