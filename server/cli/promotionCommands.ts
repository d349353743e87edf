import { useCase } from '../backend/useCases.ts';
import { formatBytes } from '../platform/diskSpace.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { PlanView } from '../protocol/plan.ts';
import { choosePlan, makePlan } from '../protocol/plan.ts';
import * as messages from '../protocol/promotion.ts';
import { type Command, flag, text } from './command.ts';
import { changeMark, type Output, table } from './output.ts';

export const promotionCommands: readonly Command[] = [
  {
    name: 'diff',
    usage: 'diff [--branch B] [--no-rehearsal]',
    help: 'Show the plan: exactly what a promotion would change, its digest and findings.',
    options: { branch: { type: 'string' }, 'no-rehearsal': { type: 'boolean' } },
    async run({ backend, folder, options, output, operation }) {
      const branch = text(options, 'branch');
      const plan = await useCase(
        backend,
        makePlan,
        { folder, rehearse: !flag(options, 'no-rehearsal'), ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(plan);
      printPlan(output, plan);
      return plan.conflicts.some(({ resolution }) => resolution === undefined) ? 4 : 0;
    },
  },
  {
    name: 'promote',
    usage: 'promote --plan DIGEST --message M [--confirm-destructive] [--reviewed]',
    help: 'Apply the plan to production: all of it or none.',
    options: {
      plan: { type: 'string' },
      message: { type: 'string', short: 'm' },
      branch: { type: 'string' },
      'confirm-destructive': { type: 'boolean' },
      reviewed: { type: 'boolean' },
    },
    async run({ backend, folder, options, output, operation }) {
      const digest = text(options, 'plan');
      const message = text(options, 'message');
      const branch = text(options, 'branch');
      if (digest === undefined || message === undefined)
        throw new GreenroomError('usage', { subject: 'promote', detail: 'it needs --plan and --message' });
      const done = await useCase(
        backend,
        messages.promote,
        {
          folder,
          digest,
          message,
          confirmDestructive: flag(options, 'confirm-destructive'),
          reviewed: flag(options, 'reviewed'),
          ...(branch !== undefined && { branch }),
        },
        operation,
      );
      output.result(done);
      output.line(
        `Promoted as ${done.promotion} in ${done.timings['total']} ms; evidence ${done.ledgerCommit.slice(0, 12)}.`,
      );
      for (const warning of done.warnings) output.line(`  note  ${warning}`);
      output.line(`  undo  greenroom undo ${done.promotion}`);
    },
  },
  {
    name: 'undo',
    usage: 'undo PROMOTION [--confirm]',
    help: 'Bring production back to before a promotion; rows written since are kept.',
    options: { confirm: { type: 'boolean' } },
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, options, output, operation }) {
      const done = await useCase(
        backend,
        messages.undo,
        { folder, promotion: positionals[0] ?? '', confirmed: flag(options, 'confirm') },
        operation,
      );
      output.result(done);
      output.line(
        `Undid ${done.undoes} as ${done.promotion} in ${done.timings['total']} ms; evidence ${done.ledgerCommit.slice(0, 12)}.`,
      );
      for (const warning of done.warnings) output.line(`  note  ${warning}`);
    },
  },
  {
    name: 'approve',
    usage: 'approve DIGEST',
    help: 'Sign that this exact plan may be promoted.',
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, output, operation }) {
      const approved = await useCase(
        backend,
        messages.approve,
        { folder, digest: positionals[0] ?? '' },
        operation,
      );
      output.result(approved);
      output.line(
        `${approved.by} approved ${approved.digest.slice(0, 12)} (evidence ${approved.commit.slice(0, 12)}).`,
      );
    },
  },
  {
    name: 'log',
    usage: 'log [--bundle FILE | --fetch | --push] [--remote R]',
    help: 'Show promotions, undos, approvals and direct changes, newest first.',
    options: {
      bundle: { type: 'string' },
      fetch: { type: 'boolean' },
      push: { type: 'boolean' },
      remote: { type: 'string' },
    },
    async run({ backend, folder, options, output, operation }) {
      const to = text(options, 'bundle');
      if (to !== undefined) {
        const bundle = await useCase(backend, messages.exportBundle, { folder, to }, operation);
        output.result(bundle);
        output.line(`Wrote ${bundle.entries} entries to ${bundle.file}.`);
        return;
      }
      if (flag(options, 'fetch') || flag(options, 'push')) {
        const remote = text(options, 'remote');
        const direction = flag(options, 'push') ? ('push' as const) : ('fetch' as const);
        const params = { folder, direction, ...(remote !== undefined && { remote }) };
        const exchanged = await useCase(backend, messages.exchangeLedger, params, operation);
        output.result(exchanged);
        output.line(
          direction === 'push'
            ? `The ledger is at ${exchanged.remote}.`
            : `${exchanged.received} new entries from ${exchanged.remote}.`,
        );
        return;
      }
      const { entries } = await useCase(backend, messages.log, { folder }, operation);
      output.result({ entries });
      if (entries.length === 0) output.line('Nothing was promoted yet.');
      for (const line of table(
        entries.map(one => [
          one.at.slice(0, 16),
          one.kind,
          one.promotion,
          one.by,
          `${one.files} files, ${one.statements} statements`,
          one.message,
        ]),
      ))
        output.line(line);
    },
  },
  {
    name: 'verify',
    usage: 'verify [--allowed-signers F]',
    help: 'Check the evidence offline: chain, signatures, digests.',
    options: { 'allowed-signers': { type: 'string' } },
    async run({ backend, folder, options, output, operation }) {
      const signers = text(options, 'allowed-signers');
      const found = await useCase(
        backend,
        messages.verify,
        { folder, ...(signers !== undefined && { allowedSigners: signers }) },
        operation,
      );
      output.result(found);
      output.line(
        found.ok
          ? `${found.entries} entries, all of them as they were signed.`
          : `${found.problems.length} problems in ${found.entries} entries:`,
      );
      for (const problem of found.problems) output.line(`  ${problem}`);
      return found.ok ? 0 : 1;
    },
  },
  {
    name: 'adoption',
    usage: 'adoption',
    help: 'Promotions against direct changes to production.',
    async run({ backend, folder, output, operation }) {
      const found = await useCase(backend, messages.adoption, { folder }, operation);
      output.result(found);
      output.line(
        found.share === undefined
          ? 'Production has not changed yet.'
          : `${Math.round(found.share * 100)} % of ${found.promotions + found.direct} changes to production were promotions.`,
      );
      for (const line of table(
        found.months.map(({ month, promotions, direct }) => [
          month,
          `${promotions} promotions`,
          `${direct} direct`,
        ]),
      ))
        output.line(`  ${line}`);
    },
  },
  {
    name: 'choose',
    usage:
      'choose [--resolve ID=mine|theirs] [--rename ID=rename|drop-and-add] [--exclude PATH]... [--include-all]',
    help: 'Decide what the plan asks: conflicts, renames, files to leave out.',
    options: {
      branch: { type: 'string' },
      resolve: { type: 'string', multiple: true },
      rename: { type: 'string', multiple: true },
      exclude: { type: 'string', multiple: true },
      'include-all': { type: 'boolean' },
    },
    async run({ backend, folder, options, output, operation }) {
      const branch = text(options, 'branch');
      const excluded = list(options['exclude']);
      const choices = {
        resolve: decisions(list(options['resolve']), ['mine', 'theirs']),
        renames: decisions(list(options['rename']), ['rename', 'drop-and-add']),
        ...((excluded.length > 0 || flag(options, 'include-all')) && { excludeFiles: excluded }),
      };
      const plan = await useCase(
        backend,
        choosePlan,
        { folder, choices, ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(plan);
      printPlan(output, plan);
    },
  },
];

function list(value: string | boolean | (string | boolean)[] | undefined): string[] {
  return (Array.isArray(value) ? value : [value]).filter(one => typeof one === 'string');
}

function decisions<D extends string>(pairs: readonly string[], allowed: readonly D[]): Record<string, D> {
  const chosen: Record<string, D> = {};
  for (const pair of pairs) {
    // Ids may hold "=" themselves; decisions do not.
    const at = pair.lastIndexOf('=');
    const decision = allowed.find(one => one === pair.slice(at + 1));
    if (at < 1 || decision === undefined)
      throw new GreenroomError('usage', {
        subject: pair,
        detail: `it must be ID=${allowed.join(' or ID=')}`,
      });
    chosen[pair.slice(0, at)] = decision;
  }
  return chosen;
}

function printPlan(output: Output, plan: PlanView): void {
  if (plan.files.length + plan.schema.length === 0) output.line('No difference from production.');
  for (const line of table(
    plan.files.map(({ path, change, bytes, excluded }) => [
      changeMark[change],
      path,
      formatBytes(bytes),
      excluded ? 'left out' : '',
    ]),
  ))
    output.line(line.trimEnd());
  for (const { sql, destructive, algorithm, reasons } of plan.schema) {
    output.line(`${destructive ? '!' : '*'} ${sql}`);
    output.line(`    ${[algorithm, ...reasons].join(' · ')}`);
  }
  for (const { subject, message, resolution } of plan.conflicts)
    output.line(`conflict  ${subject}: ${message}${resolution ? ` (${resolution})` : ''}`);
  for (const { severity, message } of plan.findings) output.line(`${severity.padEnd(7)}  ${message}`);
  for (const { id, from, to, table: inTable, kind, decision } of plan.renames)
    output.line(`rename?  ${kind} ${inTable}: ${from} → ${to} ${decision ?? `(decide ${id})`}`);
  for (const note of plan.undoNotes) output.line(`undo     ${note}`);
  if (plan.rehearsal.state === 'passed')
    output.line(`rehearsed: apply ${plan.rehearsal.applyMs} ms, undo ${plan.rehearsal.undoMs} ms`);
  if (plan.rehearsal.state === 'failed') output.line(`rehearsal failed: ${plan.rehearsal.problem}`);
  output.line(`digest   ${plan.digest}`);
}
