import * as vscode from 'vscode';

export const productionScheme = 'greenroom-production';
export const documentScheme = 'greenroom-document';

/** Production's version of a site file, read-only. `orEmpty`: a file that is not there reads as empty, for diffs. */
export function productionUri(folder: string, path: string, orEmpty = false): vscode.Uri {
  return vscode.Uri.from({
    scheme: productionScheme,
    path: `/${path}`,
    query: JSON.stringify({ folder, ...(orEmpty && { orEmpty }) }),
  });
}

export function parseProductionUri(uri: vscode.Uri): { folder: string; path: string; orEmpty: boolean } {
  const { folder, orEmpty } = JSON.parse(uri.query) as { folder: string; orEmpty?: boolean };
  return { folder, path: uri.path.slice(1), orEmpty: orEmpty === true };
}

/** Documents made by the extension: a statement with its undo, a caught message, a promotion, a command's answer. */
export type GreenroomDocument =
  | { of: 'ddl'; folder: string; object: string; change: string }
  | { of: 'inbox'; folder: string; environment: string; number: number }
  | { of: 'promotion'; folder: string; promotion: string }
  | { of: 'answer'; number: number };

export function ddlUri(folder: string, object: string, change: string): vscode.Uri {
  return documentUri(
    `${change} ${object}.sql`,
    { of: 'ddl', folder, object, change },
    vscode.l10n.t('Schema'),
  );
}

/** What a row of the SCM view is about when that is neither a file nor a statement of the plan. */
export function subjectUri(folder: string, subject: string): vscode.Uri {
  return documentUri(subject, { of: 'ddl', folder, object: subject, change: '' }, vscode.l10n.t('Schema'));
}

export function inboxUri(folder: string, environment: string, number: number, subject: string): vscode.Uri {
  return documentUri(`${fileName(subject) || number}.txt`, { of: 'inbox', folder, environment, number });
}

export function promotionUri(folder: string, promotion: string, message = ''): vscode.Uri {
  return documentUri(`${fileName(message) || promotion}.md`, { of: 'promotion', folder, promotion });
}

/** A line of text as a tab can show it. */
function fileName(text: string): string {
  return text
    .replace(/[/\\\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 60);
}

export function answerUri(number: number, title: string): vscode.Uri {
  return documentUri(`${title}.md`, { of: 'answer', number });
}

/** `directory` is what VS Code shows beside the name. */
function documentUri(name: string, document: GreenroomDocument, directory = ''): vscode.Uri {
  const path = `${directory === '' ? '' : `/${directory}`}/${name}`;
  return vscode.Uri.from({ scheme: documentScheme, path, query: JSON.stringify(document) });
}

export function parseDocumentUri(uri: vscode.Uri): GreenroomDocument {
  return JSON.parse(uri.query) as GreenroomDocument;
}
