import * as vscode from 'vscode';
import { serveSite } from '../../../server/protocol/review.ts';
import { serveTask } from '../../ui/serveTask.ts';
import { command } from '../define.ts';

/** Runs the site's server as a task, unless it runs, and opens the browser once it answers. */
export const openSiteCommand = command('environment.openSite', 'environment', async ({ backend, folder }) => {
  const serving = await backend.request(serveSite, { folder: folder.path });
  if (!(await answers(serving.url))) {
    if (serving.warning !== undefined) void vscode.window.showWarningMessage(serving.warning);
    await vscode.tasks.executeTask(serveTask(folder.folder, serving));
    const source = new vscode.CancellationTokenSource();
    const timer = setTimeout(() => source.cancel(), 30_000);
    while (!(await answers(serving.url)) && !source.token.isCancellationRequested)
      await new Promise(resolve => setTimeout(resolve, 150));
    clearTimeout(timer);
    if (source.token.isCancellationRequested) {
      await vscode.window.showErrorMessage(
        vscode.l10n.t('The site’s server does not answer at {0}; see its terminal.', serving.url),
      );
      return;
    }
  }
  await vscode.env.openExternal(await vscode.env.asExternalUri(vscode.Uri.parse(serving.url)));
});

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}
