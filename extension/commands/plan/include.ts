import { nodesOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

export const includeCommand = command('plan.include', 'environment', async ({ folder }, ...args) =>
  folder.exclude(
    nodesOfKind(args, 'change').map(({ file }) => file.path),
    false,
  ),
);
