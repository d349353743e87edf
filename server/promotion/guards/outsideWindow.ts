import type { PromotionWindow } from '../../config/schema.ts';
import { GreenroomError } from '../../platform/errors.ts';
import type { Guard } from './guard.ts';

/** Tells, never stops: a promotion at an unusual hour is allowed, and logged loudly. */
export const outsideWindow: Guard = {
  name: 'outside-window',
  async check(subject, { host, config }) {
    const windows = config.promotion.windows;
    const now = host.clock.now();
    if (subject.files.length + subject.schema.length === 0) return [];
    if (windows.length === 0 || windows.some(window => isInside(window, now))) return [];
    const next = nextOpening(windows, now);
    return [
      {
        guard: outsideWindow.name,
        severity: 'info',
        message:
          `Now (${describeMoment(windows[0]?.timeZone ?? 'UTC', now)}) is outside the promotion windows ` +
          `${windows.map(describeWindow).join(', ')}. The promotion is allowed and will be recorded as such` +
          `${next === undefined ? '' : `; the next window opens ${describeMoment(next.timeZone, next.at)}`}.`,
      },
    ];
  },
};

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const minute = 60_000;

/**
 * Whether an instant lies in a window, by the wall clock of the window's time zone: a window in an hour that daylight
 * saving skips does not occur that day, one in a repeated hour is open both times. A window whose end is not after its
 * start runs into the next day and belongs to the day on which it opens.
 */
export function isInside(
  window: PromotionWindow,
  at: number,
  format: Intl.DateTimeFormat = formatter(window.timeZone),
): boolean {
  const { day, minutes } = wallClock(format, at);
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const opensOn = (index: number) => window.days.includes(dayNames[(index + 7) % 7] ?? 'sun');
  if (from < to) return opensOn(day) && minutes >= from && minutes < to;
  return (opensOn(day) && minutes >= from) || (opensOn(day - 1) && minutes < to);
}

/** The first minute within nine days at which a window is open; `undefined` if none opens. */
export function nextOpening(
  windows: readonly PromotionWindow[],
  now: number,
): { at: number; timeZone: string } | undefined {
  const start = Math.ceil(now / minute) * minute;
  // Windows may be shorter than a step only if they are shorter than 15 minutes; then the minutes are searched.
  const step = windows.some(window => lengthOf(window) < 15) ? minute : 15 * minute;
  // Making a formatter costs far more than using it.
  const formats = windows.map(window => ({ window, format: formatter(window.timeZone) }));
  for (let at = start; at <= start + 9 * 24 * 60 * minute; at += step) {
    const open = formats.find(({ window, format }) => isInside(window, at, format));
    if (open === undefined) continue;
    let first = at;
    while (first - minute >= start && isInside(open.window, first - minute, open.format)) first -= minute;
    return { at: first, timeZone: open.window.timeZone };
  }
  return undefined;
}

/** `mon–thu 09:00–16:00 Europe/Berlin` */
export function describeWindow(window: PromotionWindow): string {
  return `${window.days.join(' ')} ${window.from}–${window.to} ${window.timeZone}`;
}

function describeMoment(timeZone: string, at: number): string {
  const { day, minutes } = wallClock(formatter(timeZone), at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${dayNames[day]} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)} ${timeZone}`;
}

function lengthOf(window: PromotionWindow): number {
  const length = minutesOf(window.to) - minutesOf(window.from);
  return length > 0 ? length : length + 24 * 60;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function wallClock(format: Intl.DateTimeFormat, at: number): { day: number; minutes: number } {
  const parts = new Map(format.formatToParts(at).map(part => [part.type, part.value]));
  const weekday = parts.get('weekday')?.toLowerCase();
  const day = dayNames.findIndex(name => weekday?.startsWith(name));
  return { day, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (cause) {
    throw new GreenroomError('configuration-invalid', {
      subject: 'promotion.windows',
      detail: `“${timeZone}” is not a time zone`,
      cause,
    });
  }
}
