import * as vscode from 'vscode';
import type { EnvironmentView } from '../../server/protocol/environment.ts';
import {
  age,
  bytesText,
  countText,
  dateText,
  durationText,
  filesText,
  nameOf,
  schemaChangesText,
  timeLeft,
} from '../ui/format.ts';
import { escapeMarkdown } from '../ui/markdown.ts';
import type { NodeOf } from '../ui/nodes.ts';
import { row } from './items.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
const dayMs = 24 * 3_600_000;

export function environmentItem(node: NodeOf<'environment'>): vscode.TreeItem {
  const { environment, current, model } = node;
  const { state } = environment.state;
  const usable = state === 'ready' || state === 'asleep';
  const soon = usable && Date.parse(environment.expiresAt) - Date.now() < dayMs;
  return row(environment.branch, {
    description: environmentText(environment),
    tooltip: environmentTooltip(environment),
    icon: environmentIcon(environment, soon),
    context: `environment.${current ? 'current' : 'other'}.${state}${soon ? '.soon' : ''}`,
    open: current && usable ? Expanded : None,
    id: `${model.path}:environment:${environment.id}:${current}`,
  });
}

function environmentText(environment: EnvironmentView): string {
  const { state } = environment;
  const size = environment.bytes === undefined ? '' : ` · ${bytesText(environment.bytes)}`;
  switch (state.state) {
    case 'creating':
      return state.step;
    case 'ready':
      return `${timeLeft(environment.expiresAt)}${size}`;
    case 'asleep':
      return `${vscode.l10n.t('asleep')} · ${timeLeft(environment.expiresAt)}${size}`;
    case 'expired':
      return vscode.l10n.t('expired, restorable for {0}', timeLeft(state.restorableUntil));
    case 'broken':
      return state.problem;
    case 'destroying':
      return vscode.l10n.t('being removed');
  }
}

function environmentIcon(environment: EnvironmentView, soon: boolean): vscode.ThemeIcon {
  const icons = {
    creating: 'loading~spin',
    ready: 'beaker',
    asleep: 'moon',
    expired: 'history',
    broken: 'error',
    destroying: 'loading~spin',
  };
  const { state } = environment.state;
  const color = state === 'broken' ? 'errorForeground' : soon ? 'list.warningForeground' : undefined;
  return new vscode.ThemeIcon(icons[state], color === undefined ? undefined : new vscode.ThemeColor(color));
}

function environmentTooltip(environment: EnvironmentView): vscode.MarkdownString {
  const lines = [
    `**${escapeMarkdown(environment.branch)}**`,
    vscode.l10n.t('Created {0} by {1}', age(environment.createdAt), environment.engineer),
    vscode.l10n.t('Expires {0}', dateText(environment.expiresAt)),
    vscode.l10n.t('Base generation {0}, {1}', environment.generation, environment.overlay),
    `\`${environment.site}\``,
    ...environment.warnings.map(warning => `⚠ ${escapeMarkdown(warning)}`),
  ];
  return new vscode.MarkdownString(lines.join('\n\n'));
}

export function baseItem(node: NodeOf<'base'>): vscode.TreeItem {
  const [newest] = newestFirst(node);
  return row(vscode.l10n.t('Base'), {
    description:
      newest === undefined
        ? vscode.l10n.t('not built yet: build it')
        : vscode.l10n.t('generation {0}, {1}', newest.generation, age(newest.createdAt)),
    icon: newest === undefined ? 'circle-slash' : newest.proven ? 'verified' : 'warning',
    context: 'base',
    open: newest === undefined ? None : Collapsed,
    id: `${node.model.path}:base`,
    ...(newest === undefined && { command: 'greenroom.base.build', node }),
  });
}

function newestFirst(node: NodeOf<'base'>) {
  return (node.model.ready?.generations ?? []).toSorted((a, b) => b.generation - a.generation);
}

export function generationItem({ generation, model }: NodeOf<'generation'>): vscode.TreeItem {
  const proof = generation.proven
    ? vscode.l10n.t('Proven: no original value was found in it.')
    : vscode.l10n.t('Not proven.');
  return row(vscode.l10n.t('Generation {0}', generation.generation), {
    description: vscode.l10n.t('{0} rows · {1}', countText(generation.rows), bytesText(generation.bytes)),
    tooltip: new vscode.MarkdownString(
      [
        `${generation.engine} · ${dateText(generation.createdAt)}`,
        vscode.l10n.t(
          '{0} tables in {1}; {2} environments use it.',
          generation.tables,
          durationText(generation.seconds * 1000),
          generation.usedBy,
        ),
        proof,
      ].join('\n\n'),
    ),
    icon: generation.proven ? 'verified' : 'warning',
    context: 'generation',
    id: `${model.path}:generation:${generation.generation}`,
  });
}

export function promotionItem(node: NodeOf<'promotion'>): vscode.TreeItem {
  const { entry, model } = node;
  const icons = { promotion: 'rocket', undo: 'discard', approval: 'pass', direct: 'warning' };
  const what = `${filesText(entry.files)}, ${schemaChangesText(entry.statements)}`;
  const undone = entry.undo.state === 'done' ? ` · ${vscode.l10n.t('undone')}` : '';
  const until =
    entry.undo.state === 'possible'
      ? vscode.l10n.t('Can be undone until {0}', dateText(entry.undo.until))
      : entry.undo.state === 'gone'
        ? entry.undo.why
        : vscode.l10n.t('Undone by {0}', entry.undo.by);
  const label =
    entry.kind === 'approval'
      ? vscode.l10n.t('Approval of {0}', entry.digest?.slice(0, 12) ?? '')
      : entry.message.split('\n')[0] || entry.promotion;
  return row(label, {
    description: `${nameOf(entry.by)} · ${age(entry.at)}${undone}`,
    tooltip: new vscode.MarkdownString(
      [
        `**${escapeMarkdown(entry.message)}**`,
        `${escapeMarkdown(entry.by)} · ${dateText(entry.at)}`,
        what,
        ...entry.findings.map(escapeMarkdown),
        ...(entry.kind === 'promotion' ? [escapeMarkdown(until)] : []),
      ].join('\n\n'),
    ),
    icon: icons[entry.kind],
    context: `promotion.${entry.kind === 'promotion' && entry.undo.state === 'possible' ? 'undoable' : entry.kind}`,
    id: `${model.path}:promotion:${entry.commit}`,
    command: 'greenroom.promotion.show',
    node,
  });
}
