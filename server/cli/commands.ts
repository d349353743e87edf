import { baseCommands } from './baseCommands.ts';
import type { Command } from './command.ts';
import { environmentCommands } from './environmentCommands.ts';
import { keyCommands } from './keyCommands.ts';
import { table } from './output.ts';
import { projectCommands } from './projectCommands.ts';
import { promotionCommands } from './promotionCommands.ts';
import { schemaCommands } from './schemaCommands.ts';

/** Every command, in the order of the help: set-up, base, environments, promotion. */
export const commands: readonly Command[] = [
  ...projectCommands.filter(({ name }) => !name.startsWith('inbox')),
  ...baseCommands,
  ...keyCommands,
  ...environmentCommands,
  ...projectCommands.filter(({ name }) => name.startsWith('inbox')),
  ...promotionCommands,
  ...schemaCommands,
];

/** Finds the command that the words begin with; two-word names win. */
export function findCommand(words: readonly string[]): { command: Command; rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = commands.find(one => one.name === name);
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return undefined;
}

export function helpText(): string {
  return [
    'greenroom: staging as a reflex',
    '',
    ...table(commands.filter(({ hidden }) => !hidden).map(({ usage, help }) => [`  ${usage}`, help])),
    '',
    'Every command takes --json (one JSON object on standard output) and --folder DIR (default: here).',
    'Exit codes: 0 done; 1 failed; 2 wrong usage; 3 a finding wants confirmation or review; 4 production moved, or a conflict.',
  ].join('\n');
}
