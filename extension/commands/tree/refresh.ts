import { status } from '../../../server/protocol/project.ts';
import { command } from '../define.ts';

export const refreshTreeCommand = command('tree.refresh', 'folder', async ({ backend, workspace }) => {
  await Promise.all(
    workspace.folders.map(async folder => {
      folder.setStatus(await backend.request(status, { folder: folder.path }));
      await folder.refreshPlan();
    }),
  );
});
