import type { ResultOf } from '../server/protocol/message.ts';
import type { planFile } from '../server/protocol/plan.ts';
import { type FromPage, type ToPage, toPage } from '../server/protocol/preview.ts';

declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

type FileHunks = ResultOf<typeof planFile>;

const api = acquireVsCodeApi();
const waiting = new Map<number, { resolve(file: FileHunks): void; reject(error: Error): void }>();
let calls = 0;

export function post(message: FromPage): void {
  api.postMessage(message);
}

/** The hunks of one file; asked for only when it is opened. */
export function askFile(path: string): Promise<FileHunks> {
  const call = ++calls;
  return new Promise((resolve, reject) => {
    waiting.set(call, { resolve, reject });
    post({ type: 'file', call, path });
  });
}

/**
 * Hears the extension: the messages that came with the page, as JSON, then those that are sent. What does not have the
 * declared shape is dropped, and said on the console.
 */
export function listen(handle: (message: Exclude<ToPage, { type: 'answer' }>) => void, first: string): void {
  const hear = (data: unknown) => {
    const parsed = toPage.safeParse(data);
    if (!parsed.success) {
      console.warn('dropped a message of unknown shape', parsed.error.message);
      return;
    }
    const message = parsed.data;
    if (message.type !== 'answer') {
      handle(message);
      return;
    }
    const asked = waiting.get(message.call);
    waiting.delete(message.call);
    if (message.file !== undefined) asked?.resolve(message.file);
    else asked?.reject(new Error(message.problem ?? ''));
  };
  for (const data of JSON.parse(first) as unknown[]) hear(data);
  window.addEventListener('message', ({ data }) => hear(data));
}
