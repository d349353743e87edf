import type { Operation } from '../platform/progress.ts';
import type { ParamsOf, RequestMessage, ResultOf } from '../protocol/message.ts';
import type { Backend } from './backend.ts';

/** One request and how the backend answers it. Both faces, language server and command line, go through these. */
export interface Answer {
  message: RequestMessage;
  /** Validates the parameters, runs the use case, and leaves only the declared shape of the result. */
  handle(backend: Backend, params: unknown, operation: Operation): Promise<unknown>;
}

export function answer<M extends RequestMessage>(
  message: M,
  useCase: (backend: Backend, params: ParamsOf<M>, operation: Operation) => Promise<ResultOf<M>>,
): Answer {
  return {
    message,
    handle: async (backend, params, operation) =>
      message.result.parse(await useCase(backend, message.params.parse(params) as ParamsOf<M>, operation)),
  };
}
