import * as vscode from 'vscode';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import type { Backend } from '../backend/backend.ts';
import type { FolderModel, ReadyStatus } from '../model/folder.ts';
import type { WorkspaceModel } from '../model/workspace.ts';
import { Disposable } from './disposable.ts';
import { dateText, durationText, filesText, schemaChangesText } from './format.ts';
import { escapeMarkdown } from './markdown.ts';
import { percentOf } from './progress.ts';

const dayMs = 24 * 3_600_000;

/** One item on the left: the branch's environment and its time left, or what is being done, or what is wrong. */
export class StatusBar extends Disposable {
  readonly #item = this.register(
    vscode.window.createStatusBarItem('greenroom.environment', vscode.StatusBarAlignment.Left, 90),
  );
  readonly #backend: Backend;
  readonly #workspace: WorkspaceModel;

  constructor(backend: Backend, workspace: WorkspaceModel) {
    super();
    this.#backend = backend;
    this.#workspace = workspace;
    this.#item.name = 'Greenroom';
    this.register(workspace.onDidChange(() => this.#update()));
    this.register(workspace.onDidChangePlan(folder => folder.plan.state !== 'loading' && this.#update()));
    // The time left is shown in minutes at its finest.
    const timer = setInterval(() => this.#update(), 60_000);
    this.register(new vscode.Disposable(() => clearInterval(timer)));
    this.#update();
  }

  #update(): void {
    const folder = this.#workspace.active;
    if (!vscode.workspace.isTrusted || folder === undefined) {
      this.#item.hide();
      return;
    }
    if (this.#backend.state.state === 'down') {
      this.#show('$(beaker) $(error)', vscode.l10n.t('Greenroom’s backend is not running.'), {
        command: 'greenroom.backend.restart',
        color: 'error',
      });
      return;
    }
    const status = folder.status;
    if (status?.state === 'ready') this.#showReady(folder, status);
    else if (status?.state === 'invalid')
      this.#show('$(beaker) $(warning)', vscode.l10n.t('greenroom.jsonc has problems.'), {
        command: 'greenroom.configuration.open',
        color: 'warning',
      });
    else if (status?.state === 'blocked')
      this.#show('$(beaker) $(warning)', status.failure.message, {
        command:
          status.failure.reason === 'secret-missing' ? 'greenroom.secret.set' : 'greenroom.staging.focus',
        color: 'warning',
      });
    else if (status === undefined && this.#backend.state.state === 'starting')
      this.#show('$(loading~spin) Greenroom', vscode.l10n.t('Greenroom is starting…'), {});
    else this.#item.hide();
  }

  #showReady(folder: FolderModel, status: ReadyStatus): void {
    const [job] = status.jobs;
    const branch = status.head.kind === 'branch' ? status.head.name : undefined;
    if (job !== undefined) {
      const percent = percentOf(job.progress);
      this.#show(
        `$(loading~spin) ${job.branch ?? branch ?? 'Greenroom'} · ${job.progress.step}${percent === undefined ? '' : ` ${percent} %`}`,
        jobTooltip(status),
        { command: 'greenroom.staging.focus' },
      );
    } else if (status.current !== undefined) this.#showEnvironment(folder, status, status.current);
    else if (status.problem !== undefined)
      this.#show(`$(beaker) ${branch ?? ''} $(warning)`, status.problem.message, {
        command: 'greenroom.staging.focus',
        color: 'warning',
      });
    else if (branch === undefined)
      this.#show('$(beaker) –', vscode.l10n.t('HEAD is detached: no branch, no environment.'), {
        command: 'greenroom.staging.focus',
      });
    else
      this.#show(
        '$(beaker) –',
        vscode.l10n.t('{0} has no environment.', branch),
        status.head.kind === 'branch' && status.head.isDefault
          ? { command: 'greenroom.staging.focus' }
          : { command: 'greenroom.environment.create' },
      );
  }

  #showEnvironment(folder: FolderModel, status: ReadyStatus, environment: EnvironmentView): void {
    const { state, branch } = environment;
    const left = Date.parse(environment.expiresAt) - Date.now();
    const soon = left < dayMs;
    const tooltip = environmentTooltip(folder, status, environment, soon);
    switch (state.state) {
      case 'creating':
        this.#show(`$(loading~spin) ${branch} · ${state.step}`, tooltip, {});
        break;
      case 'destroying':
        this.#show(`$(loading~spin) ${branch}`, vscode.l10n.t('being removed'), {});
        break;
      case 'broken':
        this.#show(`$(beaker) ${branch} $(error)`, state.problem, {
          command: 'greenroom.staging.focus',
          color: 'error',
        });
        break;
      case 'expired':
        this.#show(`$(history) ${branch}`, tooltip, { command: 'greenroom.environment.restore' });
        break;
      case 'asleep':
      case 'ready': {
        const icon = state.state === 'asleep' ? '$(moon)' : '$(beaker)';
        const moved = status.productionMoved ? ' $(warning)' : '';
        this.#show(`${icon} ${branch} · ${durationText(left)}${moved}`, tooltip, {
          command: 'greenroom.staging.focus',
          ...((soon || status.productionMoved) && { color: 'warning' as const }),
        });
      }
    }
  }

  #show(
    text: string,
    tooltip: string | vscode.MarkdownString,
    look: { command?: string; color?: 'warning' | 'error' },
  ): void {
    this.#item.text = text;
    this.#item.tooltip = tooltip;
    this.#item.command = look.command;
    this.#item.backgroundColor =
      look.color === undefined ? undefined : new vscode.ThemeColor(`statusBarItem.${look.color}Background`);
    const plain = text.replace(/\$\([^)]*\)\s*/g, '');
    this.#item.accessibilityInformation = { label: `Greenroom: ${plain}`, role: 'button' };
    this.#item.show();
  }
}

function jobTooltip(status: ReadyStatus): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString(
    status.jobs.map(job => `${escapeMarkdown(job.title)}: ${escapeMarkdown(job.progress.step)}`).join('\n\n'),
    true,
  );
  tooltip.appendMarkdown(`\n\n[$(stop-circle) ${vscode.l10n.t('Cancel')}](command:greenroom.job.cancel)`);
  tooltip.isTrusted = { enabledCommands: ['greenroom.job.cancel'] };
  return tooltip;
}

function environmentTooltip(
  folder: FolderModel,
  status: ReadyStatus,
  environment: EnvironmentView,
  soon: boolean,
): vscode.MarkdownString {
  const plan = folder.lastPlan;
  const usable = environment.state.state === 'ready' || environment.state.state === 'asleep';
  const lines = [`**${escapeMarkdown(environment.branch)}**`];
  if (usable) lines.push(vscode.l10n.t('Expires {0}', dateText(environment.expiresAt)));
  if (environment.state.state === 'expired')
    lines.push(vscode.l10n.t('Expired; restorable until {0}', dateText(environment.state.restorableUntil)));
  if (plan !== undefined)
    lines.push(
      vscode.l10n.t(
        '{0} and {1} to promote',
        filesText(plan.files.length),
        schemaChangesText(plan.schema.length),
      ),
    );
  if (status.productionMoved)
    lines.push(`$(warning) ${vscode.l10n.t('Production has moved since the last look.')}`);
  if (soon && usable) lines.push(`$(warning) ${vscode.l10n.t('Expires within a day.')}`);
  const links: [string, string, string][] = usable
    ? [
        ['open-preview', vscode.l10n.t('Preview Promotion'), 'greenroom.plan.preview'],
        ['globe', vscode.l10n.t('Open Site'), 'greenroom.environment.openSite'],
        ['copy', vscode.l10n.t('Copy Connection'), 'greenroom.environment.copyConnection'],
        ['watch', vscode.l10n.t('Postpone'), 'greenroom.environment.postpone'],
        environment.state.state === 'asleep'
          ? ['debug-start', vscode.l10n.t('Wake'), 'greenroom.environment.wake']
          : ['debug-pause', vscode.l10n.t('Sleep'), 'greenroom.environment.sleep'],
      ]
    : [['history', vscode.l10n.t('Restore'), 'greenroom.environment.restore']];
  lines.push(links.map(([icon, title, id]) => `[$(${icon}) ${title}](command:${id})`).join(' · '));
  const tooltip = new vscode.MarkdownString(lines.join('\n\n'), true);
  tooltip.isTrusted = { enabledCommands: links.map(([, , id]) => id) };
  return tooltip;
}
