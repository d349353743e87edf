import assert from 'node:assert/strict';
import type { PromotionWindow } from '../../../server/config/schema.ts';
import { configSchema } from '../../../server/config/schema.ts';
import { systemClock } from '../../../server/platform/clock.ts';
import { hasReason } from '../../../server/platform/errors.ts';
import { isInside, nextOpening, outsideWindow } from '../../../server/promotion/guards/outsideWindow.ts';
import { testHost } from '../../support/temporary.ts';

const office: PromotionWindow = {
  days: ['mon', 'tue', 'wed', 'thu'],
  from: '09:00',
  to: '16:00',
  timeZone: 'Europe/Berlin',
};
const at = (text: string) => Date.parse(text);

describe('guard outside-window', () => {
  it('goes by the wall clock of the time zone, summer and winter', () => {
    assert.equal(isInside(office, at('2026-01-14T08:00:00Z')), true, 'winter: 09:00 in Berlin');
    assert.equal(isInside(office, at('2026-01-14T07:59:00Z')), false);
    assert.equal(isInside(office, at('2026-07-15T07:00:00Z')), true, 'summer: 09:00 in Berlin');
    assert.equal(isInside(office, at('2026-07-15T06:59:00Z')), false);
    assert.equal(isInside(office, at('2026-07-15T14:00:00Z')), false, 'the end is not inside');
    assert.equal(isInside(office, at('2026-07-17T09:00:00Z')), false, 'friday');
  });

  it('knows windows over midnight, by the day on which they open', () => {
    const night: PromotionWindow = {
      days: ['fri'],
      from: '22:00',
      to: '04:00',
      timeZone: 'America/New_York',
    };
    assert.equal(isInside(night, at('2026-07-18T02:00:00Z')), true, 'friday 22:00');
    assert.equal(isInside(night, at('2026-07-18T07:59:00Z')), true, 'saturday 03:59');
    assert.equal(isInside(night, at('2026-07-18T08:00:00Z')), false);
    assert.equal(isInside(night, at('2026-07-17T07:00:00Z')), false, 'friday 03:00 belongs to thursday');
    const day: PromotionWindow = { days: ['sun'], from: '00:00', to: '24:00', timeZone: 'UTC' };
    assert.equal(isInside(day, at('2026-07-19T23:59:00Z')), true);
    assert.equal(isInside(day, at('2026-07-20T00:00:00Z')), false);
  });

  it('survives the hours that daylight saving skips and repeats', () => {
    const early: PromotionWindow = { days: ['sun'], from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' };
    const minutes = (from: string, to: string) => {
      const format = new Intl.DateTimeFormat('en-US', {
        timeZone: early.timeZone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      });
      let open = 0;
      for (let now = at(from); now < at(to); now += 60_000) if (isInside(early, now, format)) open++;
      return open;
    };
    assert.equal(minutes('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'), 0, 'the hour does not exist');
    assert.equal(minutes('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'), 120, 'the hour comes twice');
    assert.equal(minutes('2026-06-06T22:00:00Z', '2026-06-07T22:00:00Z'), 60);
  });

  it('tells when the next window opens', () => {
    const next = (now: string) => new Date(nextOpening([office], at(now))?.at ?? 0).toISOString();
    assert.equal(next('2026-01-15T20:00:00Z'), '2026-01-19T08:00:00.000Z', 'from thursday evening to monday');
    assert.equal(next('2026-03-27T12:00:00Z'), '2026-03-30T07:00:00.000Z', 'over the change to summer time');
    const short: PromotionWindow = { days: ['wed'], from: '09:03', to: '09:05', timeZone: 'UTC' };
    assert.equal(
      new Date(nextOpening([short], at('2026-01-14T10:00:00Z'))?.at ?? 0).toISOString(),
      '2026-01-21T09:03:00.000Z',
    );
  });

  async function findings(windows: object[], now: string, files = 1) {
    const config = configSchema.parse({
      production: { files: { root: '/x' }, database: { url: 'mysql://x@y/z' } },
      promotion: { windows },
    });
    const host = testHost('/nowhere', { clock: { ...systemClock, now: () => at(now) } });
    const file = { path: 'a', change: 'added' as const, bytes: 1, binary: false, type: 'file' as const };
    const subject = { files: Array.from({ length: files }, () => file), schema: [] };
    return await outsideWindow.check(subject, {
      host,
      config,
      production: undefined,
      head: async () => Buffer.alloc(0),
    });
  }

  it('tells and never blocks; says nothing inside, without windows, and about an empty plan', async () => {
    const [finding] = await findings([office], '2026-01-16T12:00:00Z');
    assert.equal(finding?.severity, 'info');
    assert.match(finding?.message ?? '', /fri 13:00 Europe\/Berlin.*mon 09:00/);
    assert.deepEqual(await findings([office], '2026-01-14T12:00:00Z'), []);
    assert.deepEqual(await findings([], '2026-01-16T12:00:00Z'), []);
    assert.deepEqual(await findings([office], '2026-01-16T12:00:00Z', 0), []);
    await assert.rejects(findings([{ ...office, timeZone: 'Middle/Earth' }], '2026-01-16T12:00:00Z'), error =>
      hasReason(error, 'configuration-invalid'),
    );
  });
});
