import * as vscode from 'vscode';
import type { ParamsOf } from '../../server/protocol/message.ts';
import { askCreate, notice } from '../../server/protocol/project.ts';
import type { Backend } from '../backend/backend.ts';
import { Disposable } from './disposable.ts';

type Notice = ParamsOf<typeof notice>;
interface Action {
  title: string;
  command: string;
  argument?: string | undefined;
}

/** What the backend has to say, one notification at a time; and that the backend itself ended, once. */
export class Notices extends Disposable {
  #last: Promise<unknown> = Promise.resolve();
  readonly #asked = new Set<string>();

  constructor(backend: Backend) {
    super();
    this.register(backend.onNotification(notice, message => this.#enqueue(() => this.#tell(message))));
    this.register(
      backend.onNotification(askCreate, ({ folder, branch }) =>
        this.#enqueue(() => this.#ask(folder, branch)),
      ),
    );
    this.register(
      backend.onDidEnd(({ again, first }) => {
        if (!again) this.#enqueue(() => this.#gone());
        else if (first) this.#enqueue(() => this.#restarted());
      }),
    );
  }

  #enqueue(show: () => Promise<unknown>): void {
    this.#last = this.#last.then(show, show);
  }

  async #tell(message: Notice): Promise<void> {
    const actions = actionsOf(message);
    const titles = actions.map(({ title }) => title);
    const chosen =
      message.kind === 'expired'
        ? await vscode.window.showInformationMessage(message.message, ...titles)
        : await vscode.window.showWarningMessage(message.message, ...titles);
    const action = actions.find(({ title }) => title === chosen);
    if (action !== undefined) await vscode.commands.executeCommand(action.command, action.argument);
  }

  async #ask(folder: string, branch: string): Promise<void> {
    const key = `${folder} ${branch}`;
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    const create = vscode.l10n.t('Create It');
    const always = vscode.l10n.t('Always Create');
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('{0} has no staging environment yet.', branch),
      create,
      always,
    );
    if (chosen === always)
      await vscode.workspace
        .getConfiguration('greenroom')
        .update('autoCreate', 'always', vscode.ConfigurationTarget.Workspace);
    if (chosen === create) await vscode.commands.executeCommand('greenroom.environment.create');
  }

  async #restarted(): Promise<void> {
    const show = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t('Greenroom’s backend ended unexpectedly and was started again.'),
      show,
    );
    if (chosen === show) await vscode.commands.executeCommand('greenroom.backend.showLog');
  }

  async #gone(): Promise<void> {
    const restart = vscode.l10n.t('Restart');
    const show = vscode.l10n.t('Show Log');
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('Greenroom’s backend keeps ending and was not started again.'),
      restart,
      show,
    );
    if (chosen === restart) await vscode.commands.executeCommand('greenroom.backend.restart');
    if (chosen === show) await vscode.commands.executeCommand('greenroom.backend.showLog');
  }
}

function actionsOf(message: Notice): Action[] {
  switch (message.kind) {
    case 'expires-soon':
      return [
        {
          title: vscode.l10n.t('Postpone'),
          command: 'greenroom.environment.postpone',
          argument: message.environment,
        },
        { title: vscode.l10n.t('Preview Promotion'), command: 'greenroom.plan.preview' },
      ];
    case 'expired':
      return [
        {
          title: vscode.l10n.t('Restore'),
          command: 'greenroom.environment.restore',
          argument: message.environment,
        },
      ];
    case 'production-moved':
      return [{ title: vscode.l10n.t('Preview Promotion'), command: 'greenroom.plan.preview' }];
  }
}
