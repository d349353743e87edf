/** What went wrong, as callers may act on it. Each has one sentence in `explain.ts`. */
export type Reason =
  // configuration and usage
  | 'usage'
  | 'configuration-missing'
  | 'configuration-invalid'
  | 'secret-missing'
  // git
  | 'no-repository'
  | 'detached-head'
  | 'git-failed'
  // machine
  | 'binary-missing'
  | 'disk-full'
  | 'permission'
  | 'path-escape'
  | 'locked'
  | 'process-failed'
  | 'timeout'
  | 'cancelled'
  | 'unsupported'
  // production
  | 'database-unreachable'
  | 'database-denied'
  | 'database-missing'
  | 'database-failed'
  | 'files-missing'
  | 'files-unreadable'
  // base
  | 'unclassified'
  | 'scrub-failed'
  | 'proof-failed'
  | 'base-missing'
  // environments
  | 'environment-missing'
  | 'environment-busy'
  | 'branch-excluded'
  | 'live-secret'
  | 'configuration-unparsable'
  // promotion
  | 'plan-changed'
  | 'production-moved'
  | 'conflict'
  | 'finding'
  | 'data-check'
  | 'rehearsal-failed'
  | 'approval-missing'
  | 'nothing-to-promote'
  | 'promotion-missing'
  | 'undo-blocked'
  | 'snapshot-damaged'
  | 'journal-damaged'
  | 'hook-failed'
  | 'apply-failed'
  // evidence
  | 'ledger-damaged'
  | 'signing-failed'
  | 'internal';

export interface ErrorDetails {
  /** What it happened to: a path, a table, a branch, an address without its password. Never a secret or a personal value. */
  subject?: string;
  /** One clause that completes the sentence of the reason. Never a secret or a personal value. */
  detail?: string;
  /** What the user can do next, if it differs from the reason's usual advice. */
  next?: string;
  /** More lines: one per column, finding, conflict. */
  items?: readonly string[];
  cause?: unknown;
}

/** The only error that use cases throw on purpose. Nothing matches on its message: match on `reason`. */
export class GreenroomError extends Error {
  readonly reason: Reason;
  readonly subject: string | undefined;
  readonly detail: string | undefined;
  readonly next: string | undefined;
  readonly items: readonly string[];

  constructor(reason: Reason, details: ErrorDetails = {}) {
    const text = [reason, details.subject, details.detail].filter(part => part !== undefined).join(': ');
    super(text, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GreenroomError';
    this.reason = reason;
    this.subject = details.subject;
    this.detail = details.detail;
    this.next = details.next;
    this.items = details.items ?? [];
  }
}

export function hasReason<R extends Reason>(
  error: unknown,
  ...reasons: R[]
): error is GreenroomError & { reason: R } {
  return error instanceof GreenroomError && reasons.some(reason => reason === error.reason);
}

/** Node's error code (`ENOENT`, …) if the error carries one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Text for logs of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Turns the error codes of the file system into reasons; anything else passes through unchanged. */
export function fromFileSystem(error: unknown, subject: string): unknown {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new GreenroomError('disk-full', { subject, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new GreenroomError('permission', { subject, detail: code, cause: error });
  return error;
}
