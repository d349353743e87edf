import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ToPage } from '../../server/protocol/preview.ts';

/**
 * The page, with its first messages in it: it draws without asking back, which would cost the way to the extension host
 * and a second one home. Nothing but our own script and style may load, and nothing inline runs. The toolkit reads the nonce from the
 * meta element for the style element it makes.
 */
export function previewHtml(webview: vscode.Webview, dist: vscode.Uri, first: readonly ToPage[]): string {
  const nonce = randomBytes(18).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css'));
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource} 'nonce-${nonce}'`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Greenroom</title>
</head>
<body>
<main id="page"></main>
<script type="application/json" id="first">${JSON.stringify(first).replaceAll('<', '\\u003c')}</script>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
