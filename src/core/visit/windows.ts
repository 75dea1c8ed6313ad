/** Maintenance windows: whether one is open now, and when the next begins. Times of day at a fixed offset from UTC. */
import type { RolloutWindow } from '../model/crd/rollout.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** 1 January 1970 was a Thursday. */
const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'] as const;

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

const offsetMinutes = (offset: string): number => (offset.startsWith('-') ? -1 : 1) * minutesOf(offset.slice(1));

/** Minutes from now until this window opens; 0 while it is open. */
const minutesUntil = ({ days, from, to, offset }: RolloutWindow, nowMs: number): number => {
  const local = Math.floor(nowMs / MINUTE_MS) + offsetMinutes(offset);
  const inWeek = ((local % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
  const length = (minutesOf(to) - minutesOf(from) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const waits = DAYS.flatMap((day, index) => {
    if (days.length > 0 && !days.includes(day)) return [];
    const begins = index * DAY_MINUTES + minutesOf(from);
    const since = (inWeek - begins + WEEK_MINUTES) % WEEK_MINUTES;
    return [since < length ? 0 : WEEK_MINUTES - since];
  });
  return Math.min(...waits);
};

export interface WindowState {
  readonly open: boolean;
  /** Until the next one opens; 0 while one is open. */
  readonly waitMs: number;
}

/** Without windows it is always open. */
export const windowState = (windows: readonly RolloutWindow[], nowMs: number): WindowState => {
  if (windows.length === 0) return { open: true, waitMs: 0 };
  const wait = Math.min(...windows.map((window) => minutesUntil(window, nowMs)));
  return { open: wait === 0, waitMs: wait * MINUTE_MS };
};
