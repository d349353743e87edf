import { findNodeAtLocation, modify, type Node, parseTree, stripComments } from 'jsonc-parser';

/** One line of `scrub.rules`: `"users.email": "email"`, with what speaks for it. */
export interface ProposedRule {
  rule: string;
  reason?: string;
}

/**
 * The text of a configuration with rules added at the end of `scrub.rules`, which is made if it is missing. Everything
 * else, comments and layout too, stays as it is. The text has to be valid JSONC.
 */
export function addRules(text: string, rules: readonly ProposedRule[]): string {
  if (rules.length === 0) return text;
  const object = rulesOf(text);
  if (object === undefined) return addRules(withEmptyRules(text), rules);
  const end = object.offset + object.length - 1;
  const last = object.children?.at(-1);
  const indent = `${indentOf(text, object.offset)}  `;
  const lines = rules.map(({ rule, reason }) =>
    reason === undefined ? `${indent}${rule}` : `${indent}// ${oneLine(reason)}\n${indent}${rule}`,
  );
  const start = last === undefined ? object.offset + 1 : last.offset + last.length;
  const kept = text.slice(start, end).trimEnd();
  const comma = last === undefined || stripComments(kept).includes(',') ? '' : ',';
  return `${text.slice(0, start)}${comma}${kept}\n${lines.join(',\n')}\n${indent.slice(2)}${text.slice(end)}`;
}

function rulesOf(text: string): Node | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true });
  const found = root && findNodeAtLocation(root, ['scrub', 'rules']);
  return found?.type === 'object' ? found : undefined;
}

function withEmptyRules(text: string): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  let changed = text;
  for (const { offset, length, content } of modify(text, ['scrub', 'rules'], {}, { formattingOptions }))
    changed = changed.slice(0, offset) + content + changed.slice(offset + length);
  return changed;
}

/** The white space that the line of a position begins with. */
function indentOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');
