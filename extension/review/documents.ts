import * as vscode from 'vscode';
import { showInbox } from '../../server/protocol/inbox.ts';
import { showPromotion } from '../../server/protocol/review.ts';
import type { Backend } from '../backend/backend.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import { dateText } from '../ui/format.ts';
import { escapeMarkdown } from '../ui/markdown.ts';
import { documentScheme, type GreenroomDocument, parseDocumentUri } from './uris.ts';

/** The text of documents that lie in no file: a statement and its undo, a caught message, a promotion. */
export class Documents extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.register(vscode.workspace.registerTextDocumentContentProvider(documentScheme, this));
    this.register(
      workspace.onDidChangePlan(folder => {
        for (const { uri } of vscode.workspace.textDocuments) {
          if (uri.scheme !== documentScheme) continue;
          const document = parseDocumentUri(uri);
          if (document.of === 'ddl' && document.folder === folder.path) this.#changed.fire(uri);
        }
      }),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const document = parseDocumentUri(uri);
    switch (document.of) {
      case 'ddl':
        return this.#ddl(document);
      case 'inbox':
        return this.#message(document, token);
      case 'promotion':
        return this.#promotion(document, token);
    }
  }

  #ddl(document: Extract<GreenroomDocument, { of: 'ddl' }>): string {
    const plan = this.#workspace.folders.find(({ path }) => path === document.folder)?.lastPlan;
    const change = plan?.schema.find(
      ({ object, kind }) => object === document.object && kind === document.change,
    );
    if (change === undefined) return `-- ${vscode.l10n.t('This change is no longer part of the plan.')}\n`;
    const reasons = change.reasons.map(reason => `-- ${reason}\n`).join('');
    const how = vscode.l10n.t('algorithm: {0}, blocks: {1}', change.algorithm, change.locks);
    return `-- ${how}\n${reasons}${change.sql};\n\n-- ${vscode.l10n.t('Undo')}\n${change.undoSql};\n`;
  }

  async #message(
    document: Extract<GreenroomDocument, { of: 'inbox' }>,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const message = await this.#backend.request(
      showInbox,
      { folder: document.folder, id: document.environment, number: document.number },
      { token },
    );
    const row = (name: string, value: string) => `**${name}:** ${escapeMarkdown(value)}  \n`;
    const headers = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}`);
    const body =
      message.text !== '' || message.html === undefined
        ? message.text
        : `\`\`\`html\n${message.html.replaceAll('```', '` ` `')}\n\`\`\``;
    return [
      `# ${escapeMarkdown(message.subject)}\n`,
      row(vscode.l10n.t('From'), message.from) +
        row(vscode.l10n.t('To'), message.to.join(', ')) +
        row(vscode.l10n.t('Caught'), dateText(message.at)) +
        (message.attachments.length > 0
          ? row(vscode.l10n.t('Attachments'), message.attachments.join(', '))
          : '') +
        row(vscode.l10n.t('File'), message.file),
      `${body}\n`,
      `---\n\n\`\`\`text\n${headers.join('\n')}\n\`\`\`\n`,
    ].join('\n');
  }

  async #promotion(
    document: Extract<GreenroomDocument, { of: 'promotion' }>,
    token: vscode.CancellationToken,
  ): Promise<string> {
    const { entry, patch, ddl, undoDdl, statement } = await this.#backend.request(
      showPromotion,
      { folder: document.folder, promotion: document.promotion },
      { token },
    );
    const fence = (language: string, text: string) =>
      text.trim() === '' ? '–\n' : `\`\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\`\n`;
    return [
      `# ${escapeMarkdown(entry.message.split('\n')[0] ?? entry.promotion)}\n`,
      `${entry.by} · ${dateText(entry.at)} · ${entry.branch ?? ''} · \`${entry.commit.slice(0, 12)}\`\n`,
      ...entry.findings.map(finding => `- ${escapeMarkdown(finding)}`),
      `\n## ${vscode.l10n.t('Schema')}\n`,
      fence('sql', ddl),
      `## ${vscode.l10n.t('Undo')}\n`,
      fence('sql', undoDdl),
      `## ${vscode.l10n.t('Files')}\n`,
      fence('diff', patch),
      `## ${vscode.l10n.t('Signed statement')}\n`,
      fence('json', statement),
    ].join('\n');
  }
}
