import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { previewScrub } from '../../server/protocol/base.ts';
import type { ResultOf } from '../../server/protocol/message.ts';

const style = `table{border-collapse:collapse}th,td{border:1px solid var(--vscode-panel-border);padding:4px 8px;text-align:left;vertical-align:top}
del{color:var(--vscode-errorForeground);text-decoration:none}ins{color:var(--vscode-gitDecoration-addedResourceForeground);text-decoration:none}`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** A page that may run nothing and load nothing; it is gone, with what it shows, when it is closed or hidden. */
export function showScrubPreview(preview: ResultOf<typeof previewScrub>): void {
  const panel = vscode.window.createWebviewPanel(
    'greenroom.scrub',
    vscode.l10n.t('Scrub of {0}', preview.table),
    vscode.ViewColumn.Active,
    { enableScripts: false, localResourceRoots: [] },
  );
  const head = preview.columns.map(
    ({ name, rule }) => `<th>${escapeHtml(name)}<br><small>${escapeHtml(rule)}</small></th>`,
  );
  const cell = (before: string | null | undefined, after: string | null | undefined) =>
    before === after
      ? `<td>${show(after)}</td>`
      : `<td><del>${show(before)}</del><br><ins>${show(after)}</ins></td>`;
  const rows = preview.rows.map(
    ({ before, after }) => `<tr>${before.map((value, index) => cell(value, after[index])).join('')}</tr>`,
  );
  panel.webview.html = `<!DOCTYPE html><html lang="${vscode.env.language}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}';">
<style>${style}</style><title>${escapeHtml(preview.table)}</title></head>
<body><p>${escapeHtml(vscode.l10n.t('Shown on this screen only. Nothing here was logged or written.'))}</p>
<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></body></html>`;
}

function show(value: string | null | undefined): string {
  return value === null || value === undefined ? '<em>NULL</em>' : escapeHtml(value.slice(0, 200));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
