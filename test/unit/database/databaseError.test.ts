import assert from 'node:assert/strict';
import { databaseError, errnoOf } from '../../../server/database/databaseError.ts';
import { GreenroomError } from '../../../server/platform/errors.ts';

function driverError(errno: number, code: string, message: string): Error {
  return Object.assign(new Error(message), { errno, code });
}

describe('what the driver throws', () => {
  for (const [errno, code, reason] of [
    [1045, 'ER_ACCESS_DENIED_ERROR', 'database-denied'],
    [1142, 'ER_TABLEACCESS_DENIED_ERROR', 'database-denied'],
    [1049, 'ER_BAD_DB_ERROR', 'database-missing'],
    [1040, 'ER_CON_COUNT_ERROR', 'database-unreachable'],
    [2013, 'CR_SERVER_LOST', 'database-unreachable'],
    [1021, 'ER_DISK_FULL', 'disk-full'],
    [1146, 'ER_NO_SUCH_TABLE', 'database-failed'],
    [-111, 'ECONNREFUSED', 'database-unreachable'],
    [-104, 'ECONNRESET', 'database-unreachable'],
  ] as const)
    it(`${code} is ${reason}`, () => {
      const error = databaseError(driverError(errno, code, 'x'), 'u@h:1');
      assert.equal(error.reason, reason);
      assert.equal(error.subject, 'u@h:1');
      assert.equal(errnoOf(error), errno > 0 ? errno : undefined);
    });

  it('keeps values of rows out of what is told, and the driver’s error as the cause', () => {
    const cause = driverError(1062, 'ER_DUP_ENTRY', "Duplicate entry 'ann@example.org' for key 'email'");
    const error = databaseError(cause, 'u@h:1');
    assert.ok(!error.message.includes('ann@example.org'));
    assert.ok(error.message.includes('1062'));
    assert.equal(error.cause, cause);
  });

  it('leaves our own errors alone', () => {
    const own = new GreenroomError('cancelled');
    assert.equal(databaseError(own, 'x'), own);
    assert.equal(errnoOf(own), undefined);
    assert.equal(errnoOf('text'), undefined);
  });
});
