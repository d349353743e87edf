import * as vscode from 'vscode';
import type { FolderModel } from '../model/folder.ts';
import type { Node, NodeOf } from '../ui/nodes.ts';

/** What to do about a folder that cannot be opened; a missing secret has a welcome view of its own. */
export function stepsOutOf(model: FolderModel | undefined): Node[] {
  const status = model?.status;
  if (model === undefined || status?.state !== 'blocked' || status.failure.reason === 'secret-missing')
    return [];
  const step = (text: string, icon: string, command: string): Node => ({
    kind: 'text',
    model,
    text,
    icon,
    command: `greenroom.${command}`,
  });
  return [
    step(vscode.l10n.t('Look Again'), 'refresh', 'tree.refresh'),
    step(vscode.l10n.t('Open greenroom.jsonc'), 'gear', 'configuration.open'),
    step(vscode.l10n.t('Check This Machine'), 'pulse', 'doctor.run'),
    step(vscode.l10n.t('Show Log'), 'output', 'backend.showLog'),
  ];
}

/** A folder's rows: what runs, this branch, the others, the base, the promotions. */
export function childrenOfFolder(model: FolderModel): Node[] {
  const status = model.ready;
  if (status === undefined) return [];
  const nodes: Node[] = status.jobs.map(job => ({ kind: 'job', model, job }));
  const { problem, current } = status;
  if (problem !== undefined)
    nodes.push({ kind: 'problem', model, message: problem.message, items: problem.items });
  nodes.push(
    current === undefined
      ? { kind: 'noEnvironment', model }
      : { kind: 'environment', model, environment: current, current: true },
  );
  if (otherEnvironments(model).length > 0) nodes.push({ kind: 'others', model });
  nodes.push({ kind: 'base', model }, { kind: 'promotions', model });
  return nodes;
}

export function otherEnvironments(model: FolderModel) {
  const status = model.ready;
  return (status?.environments ?? []).filter(({ id }) => id !== status?.current?.id);
}

/** Rows below a row that need nothing from the backend beside status and plan. */
export function childrenOfPlan(parent: Node): Node[] {
  const { model } = parent;
  switch (parent.kind) {
    case 'problem':
      return parent.items.map(text => ({ kind: 'text', model, text }));
    case 'environment':
      return parent.current ? childrenOfEnvironment(parent) : [];
    case 'configuration':
      return parent.environment.configuration.map(text => ({ kind: 'forked', model, text }));
    case 'files':
      return planRows(
        parent,
        model.lastPlan?.files.map(file => ({ kind: 'change', model, file })),
      );
    case 'schema':
      return planRows(
        parent,
        model.lastPlan?.schema.map(change => ({ kind: 'ddl', model, change })),
      );
    case 'findings':
      return planRows(
        parent,
        model.lastPlan?.findings.map(finding => ({ kind: 'finding', model, finding })),
      );
    case 'conflicts':
      return planRows(
        parent,
        model.lastPlan?.conflicts.map(conflict => ({ kind: 'conflict', model, conflict })),
      );
    case 'others':
      return otherEnvironments(model).map(environment => ({
        kind: 'environment',
        model,
        environment,
        current: false,
      }));
    case 'base':
      return (model.ready?.generations ?? []).map(generation => ({ kind: 'generation', model, generation }));
    case 'promotions':
      return promotionRows(model);
    default:
      return [];
  }
}

function childrenOfEnvironment({ model, environment }: NodeOf<'environment'>): Node[] {
  const { state } = environment.state;
  if (state !== 'ready' && state !== 'asleep') return [];
  const nodes: Node[] = environment.warnings.map(text => ({ kind: 'text', model, text, icon: 'warning' }));
  nodes.push({ kind: 'site', model, environment }, { kind: 'database', model, environment });
  nodes.push({ kind: 'configuration', model, environment }, { kind: 'inbox', model, environment });
  nodes.push({ kind: 'files', model }, { kind: 'schema', model });
  if ((model.lastPlan?.conflicts.length ?? 0) > 0) nodes.push({ kind: 'conflicts', model });
  if ((model.lastPlan?.findings.length ?? 0) > 0) nodes.push({ kind: 'findings', model });
  return nodes;
}

function planRows({ model }: Node, rows: Node[] | undefined): Node[] {
  if (rows !== undefined && rows.length > 0) return rows;
  const { plan } = model;
  if (plan.state === 'failed')
    return [
      {
        kind: 'text',
        model,
        text: plan.failure.message,
        icon: 'error',
        tooltip: plan.failure.items.join('\n'),
      },
    ];
  if (rows === undefined && model.environment?.state.state === 'asleep')
    return [{ kind: 'text', model, text: vscode.l10n.t('The environment is asleep'), icon: 'moon' }];
  const text =
    rows === undefined ? vscode.l10n.t('Comparing…') : vscode.l10n.t('Nothing differs from production');
  return [{ kind: 'text', model, text, icon: rows === undefined ? 'loading~spin' : 'check' }];
}

function promotionRows(model: FolderModel): Node[] {
  const promotions = model.ready?.promotions ?? [];
  if (promotions.length === 0)
    return [{ kind: 'text', model, text: vscode.l10n.t('Nothing was promoted yet') }];
  return promotions.map(entry => ({ kind: 'promotion', model, entry }));
}
