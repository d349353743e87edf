import * as vscode from 'vscode';
import type { ProgressValue } from '../backend/backend.ts';
import { durationText, progressText } from './format.ts';

/**
 * Runs something that can be cancelled. Nothing is shown for the first second; after it a notification with the step,
 * the share done and "Cancel".
 */
export async function withProgress<T>(
  title: string,
  work: (report: (value: ProgressValue) => void, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  let last: ProgressValue | undefined;
  let show: ((value: ProgressValue) => void) | undefined;
  const running = work(value => {
    last = value;
    show?.(value);
  }, source.token);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => source.cancel());
        let shown = 0;
        show = value => {
          const percent = percentOf(value);
          const increment = percent === undefined ? undefined : Math.max(0, percent - shown);
          shown = Math.max(shown, percent ?? 0);
          progress.report({
            message: progressMessage(value),
            ...(increment !== undefined && { increment }),
          });
        };
        if (last !== undefined) show(last);
        await running.catch(() => undefined);
      },
    );
  }, 1000);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}

/** Whole percent, 0 to 100, where the amount is known. */
export function percentOf(value: ProgressValue): number | undefined {
  if (value.done === undefined || value.total === undefined || value.total <= 0) return undefined;
  return Math.min(100, Math.floor((value.done / value.total) * 100));
}

function progressMessage(value: ProgressValue): string {
  const left =
    value.secondsLeft === undefined
      ? ''
      : ` · ${vscode.l10n.t('{0} left', durationText(value.secondsLeft * 1000))}`;
  return `${progressText(value)}${left}`;
}
