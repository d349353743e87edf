import * as vscode from 'vscode';
import { createEnvironment, listEnvironments } from '../../server/protocol/environment.ts';
import { listInbox, showInbox } from '../../server/protocol/inbox.ts';
import { makePlan } from '../../server/protocol/plan.ts';
import { queryClone } from '../../server/protocol/project.ts';
import type { Backend } from '../backend/backend.ts';
import { BackendDown } from '../backend/failure.ts';
import type { FolderModel } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';

interface Tool<T> {
  name: string;
  /** Shown before it runs; a tool never runs without the person's yes. */
  confirm(input: T, folder: FolderModel | undefined): { title: string; message: string; doing: string };
  run(input: T, folder: FolderModel, backend: Backend, token: vscode.CancellationToken): Promise<unknown>;
}

const create: Tool<{ branch?: string }> = {
  name: 'greenroom_create_environment',
  confirm: ({ branch }) => ({
    title: vscode.l10n.t('Create staging environment'),
    message: vscode.l10n.t('Make the staging environment of {0}?', branch ?? vscode.l10n.t('this branch')),
    doing: vscode.l10n.t('Creating the environment'),
  }),
  // The password stays with the person: a tool's answer goes to a model.
  run: async ({ branch }, folder, backend, token) => {
    const { database, ...answer } = await backend.request(
      createEnvironment,
      { folder: folder.path, ...(branch !== undefined && { branch }) },
      { token },
    );
    return { ...answer, database: { ...database, password: undefined } };
  },
};

const plan: Tool<object> = {
  name: 'greenroom_plan',
  confirm: () => ({
    title: vscode.l10n.t('Plan promotion'),
    message: vscode.l10n.t('Compare this branch’s environment with production? Nothing is changed.'),
    doing: vscode.l10n.t('Comparing with production'),
  }),
  run: (_input, folder, backend, token) =>
    backend.request(makePlan, { folder: folder.path, rehearse: false }, { token }),
};

const list: Tool<object> = {
  name: 'greenroom_list_environments',
  confirm: () => ({
    title: vscode.l10n.t('List staging environments'),
    message: vscode.l10n.t('List the staging environments of this repository?'),
    doing: vscode.l10n.t('Listing environments'),
  }),
  run: (_input, folder, backend, token) =>
    backend.request(listEnvironments, { folder: folder.path }, { token }),
};

const inbox: Tool<{ number?: number; search?: string }> = {
  name: 'greenroom_inbox',
  confirm: ({ number }) => ({
    title: vscode.l10n.t('Read staging inbox'),
    message:
      number === undefined
        ? vscode.l10n.t('List the messages that the environment caught?')
        : vscode.l10n.t('Read caught message {0}?', number),
    doing: vscode.l10n.t('Reading the inbox'),
  }),
  run: ({ number, search }, folder, backend, token) =>
    number === undefined
      ? backend.request(
          listInbox,
          { folder: folder.path, ...(search !== undefined && { search }) },
          { token },
        )
      : backend.request(showInbox, { folder: folder.path, number }, { token }),
};

const query: Tool<{ sql: string; limit?: number }> = {
  name: 'greenroom_query',
  confirm: ({ sql }) => ({
    title: vscode.l10n.t('Query staging database'),
    message: vscode.l10n.t('Run this read-only query on the clone?\n\n{0}', `\`\`\`sql\n${sql}\n\`\`\``),
    doing: vscode.l10n.t('Querying the clone'),
  }),
  run: ({ sql, limit }, folder, backend, token) =>
    backend.request(queryClone, { folder: folder.path, sql, limit: Math.min(limit ?? 100, 1000) }, { token }),
};

/** Tools for agents. There is none for promote, undo or approve: these are the person's own click. */
export function registerTools(backend: Backend, workspace: WorkspaceModel): vscode.Disposable {
  const register = <T>(tool: Tool<T>) =>
    vscode.lm.registerTool<T>(tool.name, {
      prepareInvocation({ input }) {
        const { title, message, doing } = tool.confirm(input, workspace.active);
        return {
          invocationMessage: doing,
          confirmationMessages: { title, message: new vscode.MarkdownString(message) },
        };
      },
      async invoke({ input }, token) {
        const folder = workspace.active;
        if (!vscode.workspace.isTrusted || folder === undefined) throw new BackendDown();
        const answer = await tool.run(input, folder, backend, token);
        return new vscode.LanguageModelToolResult([
          new vscode.LanguageModelTextPart(JSON.stringify(answer, undefined, 1)),
        ]);
      },
    });
  return vscode.Disposable.from(
    register(create),
    register(plan),
    register(list),
    register(inbox),
    register(query),
  );
}
