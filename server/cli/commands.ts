import { baseCommands } from './baseCommands.ts';
import type { Command } from './command.ts';
import { environmentCommands } from './environmentCommands.ts';
import { keyCommands } from './keyCommands.ts';
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

const everywhere = [
  'Every command takes --json (one JSON object on standard output), --folder DIR (default: here) and --help.',
  'Exit codes: 0 done; 1 failed; 2 wrong usage; 3 a finding wants confirmation or review; 4 production moved, or a conflict.',
];

/** Width of the left column; a longer usage has a line to itself. */
const usageWidth = 34;

/** All commands, in groups by their first word. */
export function helpText(): string {
  const lines = ['greenroom: staging as a reflex'];
  let group: string | undefined;
  for (const { name, usage, help } of commands.filter(({ hidden }) => !hidden)) {
    const noun = name.includes(' ') ? name.split(' ', 1)[0] : '';
    if (noun !== group) lines.push('');
    group = noun;
    if (usage.length <= usageWidth) lines.push(`  ${usage.padEnd(usageWidth)}  ${help}`);
    else lines.push(`  ${usage}`, `  ${' '.repeat(usageWidth)}  ${help}`);
  }
  return [...lines, '', ...everywhere].join('\n');
}

/** One command. */
export function commandHelp({ usage, help }: Command): string {
  return [`greenroom ${usage}`, '', help, '', ...everywhere].join('\n');
}
