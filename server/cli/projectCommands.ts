import { useCase } from '../backend/useCases.ts';
import { formatBytes } from '../platform/diskSpace.ts';
import { GreenroomError } from '../platform/errors.ts';
import * as inbox from '../protocol/inbox.ts';
import * as messages from '../protocol/project.ts';
import { type Command, text } from './command.ts';
import { table } from './output.ts';

const branchOption = { branch: { type: 'string' } } as const;

export const projectCommands: readonly Command[] = [
  {
    name: 'init',
    usage: 'init',
    help: 'Write a first greenroom.jsonc from what is found in this repository.',
    async run({ backend, folder, output, operation }) {
      const written = await useCase(backend, messages.initialize, { folder }, operation);
      output.result(written);
      output.line(`Wrote ${written.file}.`);
      for (const found of written.found) output.line(`  found  ${found}`);
      for (const question of written.questions) output.line(`  ?      ${question}`);
    },
  },
  {
    name: 'doctor',
    usage: 'doctor',
    help: 'Say what each part would use here, why, and how to get a better one.',
    async run({ backend, folder, output, operation }) {
      const { parts } = await useCase(backend, messages.doctor, { folder }, operation);
      output.result({ parts });
      for (const { part, ok, choice, advice } of parts) {
        output.line(`${ok ? 'ok  ' : 'FAIL'}  ${part}: ${choice}`);
        if (advice !== undefined) output.line(`      better: ${advice}`);
      }
      return parts.every(({ ok }) => ok) ? 0 : 1;
    },
  },
  {
    name: 'store init',
    usage: 'store init [--size 50GB]',
    help: 'Make a copy-on-write volume for clones where the file system has no reflinks (once; asks for sudo).',
    options: { size: { type: 'string' } },
    async run({ backend, folder, options, output, operation }) {
      const size = text(options, 'size');
      const made = await useCase(
        backend,
        messages.initializeStore,
        { folder, ...(size !== undefined && { size }) },
        operation,
      );
      output.result(made);
      output.line(`The store’s clones now live on ${made.volume} (up to ${formatBytes(made.bytes)}).`);
    },
  },
  {
    name: 'inbox list',
    usage: 'inbox list [--branch B] [--search TEXT]',
    help: 'List the mails and requests that the environment’s inbox caught.',
    options: { ...branchOption, search: { type: 'string' } },
    async run({ backend, folder, options, output, operation }) {
      const branch = text(options, 'branch');
      const search = text(options, 'search');
      const found = await useCase(
        backend,
        inbox.listInbox,
        { folder, ...(branch !== undefined && { branch }), ...(search !== undefined && { search }) },
        operation,
      );
      output.result(found);
      if (found.messages.length === 0) output.line('The inbox is empty.');
      for (const line of table(
        found.messages.map(one => [
          String(one.number),
          one.read ? ' ' : '•',
          one.at.slice(0, 19),
          one.kind,
          one.from,
          one.to.join(', '),
          one.subject,
        ]),
      ))
        output.line(line);
    },
  },
  {
    name: 'inbox show',
    usage: 'inbox show N [--branch B]',
    help: 'Show one mail or request.',
    options: branchOption,
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, options, output, operation }) {
      const branch = text(options, 'branch');
      const shown = await useCase(
        backend,
        inbox.showInbox,
        { folder, number: numberOf(positionals[0]), ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(shown);
      for (const [name, value] of Object.entries(shown.headers)) output.line(`${name}: ${value}`);
      output.line();
      output.line(shown.text);
      for (const attachment of shown.attachments) output.line(`attachment: ${attachment}`);
    },
  },
  {
    name: 'inbox release',
    usage: 'inbox release N --to ADDRESS [--branch B]',
    help: 'Send a caught mail on to an address of reroute.releaseTo.',
    options: { ...branchOption, to: { type: 'string' } },
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, options, output, operation }) {
      const branch = text(options, 'branch');
      const to = text(options, 'to');
      if (to === undefined)
        throw new GreenroomError('usage', { subject: 'inbox release', detail: 'it needs --to' });
      const released = await useCase(
        backend,
        inbox.releaseMail,
        { folder, number: numberOf(positionals[0]), to, ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(released);
      output.line(`Sent on to ${released.to}.`);
    },
  },
  {
    name: 'inbox replay',
    usage: 'inbox replay N --url URL [--branch B]',
    help: 'Repeat a caught request to the local application.',
    options: { ...branchOption, url: { type: 'string' } },
    positionals: { min: 1, max: 1 },
    async run({ backend, folder, positionals, options, output, operation }) {
      const branch = text(options, 'branch');
      const url = text(options, 'url');
      if (url === undefined)
        throw new GreenroomError('usage', { subject: 'inbox replay', detail: 'it needs --url' });
      const replayed = await useCase(
        backend,
        inbox.replayRequest,
        { folder, number: numberOf(positionals[0]), url, ...(branch !== undefined && { branch }) },
        operation,
      );
      output.result(replayed);
      output.line(`The application answered ${replayed.status}.`);
    },
  },
];

function numberOf(word: string | undefined): number {
  const number = Number(word);
  if (!Number.isInteger(number) || number < 1)
    throw new GreenroomError('usage', { subject: word ?? '', detail: 'it must be a message’s number' });
  return number;
}
