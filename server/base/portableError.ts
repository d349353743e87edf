import { errnoOf } from '../database/connection.ts';
import { GreenroomError, messageOf } from '../platform/errors.ts';
import type { PortableError } from './workerMessages.ts';

export function toPortable(error: unknown): PortableError {
  if (!(error instanceof GreenroomError)) return { reason: 'internal', detail: messageOf(error), items: [] };
  const errno = errnoOf(error);
  return {
    reason: error.reason,
    ...(error.subject !== undefined && { subject: error.subject }),
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.next !== undefined && { next: error.next }),
    items: error.items,
    ...(errno !== undefined && { errno }),
  };
}

export function fromPortable(portable: PortableError): GreenroomError {
  const { reason, errno, ...details } = portable;
  const cause =
    errno === undefined ? undefined : Object.assign(new Error(`server error ${errno}`), { errno });
  return new GreenroomError(reason, { ...details, cause });
}
