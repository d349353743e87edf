const part =
  /<!--([\s\S]*?)-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s>]+)\s*>|<([A-Za-z_][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|<[!?][^>]*>/g;
const attribute = /([^\s=]+)(\s*=\s*)("[^"]*"|'[^']*')/g;

/** Rewrites texts, CDATA, comments and attribute values; works on fragments and on HTML, whose elements may stay open. */
export function rewriteXml(source: string, visit: (path: readonly string[], text: string) => string): string {
  const path: string[] = [];
  let result = '';
  let at = 0;
  for (const match of source.matchAll(part)) {
    result += textBetween(source.slice(at, match.index), path, visit);
    at = match.index + match[0].length;
    const [whole, comment, cdata, closing, opening, attributes = '', selfClosing] = match;
    if (comment !== undefined) result += `<!--${visit(path, comment).replaceAll('--', '- -')}-->`;
    else if (cdata !== undefined) result += `<![CDATA[${visit(path, cdata).replaceAll(']]>', ']] >')}]]>`;
    else if (closing !== undefined) {
      const open = path.lastIndexOf(closing);
      if (open >= 0) path.length = open;
      result += whole;
    } else if (opening !== undefined) {
      path.push(opening);
      const rewritten = attributes.replace(
        attribute,
        (_: string, name: string, equals: string, quoted: string) => {
          const quote = quoted[0] as string;
          const value = decode(quoted.slice(1, -1));
          const replaced = visit([...path, `@${name}`], value);
          return `${name}${equals}${replaced === value ? quoted : quote + encode(replaced, quote) + quote}`;
        },
      );
      result += `<${opening}${rewritten}${selfClosing}>`;
      if (selfClosing === '/' || path.length > 200) path.pop();
    } else result += whole;
  }
  return result + textBetween(source.slice(at), path, visit);
}

function textBetween(
  raw: string,
  path: readonly string[],
  visit: (path: readonly string[], text: string) => string,
): string {
  const trimmed = raw.trim();
  if (trimmed === '') return raw;
  const text = decode(trimmed);
  const replaced = visit(path, text);
  if (replaced === text) return raw;
  const start = raw.indexOf(trimmed);
  return raw.slice(0, start) + encode(replaced, '') + raw.slice(start + trimmed.length);
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function encode(text: string, quote: string): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (quote === '"') return safe.replaceAll('"', '&quot;');
  return quote === "'" ? safe.replaceAll("'", '&#39;') : safe;
}
