import * as vscode from 'vscode';
import type { ProgressValue } from '../backend/backend.ts';

/** `6d 4h`, `3h 20m`, `12m`, `40s`: two units at most, as the status bar shows it. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return hours > 0 ? `${days}d ${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h ${minutes}m` : `${hours}h`;
  return minutes > 0 ? `${minutes}m` : `${seconds}s`;
}

export function timeLeft(iso: string, now = Date.now()): string {
  return durationText(Date.parse(iso) - now);
}

export function age(iso: string, now = Date.now()): string {
  return vscode.l10n.t('{0} ago', durationText(now - Date.parse(iso)));
}

export function dateText(iso: string): string {
  return new Date(iso).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

/** `1.2 MB`: powers of 1000, one digit after the point below ten. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(vscode.env.language, { maximumFractionDigits: digits })} ${units[unit]}`;
}

export function countText(count: number): string {
  return count.toLocaleString(vscode.env.language);
}

export function progressText(value: ProgressValue): string {
  if (value.done === undefined || value.total === undefined) return value.step;
  const amount =
    value.unit === 'bytes'
      ? `${bytesText(value.done)} / ${bytesText(value.total)}`
      : `${countText(value.done)} / ${countText(value.total)}`;
  return `${value.step} (${amount})`;
}

export function filesText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 file') : vscode.l10n.t('{0} files', countText(count));
}

export function schemaChangesText(count: number): string {
  return count === 1
    ? vscode.l10n.t('1 schema change')
    : vscode.l10n.t('{0} schema changes', countText(count));
}

/** `Robin Demo` of `Robin Demo <robin@demo.example>`. */
export function nameOf(person: string): string {
  return person.replace(/\s*<[^>]*>$/, '') || person;
}
