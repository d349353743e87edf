import {
  findNodeAtLocation,
  type JSONPath,
  type Node,
  type ParseError,
  printParseErrorCode,
} from 'jsonc-parser';
import type * as z from 'zod';

/** One thing that is wrong in `greenroom.jsonc`. Positions are 1-based. */
export interface ConfigProblem {
  file: string;
  line: number;
  column: number;
  endColumn: number;
  message: string;
}

export function syntaxProblem(file: string, text: string, error: ParseError): ConfigProblem {
  const words = printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return {
    file,
    ...position(text, error.offset, error.length),
    message: `This is not valid JSON with comments: ${words}.`,
  };
}

/** Places a zod issue on the line it is about, and says what would be right. */
export function shapeProblem(
  file: string,
  text: string,
  root: Node | undefined,
  issue: z.core.$ZodIssue,
): ConfigProblem {
  const path = issue.path.filter(part => typeof part !== 'symbol') as JSONPath;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const property = nodeAt(root, [...path, key])?.parent;
    return {
      file,
      ...position(text, property?.offset ?? 0, key.length + 2),
      message: `"${key}" is not a setting of ${path.length === 0 ? 'greenroom.jsonc' : `"${path.join('.')}"`}. Remove it, or correct its spelling.`,
    };
  }
  const node = nodeAt(root, path) ?? nearest(root, path);
  const where = path.length === 0 ? 'The file' : `"${path.join('.')}"`;
  return {
    file,
    ...position(text, node?.offset ?? 0, node?.length ?? 1),
    message: `${where} ${expectation(issue)}.`,
  };
}

export function valueProblem(
  file: string,
  text: string,
  root: Node | undefined,
  path: JSONPath,
  message: string,
): ConfigProblem {
  const node = nodeAt(root, path) ?? nearest(root, path);
  return { file, ...position(text, node?.offset ?? 0, node?.length ?? 1), message };
}

/** `file:line:column message`, as terminals link it. */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.message}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type')
    return issue.input === undefined
      ? `is missing: it must be ${issue.expected}`
      : `must be ${issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map(value => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'invalid_union')
    return 'must be the name of a transformer, { "keep": "why" } or { "use": "name", … }; the README lists the names';
  if (issue.code === 'invalid_format') return `must look otherwise: ${issue.message}`;
  return `is not right: ${issue.message}`;
}

function nodeAt(root: Node | undefined, path: JSONPath): Node | undefined {
  return root && findNodeAtLocation(root, path);
}

function nearest(root: Node | undefined, path: JSONPath): Node | undefined {
  for (let length = path.length - 1; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length));
    if (node?.parent?.type === 'property') return node.parent.children?.[0] ?? node;
    if (node) return node;
  }
  return undefined;
}

function position(
  text: string,
  offset: number,
  length: number,
): { line: number; column: number; endColumn: number } {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const newline = text.indexOf('\n', offset);
  const restOfLine = (newline === -1 ? text.length : newline) - offset;
  return { line, column, endColumn: column + Math.max(1, Math.min(length, restOfLine)) };
}
