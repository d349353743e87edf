import { command } from '../define.ts';

export const showLogCommand = command('backend.showLog', 'window', async ({ log }) => log.show());
