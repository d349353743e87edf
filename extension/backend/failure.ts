import type { Failure } from '../../server/protocol/common.ts';

/** A request that the backend answered with a failure; `failure.message` is the user's sentence. */
export class RequestFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, { cause });
    this.name = 'RequestFailure';
    this.failure = failure;
  }

  get reason(): string {
    return this.failure.reason;
  }
}

/** The backend is not there to ask: not started, stopped, or gone while it worked. */
export class BackendDown extends Error {
  constructor(cause?: unknown) {
    super('the backend is not running', { cause });
    this.name = 'BackendDown';
  }
}

/** An answer that does not have the shape the protocol declares: both sides are not of one version. */
export class UnexpectedAnswer extends Error {
  constructor(method: string, cause: unknown) {
    super(`the backend's answer to ${method} has an unknown shape`, { cause });
    this.name = 'UnexpectedAnswer';
  }
}

export function isReason(error: unknown, ...reasons: string[]): error is RequestFailure {
  return error instanceof RequestFailure && reasons.includes(error.reason);
}
