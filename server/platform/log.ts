export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export type LogSink = (level: LogLevel, line: string) => void;

/**
 * A logger that writes one line per message. Secrets told to `redact` are replaced wherever they stand in a line;
 * the password part of an URL is replaced without being told.
 */
export function createLogger(sink: LogSink, redact: Redactor = new Redactor()): Logger {
  const write = (level: LogLevel, message: string, fields?: Record<string, unknown>) =>
    sink(level, redact.clean(fields === undefined ? message : `${message} ${formatFields(fields)}`));
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

/** Knows the secrets of this process and takes them out of any text that leaves it. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Values shorter than four characters are not remembered: replacing them would make every line unreadable. */
  add(secret: string | undefined): void {
    if (secret !== undefined && secret.length >= 4) this.#secrets.add(secret);
  }

  clean(text: string): string {
    let cleaned = text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:)[^\s@/]+@/gi, '$1***@');
    for (const secret of this.#secrets) cleaned = cleaned.replaceAll(secret, '***');
    return cleaned;
  }
}

function formatFields(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(
      ([key, value]) =>
        `${key}=${value instanceof Error ? value.message : typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(' ');
}

export const silentLogger: Logger = createLogger(() => undefined);
