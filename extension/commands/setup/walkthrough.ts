import { command } from '../define.ts';

export const walkthroughCommand = command('setup.walkthrough', 'window', async ({ extension, walkthrough }) =>
  walkthrough.open(`${extension.extension.id}#start`),
);
