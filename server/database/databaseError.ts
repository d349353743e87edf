import { errorCode, GreenroomError, messageOf, type Reason } from '../platform/errors.ts';

/** Error numbers: MySQL's server error reference and MariaDB's "Error Codes" page. */
const unreachable = new Set([
  1040, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1927, 2002, 2003, 2006, 2013, 4031,
]);
const denied = new Set([
  1044, 1045, 1129, 1130, 1142, 1143, 1211, 1227, 1251, 1290, 1370, 1396, 1410, 1419, 1524, 1698, 1820, 1836,
  1862, 3118, 3159, 3880, 3955, 4151,
]);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'ENOTSOCK',
  'EACCES',
]);
/** These messages quote values of rows, which may be personal: only their name is told. */
const quotesValues = new Set([
  1062, 1064, 1169, 1264, 1265, 1292, 1366, 1367, 1411, 1441, 1452, 1451, 1486, 1525, 1526, 1557, 1586, 1644,
  1690, 1761, 1762, 1859, 3140, 3141, 3156, 3819, 3903, 4025, 4038,
]);

/** Turns whatever the driver threw into our error; the driver's own stays as `cause`. */
export function databaseError(error: unknown, subject: string): GreenroomError {
  if (error instanceof GreenroomError) return error;
  const number = errnoOf(error);
  return new GreenroomError(reasonOf(error, number), {
    subject,
    detail: detailOf(error, number),
    cause: error,
  });
}

/** The server's error number of what the driver or this room threw; `undefined` for anything else. */
export function errnoOf(error: unknown): number | undefined {
  if (error instanceof GreenroomError) return errnoOf(error.cause);
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return undefined;
  return error.errno > 0 ? error.errno : undefined;
}

function reasonOf(error: unknown, number: number | undefined): Reason {
  if (number === 1049) return 'database-missing';
  // 1114 is how InnoDB says that a file could not grow.
  if (number === 1021 || number === 1114) return 'disk-full';
  if (number !== undefined && unreachable.has(number)) return 'database-unreachable';
  if (number !== undefined && denied.has(number)) return 'database-denied';
  if (number !== undefined) return 'database-failed';
  const code = errorCode(error);
  if (code !== undefined && networkCodes.has(code)) return 'database-unreachable';
  // The driver says so without a code of its own when a connection is used after its end.
  if (error instanceof Error && 'fatal' in error && error.fatal === true) return 'database-unreachable';
  return 'database-failed';
}

function detailOf(error: unknown, number: number | undefined): string {
  const code = errorCode(error);
  if (number === undefined) return code ?? messageOf(error);
  const name = `${code ?? 'error'} (${number})`;
  return quotesValues.has(number) ? name : `${name}: ${messageOf(error)}`;
}
