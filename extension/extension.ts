import * as vscode from 'vscode';
import { registerTools } from './agents/tools.ts';
import { Backend } from './backend/backend.ts';
import { Secrets } from './backend/secrets.ts';
import { registerCommands } from './commands/register.ts';
import { commands } from './commands/table.ts';
import { WorkspaceModel } from './model/workspace.ts';
import { Previews } from './preview/previews.ts';
import { Decorations } from './review/decorations.ts';
import { Documents } from './review/documents.ts';
import { Findings } from './review/findings.ts';
import { HunkLenses } from './review/hunkLenses.ts';
import { ProductionFiles } from './review/productionFiles.ts';
import { SourceControls } from './review/sourceControls.ts';
import { StagingTree } from './tree/stagingTree.ts';
import { Disposable } from './ui/disposable.ts';
import { Notices } from './ui/notices.ts';
import { ServeTasks } from './ui/serveTask.ts';
import { StatusBar } from './ui/statusBar.ts';
import { TerminalVariables } from './ui/terminalVariables.ts';
import { Walkthrough } from './ui/walkthrough.ts';

/** Puts the parts together. In an untrusted folder everything is registered and nothing runs. */
export class Extension extends Disposable {
  readonly log: vscode.LogOutputChannel;
  readonly backend: Backend;
  readonly workspace: WorkspaceModel;

  constructor(context: vscode.ExtensionContext) {
    super();
    this.log = this.register(vscode.window.createOutputChannel('Greenroom', { log: true }));
    const secrets = this.register(new Secrets(context.secrets));
    this.backend = this.register(
      new Backend({
        module: context.asAbsolutePath('dist/server.js'),
        compileCache: vscode.Uri.joinPath(context.globalStorageUri, 'compiled').fsPath,
        log: this.log,
      }),
    );
    const { backend, log } = this;
    this.workspace = this.register(new WorkspaceModel(backend, secrets, log));
    const { workspace } = this;
    const reviews = this.register(new SourceControls(backend, workspace));
    const previews = this.register(new Previews(context.extensionUri, backend, reviews, log));
    this.register(new Walkthrough(workspace, previews));
    this.register(new StatusBar(backend, workspace));
    this.register(new StagingTree(backend, workspace, log));
    this.register(new ProductionFiles(backend, workspace));
    const documents = this.register(new Documents(backend, workspace));
    this.register(new Findings(workspace, reviews));
    this.register(new HunkLenses(backend, workspace, reviews));
    this.register(new Decorations(workspace, reviews));
    this.register(new Notices(backend));
    this.register(new TerminalVariables(context.environmentVariableCollection, backend, workspace, log));
    this.register(new ServeTasks(backend, workspace));
    this.register(registerTools(backend, workspace));
    this.register(
      registerCommands(
        { extension: context, log, workspace, secrets, documents, previews, reviews, backend },
        commands,
      ),
    );
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#start()));
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#start()));
    this.#start();
  }

  /** The backend runs once there is a trusted folder to serve. */
  #start(): void {
    if (vscode.workspace.isTrusted && this.workspace.folders.length > 0) this.backend.start();
  }
}
