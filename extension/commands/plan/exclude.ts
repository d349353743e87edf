import { nodesOfKind } from '../../ui/nodes.ts';
import { command } from '../define.ts';

/** Leaves files out of the promotion; recorded in the plan's digest and in the evidence. */
export const excludeCommand = command('plan.exclude', 'environment', async ({ folder }, ...args) =>
  folder.exclude(
    nodesOfKind(args, 'change').map(({ file }) => file.path),
    true,
  ),
);
