import * as vscode from 'vscode';
import type { Conflict } from '../../server/protocol/plan.ts';
import { changeUri } from '../review/decorations.ts';
import { changeText } from '../review/folderSourceControl.ts';
import { age, bytesText } from '../ui/format.ts';
import { escapeMarkdown } from '../ui/markdown.ts';
import type { Node, NodeOf } from '../ui/nodes.ts';
import { percentOf } from '../ui/progress.ts';
import { otherEnvironments } from './children.ts';
import { baseItem, environmentItem, generationItem, promotionItem } from './stateItems.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

interface Look {
  description?: string | undefined;
  tooltip?: string | vscode.MarkdownString | undefined;
  icon?: string | vscode.ThemeIcon | undefined;
  context?: string;
  open?: vscode.TreeItemCollapsibleState;
  id?: string;
  command?: string;
  node?: Node;
}

/** One row, from plain facts; `command` is run with the node as its argument. */
export function row(label: string, look: Look): vscode.TreeItem {
  const item = new vscode.TreeItem(label, look.open ?? None);
  if (look.description !== undefined) item.description = look.description;
  if (look.tooltip !== undefined) item.tooltip = look.tooltip;
  if (look.icon !== undefined)
    item.iconPath = typeof look.icon === 'string' ? new vscode.ThemeIcon(look.icon) : look.icon;
  if (look.context !== undefined) item.contextValue = look.context;
  if (look.id !== undefined) item.id = look.id;
  if (look.command !== undefined)
    item.command = {
      command: look.command,
      title: label,
      arguments: look.node === undefined ? [] : [look.node],
    };
  return item;
}

export function itemOf(node: Node): vscode.TreeItem {
  const id = `${node.model.path}:${node.kind}`;
  switch (node.kind) {
    case 'folder':
      return row(node.model.folder.name, { icon: 'repo', open: Expanded, id });
    case 'job':
      return jobItem(node);
    case 'problem':
      return row(node.message, {
        icon: new vscode.ThemeIcon('error', new vscode.ThemeColor('errorForeground')),
        tooltip: [node.message, ...node.items].join('\n'),
        open: node.items.length > 0 ? Collapsed : None,
        id,
      });
    case 'noEnvironment':
      return noEnvironmentItem(node);
    case 'environment':
      return environmentItem(node);
    case 'site':
      return row(vscode.l10n.t('Site'), {
        description: node.model.siteUrl ?? node.environment.overlay,
        tooltip: node.environment.site,
        icon: 'globe',
        context: 'site',
        id,
      });
    case 'database': {
      const { host, port, name, user } = node.environment.database;
      return row(vscode.l10n.t('Database'), {
        description: `${name} · ${host}:${port}`,
        tooltip: `${user}@${host}:${port}/${name}`,
        icon: 'database',
        context: 'database',
        id,
      });
    }
    case 'configuration':
      return group(
        vscode.l10n.t('Configuration'),
        node.environment.configuration.length,
        'settings-gear',
        id,
      );
    case 'forked':
      return forkedItem(node);
    case 'inbox': {
      const unread = node.environment.inbox?.unread ?? 0;
      return row(vscode.l10n.t('Inbox'), {
        description: unread > 0 ? vscode.l10n.t('{0} unread', unread) : undefined,
        icon: unread > 0 ? 'mail' : 'inbox',
        context: 'inbox',
        open: Collapsed,
        id,
      });
    }
    case 'files':
      return group(vscode.l10n.t('Changed Files'), node.model.lastPlan?.files.length, 'files', id, 'files');
    case 'schema':
      return group(
        vscode.l10n.t('Schema Changes'),
        node.model.lastPlan?.schema.length,
        'table',
        id,
        'schema',
      );
    case 'findings':
      return group(vscode.l10n.t('Findings'), node.model.lastPlan?.findings.length, 'shield', id);
    case 'conflicts':
      return group(vscode.l10n.t('Conflicts'), node.model.lastPlan?.conflicts.length, 'git-merge', id);
    case 'change':
      return changeItem(node);
    case 'ddl':
      return ddlItem(node);
    case 'finding':
      return findingItem(node);
    case 'conflict':
      return row(node.conflict.subject, {
        description: conflictText(node.conflict),
        tooltip: node.conflict.message,
        icon: node.conflict.resolution === undefined ? 'git-merge' : 'check',
        context: 'conflict',
      });
    case 'message':
      return messageItem(node);
    case 'others':
      return group(vscode.l10n.t('Other Environments'), otherEnvironments(node.model).length, 'layers', id);
    case 'base':
      return baseItem(node);
    case 'generation':
      return generationItem(node);
    case 'promotions':
      return row(vscode.l10n.t('Promotions'), {
        description: node.model.ready?.productionMoved ? vscode.l10n.t('production has moved') : undefined,
        icon: 'rocket',
        context: 'promotions',
        open: Collapsed,
        id,
      });
    case 'promotion':
      return promotionItem(node);
    case 'text':
      return row(node.text, {
        icon: node.icon,
        tooltip: node.tooltip ?? node.text,
        ...(node.command !== undefined && { command: node.command }),
      });
  }
}

/** `STRIPE_SECRET_KEY → placeholder (.env)`: the setting, and what the environment has in its place. */
function forkedItem({ text }: NodeOf<'forked'>): vscode.TreeItem {
  const [, key = text, became = '', where = ''] = /^(.*?) → (\w+)(.*)$/.exec(text) ?? [];
  const words: Record<string, string> = {
    tag: vscode.l10n.t('says staging'),
    database: vscode.l10n.t('the clone'),
    mail: vscode.l10n.t('the inbox'),
    sandbox: vscode.l10n.t('a sandbox'),
    placeholder: vscode.l10n.t('a placeholder'),
    removed: vscode.l10n.t('taken out'),
  };
  const description = `${words[became] ?? became}${where}`;
  return row(key, { description, tooltip: `${key} → ${description}`, icon: 'arrow-swap' });
}

function conflictText({ resolution, message }: Conflict): string {
  if (resolution === undefined) return message;
  return resolution === 'mine'
    ? vscode.l10n.t('takes the environment’s')
    : vscode.l10n.t('keeps production’s');
}

function group(
  label: string,
  count: number | undefined,
  icon: string,
  id: string,
  context?: string,
): vscode.TreeItem {
  return row(label, {
    description: count === undefined ? undefined : String(count),
    icon,
    open: Collapsed,
    id,
    ...(context !== undefined && { context }),
  });
}

function jobItem({ job, model }: NodeOf<'job'>): vscode.TreeItem {
  const percent = percentOf(job.progress);
  return row(job.title, {
    description: percent === undefined ? job.progress.step : `${job.progress.step} · ${percent} %`,
    icon: 'loading~spin',
    context: 'job',
    id: `${model.path}:job:${job.id}`,
  });
}

function noEnvironmentItem(node: NodeOf<'noEnvironment'>): vscode.TreeItem {
  const status = node.model.ready;
  const head = status?.head;
  const create = { command: 'greenroom.environment.create', node, icon: 'add' };
  if (head?.kind !== 'branch')
    return row(vscode.l10n.t('No branch is checked out'), {
      icon: 'git-commit',
      description: headText(head),
    });
  if (head.isDefault)
    return row(head.name, {
      icon: 'git-branch',
      description: vscode.l10n.t('the default branch needs none'),
    });
  if (status?.generations.length === 0)
    return row(head.name, {
      description: vscode.l10n.t('build the base first'),
      icon: 'git-branch',
      command: 'greenroom.base.build',
      node,
    });
  return row(head.name, { description: vscode.l10n.t('no environment: create it'), ...create });
}

function headText(head: { kind: string; during?: string } | undefined): string {
  if (head?.kind === 'unborn') return vscode.l10n.t('no commit yet');
  if (head?.during === 'rebase') return vscode.l10n.t('a rebase is under way');
  return head?.during === 'bisect'
    ? vscode.l10n.t('a bisect is under way')
    : vscode.l10n.t('HEAD is detached');
}

function changeItem(node: NodeOf<'change'>): vscode.TreeItem {
  const { file, model } = node;
  const slash = file.path.lastIndexOf('/');
  const item = row(file.path.slice(slash + 1), {
    description: slash > 0 ? file.path.slice(0, slash) : undefined,
    tooltip: `${file.path} · ${changeText(file.change)} · ${bytesText(file.bytes)}`,
    context: `change.${file.excluded ? 'excluded' : 'included'}.${file.type}`,
    id: `${model.path}:change:${file.path}`,
    command: 'greenroom.plan.openDiff',
    node,
  });
  item.resourceUri = changeUri(file);
  item.iconPath = vscode.ThemeIcon.File;
  item.checkboxState = {
    state: file.excluded ? vscode.TreeItemCheckboxState.Unchecked : vscode.TreeItemCheckboxState.Checked,
    tooltip: file.excluded
      ? vscode.l10n.t('Left out of the promotion')
      : vscode.l10n.t('Part of the promotion; uncheck to leave it out'),
    accessibilityInformation: { label: file.path },
  };
  return item;
}

function ddlItem(node: NodeOf<'ddl'>): vscode.TreeItem {
  const { change, model } = node;
  const kinds = { create: 'add', alter: 'edit', drop: 'trash', rename: 'arrow-right' };
  return row(change.object, {
    description: `${change.kind} ${change.objectType}`,
    tooltip: new vscode.MarkdownString().appendCodeblock(change.sql, 'sql'),
    icon: new vscode.ThemeIcon(
      kinds[change.kind],
      change.destructive ? new vscode.ThemeColor('list.warningForeground') : undefined,
    ),
    context: 'ddl',
    id: `${model.path}:ddl:${change.kind}:${change.objectType}:${change.object}`,
    command: 'greenroom.plan.openDdl',
    node,
  });
}

function findingItem({ finding }: NodeOf<'finding'>): vscode.TreeItem {
  const icons = { info: 'info', review: 'eye', confirm: 'warning', block: 'error' };
  return row(finding.message, {
    description: finding.subject,
    tooltip: `${finding.guard}: ${finding.message}`,
    icon: icons[finding.severity],
    command: 'greenroom.plan.preview',
  });
}

function messageItem(node: NodeOf<'message'>): vscode.TreeItem {
  const { message, model } = node;
  const mail = message.kind === 'mail';
  return row(message.subject || vscode.l10n.t('(no subject)'), {
    description: `${message.to.join(', ')} · ${age(message.at)}`,
    tooltip: new vscode.MarkdownString(
      `**${escapeMarkdown(message.subject)}**\n\n${escapeMarkdown(message.from)} → ${escapeMarkdown(message.to.join(', '))}`,
    ),
    icon: message.read ? (mail ? 'mail-read' : 'globe') : mail ? 'mail' : 'bell-dot',
    context: `message.${message.kind}`,
    id: `${model.path}:message:${message.number}`,
    command: 'greenroom.inbox.open',
    node,
  });
}
