import * as vscode from 'vscode';
import type { Failure } from '../../server/protocol/common.ts';
import { BackendDown, RequestFailure } from '../backend/failure.ts';

/** The one place where an error becomes something the person sees: the backend's sentence, and named next steps. */
export async function report(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof vscode.CancellationError) return;
  if (error instanceof BackendDown) return reportDown();
  if (error instanceof RequestFailure) return reportFailure(error.failure);
  log.error(error instanceof Error ? error : String(error));
  const message = error instanceof Error ? error.message : String(error);
  await offer(vscode.l10n.t('Greenroom: {0}', message), [showLog()]);
}

interface Step {
  title: string;
  command: string;
}

const showLog = (): Step => ({ title: vscode.l10n.t('Show Log'), command: 'greenroom.backend.showLog' });

async function reportDown(): Promise<void> {
  await offer(vscode.l10n.t('Greenroom’s backend is not running.'), [
    { title: vscode.l10n.t('Restart'), command: 'greenroom.backend.restart' },
    showLog(),
  ]);
}

export async function reportFailure(failure: Failure): Promise<void> {
  const few = failure.items.length > 0 && failure.items.length <= 3;
  const message = few ? `${failure.message} ${failure.items.join('; ')}` : failure.message;
  const details = vscode.l10n.t('Show All {0}', failure.items.length);
  const steps = nextSteps(failure.reason);
  const buttons = [...steps.map(step => step.title), ...(failure.items.length > 3 ? [details] : [])];
  const chosen = await vscode.window.showErrorMessage(message, ...buttons);
  if (chosen === details) {
    await vscode.window.showErrorMessage(failure.message, { modal: true, detail: failure.items.join('\n') });
  } else await follow(steps, chosen);
}

function nextSteps(reason: string): Step[] {
  switch (reason) {
    case 'secret-missing':
      return [{ title: vscode.l10n.t('Set a Secret'), command: 'greenroom.secret.set' }];
    case 'base-missing':
      return [{ title: vscode.l10n.t('Build the Base'), command: 'greenroom.base.build' }];
    case 'configuration-missing':
      return [{ title: vscode.l10n.t('Set Up Greenroom'), command: 'greenroom.setup.initialize' }];
    case 'configuration-invalid':
    case 'unclassified':
    case 'live-secret':
      return [{ title: vscode.l10n.t('Open greenroom.jsonc'), command: 'greenroom.configuration.open' }];
    case 'plan-changed':
    case 'production-moved':
    case 'conflict':
    case 'finding':
    case 'approval-missing':
      return [{ title: vscode.l10n.t('Preview Promotion'), command: 'greenroom.plan.preview' }];
    case 'binary-missing':
    case 'disk-full':
    case 'permission':
      return [{ title: vscode.l10n.t('Check This Machine'), command: 'greenroom.doctor.run' }, showLog()];
    case 'environment-missing':
      return [{ title: vscode.l10n.t('Create It'), command: 'greenroom.environment.create' }];
    default:
      return [showLog()];
  }
}

async function offer(message: string, steps: Step[]): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(message, ...steps.map(step => step.title));
  await follow(steps, chosen);
}

async function follow(steps: Step[], chosen: string | undefined): Promise<void> {
  const step = steps.find(({ title }) => title === chosen);
  if (step !== undefined) await vscode.commands.executeCommand(step.command);
}
