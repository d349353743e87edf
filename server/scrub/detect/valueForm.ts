/** What keys of other rows look like: `5`, `60b7…`, a UUID. */
export const keysInside = 'keys';
/** Keys too, or what opens a door. */
export const hashes = 'hashes';
/** Keys, or numbers of somebody's. */
export const longNumbers = 'long numbers';

const forms: readonly (readonly [string, RegExp])[] = [
  ['yes or no', /^(?:0|1|y|n|yes|no|true|false|on|off)$/i],
  [keysInside, /^(?:\d{1,4}|[0-9a-f]{24}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i],
  [longNumbers, /^\d{1,11}$/],
  [hashes, /^[0-9a-f]{32,128}$/i],
  ['numbers', /^[-+]?\d{1,4}(?:[.,]\d+)?(?: ?(?:%|px|em|kg|cm|mm|m|h|s|€|\$))?$/],
  [
    'dates or times',
    /^(?:\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4})?[T ]?(?:\d\d?:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z| ?[+-]\d\d:?\d\d| ?[ap]m)?$/i,
  ],
  ['colours', /^#(?:[0-9a-f]{3}){1,2}$/i],
  ['media types', /^(?:application|audio|font|image|text|video|multipart|message)\/[\w.+-]+$/],
  ['locales', /^[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?$/],
  ['paths', /^(?:\/|\.{1,2}\/|[a-z]:\\)?(?:[\w.@-]+[\\/])+[\w.@ -]*$/i],
  ['constants', /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/],
];

/** What all of the values are, where that is nothing of a person's; undefined where they may be anything. */
export function valueForm(texts: readonly string[]): string | undefined {
  const distinct = new Set(texts).size;
  if (texts.length >= 20 && distinct <= Math.max(2, Math.min(12, texts.length / 5)))
    return `${distinct} different ones in ${texts.length}`;
  return forms.find(([, form]) => texts.every(text => form.test(text)))?.[0];
}
