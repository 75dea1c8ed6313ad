/** Maintenance windows against the calendar: over midnight, over the end of the week, and over a change of the clocks. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rolloutSpec, type RolloutWindow } from '../model/crd/rollout.ts';
import { windowState } from './windows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

const window = fc.record({
  days: fc.subarray([...NAMES]),
  from: fc.integer({ min: 0, max: DAY - 1 }).map(clock),
  to: fc.integer({ min: 0, max: DAY - 1 }).map(clock),
  offset: fc
    .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 14 * 60 }))
    .map(([sign, minutes]) => `${sign}${clock(minutes)}`),
});

/** By the calendar of the platform: the day on which a window began, and the time of day there. */
const isOpen = ({ days, from, to, offset }: RolloutWindow, at: number): boolean => {
  const sign = offset.startsWith('-') ? -1 : 1;
  const local = new Date(at + sign * minutesOf(offset.slice(1)) * MINUTE);
  const time = local.getUTCHours() * 60 + local.getUTCMinutes();
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const may = (day: number): boolean => {
    const name = NAMES[(day + 7) % 7];
    return days.length === 0 || (name !== undefined && days.includes(name));
  };
  const today = local.getUTCDay();
  if (begin < end) return may(today) && time >= begin && time < end;
  return (may(today) && time >= begin) || (may(today - 1) && time < end);
};

const moment = fc.integer({ min: Date.UTC(2024, 0, 1) / MINUTE, max: Date.UTC(2030, 0, 1) / MINUTE });

test('open is what the calendar says, and the wait ends at the first open minute', () => {
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 3 }), moment, (windows, minute) => {
      const at = minute * MINUTE;
      const open = (time: number): boolean => windows.some((one) => isOpen(one, time));
      const state = windowState(windows, at);
      expect(state.open).toBe(open(at));
      if (state.open) {
        expect(state.waitMs).toBe(0);
        return;
      }
      expect(state.waitMs).toBeGreaterThan(0);
      expect(state.waitMs).toBeLessThanOrEqual(7 * DAY * MINUTE);
      expect(open(at + state.waitMs)).toBe(true);
      expect(open(at + state.waitMs - MINUTE)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('where clocks change, a window stays at its offset: it is stated against UTC', () => {
  const { windows } = rolloutSpec.parse({
    reason: 't',
    groups: [{ nodes: ['a'], rung: 'none' }],
    windows: [{ days: ['Sun'], from: '02:30', to: '03:30', offset: '+01:00' }],
  });
  // In Berlin the clock jumps from 02:00 to 03:00 on this Sunday, at 01:00 UTC: the window opens once, at 01:30 UTC.
  const open = Array.from({ length: DAY }, (_, minute) => Date.UTC(2026, 2, 29) + minute * MINUTE).filter(
    (at) => windowState(windows, at).open,
  );
  expect([open.length, new Date(open[0] ?? 0).toISOString()]).toEqual([60, '2026-03-29T01:30:00.000Z']);
});
