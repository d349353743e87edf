import type * as vscode from 'vscode';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import type { Backend } from '../backend/backend.ts';
import type { Secrets } from '../backend/secrets.ts';
import type { FolderModel, ReadyStatus } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import type { Previews } from '../preview/previews.ts';
import type { Documents } from '../review/documents.ts';
import type { SourceControls } from '../review/sourceControls.ts';

/** What every command may use; the backend may be down. */
export interface WindowContext {
  extension: vscode.ExtensionContext;
  log: vscode.LogOutputChannel;
  workspace: WorkspaceModel;
  secrets: Secrets;
  documents: Documents;
  previews: Previews;
  reviews: SourceControls;
  backend: Backend;
}
/** A trusted folder is open and the backend runs, so there is something to ask and someone to answer. */
export interface FolderContext extends WindowContext {
  folder: FolderModel;
}
/** The folder's configuration is in order. */
export interface ProjectContext extends FolderContext {
  status: ReadyStatus;
}
/** The branch that is checked out has an environment to work with. */
export interface EnvironmentContext extends ProjectContext {
  environment: EnvironmentView;
}

export interface Contexts {
  window: WindowContext;
  folder: FolderContext;
  project: ProjectContext;
  environment: EnvironmentContext;
}
export type Need = keyof Contexts;

export interface Command<N extends Need = Need> {
  /** Without the prefix `greenroom.`. */
  id: string;
  need: N;
  run(context: Contexts[N], ...args: unknown[]): Promise<unknown>;
}

/** A command of any need: what the table holds. */
export type AnyCommand = { [N in Need]: Command<N> }[Need];

/** Declares a command: it runs only with what it needs, and the table answers in its place when that is missing. */
export function command<N extends Need>(
  id: string,
  need: N,
  run: (context: Contexts[N], ...args: unknown[]) => Promise<unknown>,
): Command<N> {
  return { id, need, run };
}
