/** Ages as the API server writes them into tables: two or three figures (k8s.io/apimachinery pkg/util/duration). */
import { millisOf } from '../../../core/model/timestamp.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Two units, the smaller one left out when it is zero. */
const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;

export const humanDuration = (ms: number): string => {
  const seconds = Math.trunc(ms / 1000);
  const whole = (unit: number): number => Math.trunc(seconds / unit);
  // Two seconds of difference between clocks count as now.
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return two(whole(MINUTE), 'm', seconds % MINUTE, 's');
  if (seconds < 3 * HOUR) return `${whole(MINUTE)}m`;
  if (seconds < 8 * HOUR) return two(whole(HOUR), 'h', whole(MINUTE) % 60, 'm');
  if (seconds < 2 * DAY) return `${whole(HOUR)}h`;
  if (seconds < 8 * DAY) return two(whole(DAY), 'd', whole(HOUR) % 24, 'h');
  if (seconds < 2 * YEAR) return `${whole(DAY)}d`;
  if (seconds < 8 * YEAR) return two(whole(YEAR), 'y', whole(DAY) % 365, 'd');
  return `${whole(YEAR)}y`;
};

/** Of a time as an object has it; `<unknown>` when it has none. */
export const age = (time: string | undefined, now: number): string => {
  if (time === undefined || time === '') return '<unknown>';
  const at = millisOf(time);
  return at === undefined ? '<invalid>' : humanDuration(now - at);
};
