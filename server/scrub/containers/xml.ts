const part =
  /<!--([\s\S]*?)-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s>]+)\s*>|<([A-Za-z_][^\s/>]*)((?:"[^"]*"|'[^']*'|[^>"'])*?)(\/?)>|<[!?][^>]*>/g;
const attribute = /([^\s=]+)(\s*=\s*)("[^"]*"|'[^']*')/g;

export interface XmlVisitor {
  /**
   * The new content of a text or an attribute.
   *
   * @param isOfPerson the element around the text's own, or the attribute's, holds a person's address or number
   */
  text(path: readonly string[], text: string, isOfPerson: boolean): string;
  /** Whether only elements about persons have a child or an attribute of that name. */
  isOfPeople(name: string): boolean;
}

/** Rewrites texts, CDATA, comments and attribute values; works on fragments and on HTML, whose elements may stay open. */
export function rewriteXml(source: string, visitor: XmlVisitor): string {
  const persons = elementsOfPersons(source, visitor);
  const path: string[] = [];
  /** Where the open elements begin. */
  const begun: number[] = [];
  const isPersonAt = (depth: number): boolean => persons.has(begun[depth] ?? -1);
  const visit = (at: readonly string[], text: string): string =>
    visitor.text(at, text, isPersonAt(begun.length - (at.at(-1)?.startsWith('@') ? 1 : 2)));
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
      if (open >= 0) path.length = begun.length = open;
      result += whole;
    } else if (opening !== undefined) {
      path.push(opening);
      begun.push(match.index);
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
      if (selfClosing === '/' || path.length > 200) {
        path.pop();
        begun.pop();
      }
    } else result += whole;
  }
  return result + textBetween(source.slice(at), path, visit);
}

/** Where elements begin that have a child or an attribute which only persons have. */
function elementsOfPersons(source: string, visitor: XmlVisitor): ReadonlySet<number> {
  const persons = new Set<number>();
  const open: { name: string; at: number }[] = [];
  for (const { index, 3: closing, 4: opening, 5: attributes = '', 6: selfClosing } of source.matchAll(part)) {
    if (closing !== undefined) {
      const found = open.findLastIndex(({ name }) => name === closing);
      if (found >= 0) open.length = found;
    } else if (opening !== undefined) {
      const around = open.at(-1);
      if (around !== undefined && visitor.isOfPeople(opening)) persons.add(around.at);
      for (const [, name = '', , quoted = ''] of attributes.matchAll(attribute))
        if (quoted.length > 2 && visitor.isOfPeople(name)) persons.add(index);
      if (selfClosing !== '/' && open.length < 200) open.push({ name: opening, at: index });
    }
  }
  return persons;
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
