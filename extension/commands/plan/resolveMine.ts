import { resolveConflicts } from '../../review/conflicts.ts';
import { command } from '../define.ts';

export const resolveMineCommand = command('plan.resolveMine', 'environment', ({ folder }, ...args) =>
  resolveConflicts(folder, args, 'mine'),
);
