import * as vscode from 'vscode';
import { previewScrub } from '../../../server/protocol/base.ts';
import { withProgress } from '../../ui/progress.ts';
import { showScrubPreview } from '../../ui/scrubPreview.ts';
import { command } from '../define.ts';

/** Originals beside replacements, on the person's own screen only: a page without scripts, never a document on disk. */
export const previewScrubCommand = command(
  'scrub.preview',
  'project',
  async ({ backend, folder }, argument) => {
    const table =
      typeof argument === 'string'
        ? argument
        : await vscode.window.showInputBox({
            title: vscode.l10n.t('Preview the Scrub of a Table'),
            prompt: vscode.l10n.t('Table name'),
          });
    if (!table) return;
    const preview = await withProgress(vscode.l10n.t('Reading a few rows'), (progress, token) =>
      backend.request(previewScrub, { folder: folder.path, table, rows: 20 }, { progress, token }),
    );
    showScrubPreview(preview);
  },
);
