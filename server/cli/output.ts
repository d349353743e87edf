import { formatBytes } from '../platform/diskSpace.ts';
import type { ProgressReport } from '../platform/progress.ts';

/** Where a command writes. `--json` prints one object on standard output and nothing else there. */
export interface Output {
  json: boolean;
  /** One line for people; nothing with `--json`. */
  line(text?: string): void;
  /** The protocol's result; only with `--json`. */
  result(value: unknown): void;
  progress(report: ProgressReport): void;
  /** Ends the progress line. */
  done(): void;
}

export function createOutput(json: boolean): Output {
  const live = process.stderr.isTTY && !json;
  let shown = 0;
  const clear = () => {
    if (shown > 0) process.stderr.write('\r\u001b[K');
    shown = 0;
  };
  return {
    json,
    line(text = '') {
      clear();
      if (!json) process.stdout.write(`${text}\n`);
    },
    result(value) {
      clear();
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress(report) {
      if (!live) return;
      clear();
      const text = describeProgress(report).slice(0, (process.stderr.columns ?? 80) - 1);
      shown = text.length;
      process.stderr.write(text);
    },
    done: clear,
  };
}

/** `reading orders 45 % · 30 MB/s · 12 s left` */
export function describeProgress({ step, done, total, unit, rate, secondsLeft }: ProgressReport): string {
  const amount = (value: number) =>
    unit === 'bytes' ? formatBytes(value) : `${Math.round(value)} ${unit ?? ''}`.trim();
  const parts = [step];
  if (done !== undefined && total !== undefined && total > 0)
    parts[0] += ` ${Math.floor((done / total) * 100)} %`;
  else if (done !== undefined) parts[0] += ` ${amount(done)}`;
  if (rate !== undefined) parts.push(`${amount(rate)}/s`);
  if (secondsLeft !== undefined) parts.push(`${Math.ceil(secondsLeft)} s left`);
  return parts.join(' · ');
}

/** Columns padded to their widest cell, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map(row =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}

/** `+ a.php  1.2 kB` */
export const changeMark = { added: '+', modified: '~', deleted: '-' } as const;
