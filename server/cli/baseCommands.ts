import { useCase } from '../backend/useCases.ts';
import { formatBytes } from '../platform/diskSpace.ts';
import * as messages from '../protocol/base.ts';
import type { ResultOf } from '../protocol/message.ts';
import { type Command, flag, text } from './command.ts';
import type { Output } from './output.ts';
import { table } from './output.ts';

function tell(output: Output, verb: string, built: ResultOf<typeof messages.buildBase>): void {
  output.result(built);
  output.line(
    `${verb} generation ${built.generation}: ${built.rows.toLocaleString('en')} rows, ${formatBytes(built.bytes)}, ${built.tablesCopied} tables copied in ${built.seconds.toFixed(1)} s.`,
  );
  for (const warning of built.warnings) output.line(`  note  ${warning}`);
}

export const baseCommands: readonly Command[] = [
  {
    name: 'base build',
    usage: 'base build',
    help: 'Build a scrubbed, sealed copy of production’s database.',
    async run({ backend, folder, output, operation }) {
      tell(output, 'Built', await useCase(backend, messages.buildBase, { folder }, operation));
    },
  },
  {
    name: 'base refresh',
    usage: 'base refresh',
    help: 'Make a new generation from the last one: only tables that changed are copied.',
    async run({ backend, folder, output, operation }) {
      tell(output, 'Refreshed to', await useCase(backend, messages.refreshBase, { folder }, operation));
    },
  },
  {
    name: 'base list',
    usage: 'base list',
    help: 'List the generations of the base.',
    async run({ backend, folder, output, operation }) {
      const { generations } = await useCase(backend, messages.listBases, { folder }, operation);
      output.result({ generations });
      if (generations.length === 0) output.line('No base yet. "greenroom base build" makes one.');
      const rows = generations.map(one => [
        String(one.generation),
        one.createdAt.slice(0, 16),
        one.origin,
        String(one.tables),
        one.rows.toLocaleString('en'),
        formatBytes(one.bytes),
        String(one.usedBy),
        one.proven ? 'proven' : 'not proven',
      ]);
      if (rows.length > 0)
        for (const line of table([
          ['GENERATION', 'MADE', 'BY', 'TABLES', 'ROWS', 'SIZE', 'USED BY', 'SCRUBBING'],
          ...rows,
        ]))
          output.line(line);
    },
  },
  {
    name: 'scrub detect',
    usage: 'scrub detect [--write]',
    help: 'Propose scrub rules from production’s schema and a sample of its rows; --write adds them to greenroom.jsonc.',
    options: { write: { type: 'boolean' } },
    async run({ backend, folder, options, output, operation }) {
      const params = { folder, write: flag(options, 'write') };
      const found = await useCase(backend, messages.detectScrub, params, operation);
      output.result(found);
      output.line(
        `${found.covered} columns have a rule, ${found.uncovered} do not (${found.seconds.toFixed(1)} s).`,
      );
      for (const { use, rule, reason, confidence } of found.proposals)
        output.line(
          `  ${rule},  // ${use === 'keep' ? '' : `${reason}, `}${Math.round(confidence * 100)} % sure`,
        );
      if (found.written !== undefined)
        output.line(`Added ${found.proposals.length} rules to ${found.written}. Read them before you build.`);
    },
  },
  {
    name: 'scrub preview',
    usage: 'scrub preview TABLE [--rows N]',
    help: 'Show some rows of production beside their scrubbed form, on this screen only.',
    options: { rows: { type: 'string' } },
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, options, output, operation }) {
      const rows = text(options, 'rows');
      const preview = await useCase(
        backend,
        messages.previewScrub,
        { folder, table: positionals[0] ?? '', ...(rows !== undefined && { rows: Number(rows) }) },
        operation,
      );
      output.result(preview);
      for (const [number, { before, after }] of preview.rows.entries()) {
        output.line(`row ${number + 1}`);
        for (const line of table(
          preview.columns.map(({ name, rule }, column) => [
            `  ${name}`,
            rule,
            before[column] ?? 'NULL',
            '→',
            after[column] ?? 'NULL',
          ]),
        ))
          output.line(line);
      }
    },
  },
];
