import { isLiveAddress } from '../reserved.ts';
import type { NameClassifier } from './classify.ts';

/** Keys of JSON objects and of PHP arrays; a sample's documents are cut off, so they are not parsed. */
const keys = /"([A-Za-z_][\w-]{1,40})"\s*:|s:\d+:"([A-Za-z_][\w-]{1,40})";(?=[abdiOsN][:;])/g;
const address = /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}/i;
const telephone = /"\+\d[\d ()/-]{7,}"/;
const internetAddress = /"(?:\d{1,3}\.){3}\d{1,3}"/;

/** Whether one of the documents has a key that says it is about a person, or an address of one. */
export function documentsHoldPeople(texts: readonly string[], classifier: NameClassifier): boolean {
  const seen = new Set<string>();
  for (const text of texts) {
    if (isLiveAddress(address.exec(text)?.[0] ?? '') || telephone.test(text) || internetAddress.test(text))
      return true;
    for (const [, json, php] of text.matchAll(keys)) {
      const key = json ?? php ?? '';
      if (seen.has(key)) continue;
      seen.add(key);
      if (classifier.kindOfKey(key) !== undefined) return true;
    }
  }
  return false;
}
