import { timestamp } from '../platform/clock.ts';
import { GreenroomError } from '../platform/errors.ts';
import type { Operation } from '../platform/progress.ts';
import type { EnvironmentContext } from './context.ts';
import { postponeBy } from './expiry.ts';
import { openEnvironment } from './open.ts';
import type { EnvironmentRecord } from './record.ts';
import { environmentPaths, readRecord, updateRecord } from './records.ts';

/** Brings an expired environment back within its day, with a new lease. Throws `environment-missing`. */
export async function restoreEnvironment(
  context: EnvironmentContext,
  id: string,
  operation: Operation,
): Promise<EnvironmentRecord> {
  const record = await readRecord(context.paths, id);
  if (record?.life.state !== 'expired')
    throw new GreenroomError('environment-missing', {
      subject: record?.branch ?? id,
      detail: 'it is not waiting to be restored',
    });
  operation.progress({ step: 'restoring' });
  const now = context.host.clock.now();
  const restored = await updateRecord(context.paths, id, {
    life: { state: 'ready' },
    lastActivity: timestamp(context.host.clock),
    postponedUntil: new Date(now + postponeBy).toISOString(),
    toldOfExpiry: undefined,
  });
  await openEnvironment(context, restored, { wake: true });
  await context.keeper.open(environmentPaths(context.paths, id).directory);
  return restored;
}

/** "Postpone": three more days, counted from now or from the present end, whichever is later. */
export async function postponeEnvironment(
  context: EnvironmentContext,
  record: EnvironmentRecord,
  end: number,
): Promise<EnvironmentRecord> {
  const from = Math.max(context.host.clock.now(), end);
  return updateRecord(context.paths, record.id, {
    postponedUntil: new Date(from + postponeBy).toISOString(),
    toldOfExpiry: undefined,
  });
}
