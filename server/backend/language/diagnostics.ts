import { fileURLToPath } from 'node:url';
import type { JSONPath } from 'jsonc-parser';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { parseConfig } from '../../config/parse.ts';
import { GreenroomError } from '../../platform/errors.ts';
import { type ColumnCoverage, explainCoverage, unknownRules } from '../../scrub/coverage.ts';
import type { ScrubSettings } from '../../scrub/detect.ts';
import type { TableFacts } from '../../scrub/plan.ts';
import { RuleSet } from '../../scrub/rules.ts';
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
  const scrub = { rules, presets };
  const warn = (path: JSONPath, code: string, message: string) => ({
    range: keyRange(document, path),
    severity: DiagnosticSeverity.Warning,
    source,
    code,
    message,
  });
  return [
    ...unknownRules(tables, scrub).map(name =>
      warn(['scrub', 'rules', name], 'unknown-column', `"${name}" is no column of production.`),
    ),
    ...coverage(document, tables, scrub).map(found =>
      'problem' in found
        ? found.problem
        : {
            ...warn(
              ['scrub', 'rules'],
              'uncovered-column',
              `${found.table}.${found.column} has no rule: the base cannot be built. Proposal: ${found.proposal}`,
            ),
            data: { proposal: found.proposal },
          },
    ),
  ];
}

type Found = ColumnCoverage | { problem: Diagnostic };

/** Columns without a rule; where rules cannot work at all, what is wrong with each of them. */
function coverage(document: TextDocument, tables: readonly TableFacts[], scrub: ScrubSettings): Found[] {
  try {
    return explainCoverage(tables, scrub).filter(({ rule }) => rule === undefined);
  } catch (error) {
    if (!(error instanceof GreenroomError) || error.reason !== 'configuration-invalid') throw error;
    return error.items.map(message => ({
      problem: {
        range: keyRange(document, placeOf(message, scrub)),
        severity: DiagnosticSeverity.Error,
        source,
        code: 'impossible-rule',
        message: `${message}.`,
      },
    }));
  }
}

/** `users.email: …` stands at its rule, which may be a pattern; what names a preset at the presets. */
function placeOf(message: string, { rules }: ScrubSettings): JSONPath {
  if (message.startsWith('there is no preset')) return ['scrub', 'presets'];
  const name = /^[^\s:]+/.exec(message)?.[0] ?? '';
  const { table, column } = splitColumn(name);
  const match = new RuleSet(rules).find(table, column);
  return match === undefined ? ['scrub', 'rules'] : ['scrub', 'rules', match.pattern];
}
