import * as z from 'zod';
import { isBytes, isCharacter } from '../columnType.ts';
import { cutBytes } from '../encode.ts';
import type { Transformer } from '../transformer.ts';

/**
 * Binary content and uploads: replaced by a small placeholder of the same type, recognised by its first bytes: a photograph → a one-pixel PNG, a
 * scanned contract → an empty PDF. Anything else becomes the text `removed`; empty stays empty.
 */
export const blob: Transformer = {
  name: 'blob',
  version: 1,
  summary: 'A placeholder of the same type: one pixel, an empty document, or the word “removed”.',
  example: { before: '(JPEG, 214 kB)', after: '(JPEG, one pixel)' },
  options: z.strictObject({}),
  accepts: column => isBytes(column) || isCharacter(column),
  sameness: 'exact',
  uniqueness: 'never',
  cached: false,
  create(context) {
    const limit = context.column.maxLength ?? Number.MAX_SAFE_INTEGER;
    const fitting = placeholders
      .map(({ magic, at, content }) => ({
        magic: Buffer.from(magic, 'latin1'),
        at,
        content: Buffer.from(content, 'base64'),
      }))
      .filter(({ content }) => content.length <= limit);
    const removed = cutBytes(Buffer.from('removed'), limit);
    return value => {
      if (value.length === 0) return value;
      const known = fitting.find(({ magic, at }) => value.subarray(at, at + magic.length).equals(magic));
      return known?.content ?? removed;
    };
  },
};

const zip = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';

/** Smallest valid files, by the bytes that files of the type begin with. */
const placeholders: readonly { magic: string; at: number; content: string }[] = [
  {
    magic: '\x89PNG',
    at: 0,
    content:
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  },
  {
    magic: '\xff\xd8\xff',
    at: 0,
    content:
      '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  },
  { magic: 'GIF8', at: 0, content: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7' },
  { magic: 'WEBP', at: 8, content: 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA' },
  {
    magic: '%PDF',
    at: 0,
    content: Buffer.from(
      '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
    ).toString('base64'),
  },
  { magic: 'PK\x03\x04', at: 0, content: zip },
  { magic: '\x1f\x8b', at: 0, content: 'H4sIAAAAAAAAAwMAAAAAAAAAAAA=' },
];
