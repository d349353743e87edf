import * as vscode from 'vscode';
import type { Conflict, Finding, PlanView } from '../../server/protocol/plan.ts';
import type { FolderModel } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from '../ui/disposable.ts';
import type { SourceControls } from './sourceControls.ts';
import { changeOf } from './subjects.ts';
import { ddlUri } from './uris.ts';

/** Findings and conflicts where they are about: a diagnostic and a comment on the line. */
export class Findings extends Disposable {
  readonly #reviews: SourceControls;
  readonly #diagnostics = this.register(vscode.languages.createDiagnosticCollection('greenroom-plan'));
  readonly #comments = this.register(
    vscode.comments.createCommentController('greenroom', vscode.l10n.t('Staging findings')),
  );
  readonly #uris = new Map<FolderModel, vscode.Uri[]>();
  readonly #threads = new Map<FolderModel, vscode.CommentThread[]>();

  constructor(workspace: WorkspaceModel, reviews: SourceControls) {
    super();
    this.#reviews = reviews;
    this.register(
      workspace.onDidChangePlan(folder => {
        if (folder.plan.state !== 'loading') void this.#show(folder, folder.lastPlan);
      }),
    );
    this.register(
      workspace.onDidChange(() => {
        for (const folder of this.#uris.keys())
          if (!workspace.folders.includes(folder)) void this.#show(folder, undefined);
      }),
    );
  }

  async #show(folder: FolderModel, plan: PlanView | undefined): Promise<void> {
    const notes = plan === undefined ? [] : notesOf(plan);
    const placed = await Promise.all(
      notes.map(async note => ({
        ...note,
        line: note.line ?? lineIn(plan, note.subject),
        uri: await this.#uriOf(folder, plan, note.subject),
      })),
    );
    if (folder.lastPlan !== plan) return;
    for (const uri of this.#uris.get(folder) ?? []) this.#diagnostics.delete(uri);
    for (const thread of this.#threads.get(folder) ?? []) thread.dispose();
    const byUri = new Map<string, Placed[]>();
    for (const { uri, ...note } of placed)
      if (uri !== undefined) byUri.set(String(uri), [...(byUri.get(String(uri)) ?? []), note]);
    const uris: vscode.Uri[] = [];
    const threads: vscode.CommentThread[] = [];
    for (const [text, group] of byUri) {
      const uri = vscode.Uri.parse(text);
      uris.push(uri);
      this.#diagnostics.set(
        uri,
        group.map(({ line, message, severity, source }) => {
          const diagnostic = new vscode.Diagnostic(lineRange(line), message, severity);
          diagnostic.source = 'Greenroom';
          diagnostic.code = source;
          return diagnostic;
        }),
      );
      for (const note of group) if (note.comment) threads.push(this.#thread(uri, note));
    }
    this.#uris.set(folder, uris);
    this.#threads.set(folder, threads);
  }

  #thread(uri: vscode.Uri, note: Placed): vscode.CommentThread {
    const thread = this.#comments.createCommentThread(uri, lineRange(note.line), [
      {
        body: new vscode.MarkdownString(note.message.replace(/[\\`*_[\]<>]/g, '\\$&')),
        mode: vscode.CommentMode.Preview,
        author: { name: `Greenroom · ${note.source}` },
      },
    ]);
    thread.canReply = false;
    thread.state = vscode.CommentThreadState.Unresolved;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    return thread;
  }

  async #uriOf(
    folder: FolderModel,
    plan: PlanView | undefined,
    subject: string | undefined,
  ): Promise<vscode.Uri | undefined> {
    if (subject === undefined) return undefined;
    if (plan?.files.some(({ path }) => path === subject))
      return this.#reviews.locations(folder).fileOf(subject);
    const change = plan && changeOf(plan, subject);
    return change && ddlUri(folder.path, change.object, change.kind);
  }
}

interface Note {
  subject: string | undefined;
  /** 1-based; absent where it is about the whole. */
  line: number | undefined;
  message: string;
  severity: vscode.DiagnosticSeverity;
  source: string;
  comment: boolean;
}

type Placed = Note & { line: number };

/** Of a statement's document the line where the statement begins, of a file the first. */
function lineIn(plan: PlanView | undefined, subject: string | undefined): number {
  if (plan === undefined || subject === undefined || plan.files.some(({ path }) => path === subject))
    return 1;
  const change = changeOf(plan, subject);
  return change === undefined ? 1 : 2 + change.reasons.length;
}

function notesOf(plan: PlanView): Note[] {
  return [
    ...plan.findings.map((finding: Finding) => ({
      subject: finding.subject,
      line: finding.line,
      message: finding.message,
      severity: severityOf(finding.severity),
      source: finding.guard,
      comment: finding.severity !== 'info',
    })),
    ...plan.conflicts
      .filter(({ resolution }) => resolution === undefined)
      .map((conflict: Conflict) => ({
        subject: conflict.subject,
        line: undefined,
        message: conflict.message,
        severity: vscode.DiagnosticSeverity.Error,
        source: 'conflict',
        comment: true,
      })),
  ];
}

function severityOf(severity: Finding['severity']): vscode.DiagnosticSeverity {
  if (severity === 'block') return vscode.DiagnosticSeverity.Error;
  return severity === 'info' ? vscode.DiagnosticSeverity.Information : vscode.DiagnosticSeverity.Warning;
}

function lineRange(line: number): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, 1000);
}
