import * as vscode from 'vscode';
import type { Conflict, FileChange, SchemaChange } from '../../server/protocol/plan.ts';
import type { FolderModel } from '../model/folder.ts';
import { Disposable } from '../ui/disposable.ts';
import type { Node } from '../ui/nodes.ts';
import { setting } from '../ui/settings.ts';
import type { Locations } from './locations.ts';
import { changeOf } from './subjects.ts';
import { ddlUri, productionUri, subjectUri } from './uris.ts';

type Resource = vscode.SourceControlResourceState & { node: Node };

/** "Staging → Production" in the SCM view: what would be promoted, and the message it is promoted with. */
export class FolderSourceControl extends Disposable implements vscode.QuickDiffProvider {
  readonly #folder: FolderModel;
  readonly #locations: Locations;
  readonly #control: vscode.SourceControl;
  readonly #files: vscode.SourceControlResourceGroup;
  readonly #schema: vscode.SourceControlResourceGroup;
  readonly #review: vscode.SourceControlResourceGroup;
  readonly label = vscode.l10n.t('Production');

  constructor(folder: FolderModel, locations: Locations) {
    super();
    this.#folder = folder;
    this.#locations = locations;
    this.#control = this.register(
      vscode.scm.createSourceControl('greenroom', vscode.l10n.t('Staging → Production'), folder.folder.uri),
    );
    this.#control.inputBox.placeholder = vscode.l10n.t(
      'What this promotion does ({0} to promote)',
      'Ctrl+Enter',
    );
    this.#control.acceptInputCommand = {
      command: 'greenroom.promotion.promote',
      title: vscode.l10n.t('Promote'),
      arguments: [{ kind: 'folder', model: folder } satisfies Node],
    };
    if (setting('gutterMarks')) this.#control.quickDiffProvider = this;
    this.#review = this.#control.createResourceGroup('review', vscode.l10n.t('Needs Review'));
    this.#files = this.#control.createResourceGroup('files', vscode.l10n.t('Files'));
    this.#schema = this.#control.createResourceGroup('schema', vscode.l10n.t('Schema'));
    this.#review.hideWhenEmpty = true;
    this.#schema.hideWhenEmpty = true;
    this.register(folder.onDidChangePlan(() => void this.#update()));
    this.register(
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!event.affectsConfiguration('greenroom.gutterMarks')) return;
        if (setting('gutterMarks')) this.#control.quickDiffProvider = this;
        else delete this.#control.quickDiffProvider;
      }),
    );
    void this.#update();
  }

  get message(): string {
    return this.#control.inputBox.value;
  }

  set message(text: string) {
    this.#control.inputBox.value = text;
  }

  /** The gutter's original of an open file: production's version; none for files that production does not have. */
  async provideOriginalResource(uri: vscode.Uri): Promise<vscode.Uri | undefined> {
    if (this.#folder.environment === undefined) return undefined;
    const path = await this.#locations.pathOf(uri);
    if (path === undefined) return undefined;
    const change = this.#folder.lastPlan?.files.find(file => file.path === path);
    return change?.change === 'added' ? undefined : productionUri(this.#folder.path, path);
  }

  async #update(): Promise<void> {
    const plan = this.#folder.lastPlan;
    if (this.#folder.plan.state === 'loading') return;
    if (plan !== undefined) await this.#locations.learn(plan.files.map(file => file.path));
    if (this.isDisposed || this.#folder.lastPlan !== plan) return;
    const open = (plan?.conflicts ?? []).filter(({ resolution }) => resolution === undefined);
    const review = (plan?.findings ?? []).filter(({ severity }) => severity !== 'info');
    this.#files.resourceStates = await Promise.all((plan?.files ?? []).map(file => this.#fileResource(file)));
    this.#schema.resourceStates = (plan?.schema ?? []).map(change => this.#schemaResource(change));
    this.#review.resourceStates = [
      ...open.map(conflict => this.#conflictResource(conflict)),
      ...review.map(finding => this.#findingResource(finding.subject, finding.message, finding.severity)),
    ];
    const included = (plan?.files ?? []).filter(({ excluded }) => !excluded).length;
    this.#control.count = included + (plan?.schema.length ?? 0);
  }

  async #fileResource(file: FileChange): Promise<Resource> {
    const node: Node = { kind: 'change', model: this.#folder, file };
    return {
      resourceUri: await this.#locations.fileOf(file.path),
      node,
      contextValue: file.excluded ? 'excluded' : 'included',
      command: { command: 'greenroom.plan.openDiff', title: '', arguments: [node] },
      decorations: {
        strikeThrough: file.change === 'deleted',
        faded: file.excluded === true,
        tooltip: file.excluded
          ? vscode.l10n.t('{0}: left out of the promotion', file.path)
          : `${file.path} · ${changeText(file.change)}`,
      },
    };
  }

  #schemaResource(change: SchemaChange): Resource {
    const node: Node = { kind: 'ddl', model: this.#folder, change };
    return {
      resourceUri: ddlUri(this.#folder.path, change.object, change.kind),
      node,
      contextValue: 'ddl',
      command: { command: 'greenroom.plan.openDdl', title: '', arguments: [node] },
      decorations: {
        tooltip: change.sql,
        ...(change.destructive && { iconPath: new vscode.ThemeIcon('warning') }),
      },
    };
  }

  #conflictResource(conflict: Conflict): Resource {
    const node: Node = { kind: 'conflict', model: this.#folder, conflict };
    return {
      resourceUri: this.#subjectUri(conflict.subject),
      node,
      contextValue: 'conflict',
      command: { command: 'greenroom.plan.preview', title: '', arguments: [node] },
      decorations: { tooltip: conflict.message, iconPath: new vscode.ThemeIcon('git-merge') },
    };
  }

  #findingResource(subject: string | undefined, message: string, severity: string): Resource {
    const node: Node = { kind: 'findings', model: this.#folder };
    return {
      resourceUri: this.#subjectUri(subject ?? 'plan'),
      node,
      contextValue: `finding.${severity}`,
      command: { command: 'greenroom.plan.preview', title: '', arguments: [node] },
      decorations: {
        tooltip: message,
        iconPath: new vscode.ThemeIcon(severity === 'block' ? 'error' : 'warning'),
      },
    };
  }

  #subjectUri(subject: string): vscode.Uri {
    const file = this.#locations.known(subject);
    if (file !== undefined) return vscode.Uri.file(file);
    const change = this.#folder.lastPlan && changeOf(this.#folder.lastPlan, subject);
    return change === undefined
      ? subjectUri(this.#folder.path, subject)
      : ddlUri(this.#folder.path, change.object, change.kind);
  }
}

export function changeText(change: FileChange['change']): string {
  if (change === 'added') return vscode.l10n.t('added');
  return change === 'deleted' ? vscode.l10n.t('deleted') : vscode.l10n.t('modified');
}
