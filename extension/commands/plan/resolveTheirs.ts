import { resolveConflicts } from '../../review/conflicts.ts';
import { command } from '../define.ts';

export const resolveTheirsCommand = command('plan.resolveTheirs', 'environment', ({ folder }, ...args) =>
  resolveConflicts(folder, args, 'theirs'),
);
