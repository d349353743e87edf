import { fileURLToPath } from 'node:url';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parseConfig } from '../../config/parse.ts';
import { explainCoverage } from '../../scrub/coverage.ts';
import type { TableFacts } from '../../scrub/plan.ts';
import { keyRange, splitColumn } from './place.ts';

const source = 'Greenroom';

/** What is wrong with the text and, where production's tables are known, which columns no rule covers and which rules cover nothing. */
export function diagnostics(document: TextDocument, tables: readonly TableFacts[]): Diagnostic[] {
  const parsed = parseConfig(fileURLToPath(document.uri), document.getText());
  if (!parsed.ok)
    return parsed.problems.map(({ line, column, endColumn, message }) => ({
      range: {
        start: { line: line - 1, character: column - 1 },
        end: { line: line - 1, character: endColumn - 1 },
      },
      severity: DiagnosticSeverity.Error,
      source,
      message,
    }));
  if (tables.length === 0) return [];
  const { rules, presets } = parsed.config.scrub;
  const uncovered = explainCoverage(tables, { rules, presets }).filter(({ rule }) => rule === undefined);
  return [
    ...Object.keys(rules)
      .filter(name => !matchesAny(name, tables))
      .map(name => ({
        range: keyRange(document, ['scrub', 'rules', name]),
        severity: DiagnosticSeverity.Warning,
        source,
        code: 'unknown-column',
        message: `"${name}" is no column of production.`,
      })),
    ...uncovered.map(({ table, column, proposal }) => ({
      range: keyRange(document, ['scrub', 'rules']),
      severity: DiagnosticSeverity.Warning,
      source,
      code: 'uncovered-column',
      message: `${table}.${column} has no rule: the base cannot be built. Proposal: ${proposal}`,
      data: { proposal },
    })),
  ];
}

function matchesAny(name: string, tables: readonly TableFacts[]): boolean {
  const { table, column } = splitColumn(name);
  return tables.some(one => fits(table, one.name) && one.columns.some(other => fits(column, other.name)));
}

/** `*` stands for any text; names compare as MySQL's do on most servers, without case. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name);
}
