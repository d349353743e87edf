import * as vscode from 'vscode';
import { makePlan, type PlanView } from '../../../server/protocol/plan.ts';
import { promote } from '../../../server/protocol/promotion.ts';
import { confirm } from '../../ui/ask.ts';
import { filesText, schemaChangesText } from '../../ui/format.ts';
import { withProgress } from '../../ui/progress.ts';
import { command, type EnvironmentContext } from '../define.ts';

/** From the SCM view's input box and the palette: plan with rehearsal, questions, then exactly that plan. */
export const promoteCommand = command('promotion.promote', 'environment', async context => {
  const { backend, folder, reviews } = context;
  const message = await messageOf(context);
  if (message === undefined) return;
  await vscode.workspace.saveAll(false);
  const plan = await withProgress(vscode.l10n.t('Rehearsing the promotion'), (progress, token) =>
    backend.request(makePlan, { folder: folder.path, rehearse: true }, { progress, token }),
  );
  folder.setPlan({ state: 'ready', plan });
  const answers = await ask(plan);
  if (answers === undefined) return;
  const { digest } = plan;
  const done = await withProgress(vscode.l10n.t('Promoting'), (progress, token) =>
    backend.request(promote, { folder: folder.path, digest, message, ...answers }, { progress, token }),
  );
  reviews.clearMessage(folder);
  folder.planSoon(0);
  const undo = vscode.l10n.t('Undo');
  const show = vscode.l10n.t('Show');
  const text =
    done.warnings.length > 0
      ? vscode.l10n.t('Promoted, with warnings: {0}', done.warnings.join(' '))
      : vscode.l10n.t('Promoted to production in {0} s.', ((done.timings['total'] ?? 0) / 1000).toFixed(1));
  const chosen = await vscode.window.showInformationMessage(text, undo, show);
  if (chosen === undo) await vscode.commands.executeCommand('greenroom.promotion.undo', done.promotion);
  if (chosen === show) await vscode.commands.executeCommand('greenroom.promotion.show', done.promotion);
});

async function messageOf({ reviews, folder }: EnvironmentContext): Promise<string | undefined> {
  const written = reviews.message(folder).trim();
  if (written !== '') return written;
  const asked = await vscode.window.showInputBox({
    title: vscode.l10n.t('Promote'),
    prompt: vscode.l10n.t('What this promotion does, for the ledger'),
    ignoreFocusOut: true,
  });
  return asked?.trim() || undefined;
}

/** The person's answers to what the plan asks; `undefined`: called off, or not possible. */
async function ask(plan: PlanView): Promise<{ confirmDestructive: boolean; reviewed: boolean } | undefined> {
  const files = plan.files.filter(file => !file.excluded).length;
  if (files + plan.schema.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('Nothing differs from production.'));
    return undefined;
  }
  const blocking = [
    ...plan.findings.filter(({ severity }) => severity === 'block').map(({ message }) => message),
    ...plan.conflicts.filter(({ resolution }) => resolution === undefined).map(({ message }) => message),
    ...(plan.rehearsal.state === 'failed' ? [plan.rehearsal.problem] : []),
  ];
  if (blocking.length > 0) {
    const preview = vscode.l10n.t('Preview Promotion');
    const text = vscode.l10n.t('This cannot be promoted: {0}', blocking.slice(0, 3).join(' '));
    const chosen = await vscode.window.showErrorMessage(text, preview);
    if (chosen === preview) await vscode.commands.executeCommand('greenroom.plan.preview');
    return undefined;
  }
  const review = plan.findings.filter(({ severity }) => severity === 'review').map(({ message }) => message);
  const sure = await confirm(
    vscode.l10n.t(
      'Apply {0} and {1} to production?',
      filesText(files),
      schemaChangesText(plan.schema.length),
    ),
    review.length > 0 ? vscode.l10n.t('Reviewed, Apply') : vscode.l10n.t('Apply'),
    [...review, ...plan.undoNotes].join('\n'),
  );
  if (!sure) return undefined;
  const destructive = plan.findings.filter(({ severity }) => severity === 'confirm');
  if (destructive.length === 0) return { confirmDestructive: false, reviewed: review.length > 0 };
  const confirmed = await confirm(
    vscode.l10n.t('This removes things from production.'),
    vscode.l10n.t('Remove Them'),
    destructive.map(({ message }) => message).join('\n'),
  );
  return confirmed ? { confirmDestructive: true, reviewed: review.length > 0 } : undefined;
}
