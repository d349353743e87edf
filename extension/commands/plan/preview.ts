import { command } from '../define.ts';

export const previewCommand = command('plan.preview', 'environment', async ({ previews, folder }) =>
  previews.show(folder),
);
