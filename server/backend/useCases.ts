import type { Operation } from '../platform/progress.ts';
import type { ParamsOf, RequestMessage, ResultOf } from '../protocol/message.ts';
import type { Answer } from './answer.ts';
import { baseAnswers } from './answers/base.ts';
import { environmentAnswers } from './answers/environments.ts';
import { inboxAnswers } from './answers/inbox.ts';
import { projectAnswers } from './answers/project.ts';
import { promotionAnswers } from './answers/promotion.ts';
import type { Backend } from './backend.ts';

/** Every request that the backend answers, by method. Opening and closing folders is the language server's own. */
export const answers: ReadonlyMap<string, Answer> = new Map(
  [...projectAnswers, ...environmentAnswers, ...baseAnswers, ...promotionAnswers, ...inboxAnswers].map(
    one => [one.message.method, one],
  ),
);

/** Runs one use case by its message. */
export async function useCase<M extends RequestMessage>(
  backend: Backend,
  message: M,
  params: ParamsOf<M>,
  operation: Operation,
): Promise<ResultOf<M>> {
  const found = answers.get(message.method);
  if (found === undefined) throw new TypeError(`nothing answers ${message.method}`);
  return (await found.handle(backend, params, operation)) as ResultOf<M>;
}
