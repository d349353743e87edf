import { command } from '../define.ts';

export const refreshPlanCommand = command('plan.refresh', 'environment', async ({ folder }) =>
  folder.refreshPlan(),
);
