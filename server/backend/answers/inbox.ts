import { environmentPaths } from '../../environments/records.ts';
import * as messages from '../../protocol/inbox.ts';
import { releaseMail as release } from '../../reroute/inbox/release.ts';
import { replayRequest as replay } from '../../reroute/inbox/replay.ts';
import { listMessages, showMessage } from '../../reroute/inbox/store.ts';
import { answer } from '../answer.ts';
import type { Backend } from '../backend.ts';

async function inboxOf(
  backend: Backend,
  params: { folder: string; branch?: string | undefined; id?: string | undefined },
) {
  const context = await backend.environments(params.folder);
  const record = await backend.record(context, params);
  return { context, directory: environmentPaths(context.paths, record.id).inbox };
}

export const inboxAnswers = [
  answer(messages.listInbox, async (backend, params) =>
    listMessages((await inboxOf(backend, params)).directory, params.search),
  ),
  answer(messages.showInbox, async (backend, params) => {
    const { context, directory } = await inboxOf(backend, params);
    const message = await showMessage(directory, params.number);
    backend.events.emit('changed', context.id);
    return message;
  }),
  answer(messages.releaseMail, async (backend, params) => {
    const { context, directory } = await inboxOf(backend, params);
    await release(context.host, {
      directory,
      number: params.number,
      to: params.to,
      allowed: context.config.reroute.releaseTo,
    });
    return { to: params.to };
  }),
  answer(messages.replayRequest, async (backend, params) =>
    replay({ directory: (await inboxOf(backend, params)).directory, number: params.number, url: params.url }),
  ),
];
