/**
 * Kubernetes' times as text and as milliseconds of the Unix epoch. Written out here because the core has no Date: what
 * the time is comes from the Clock port, and this only changes its form.
 */

const DAY_MS = 86_400_000;

/** `2026-11-25T19:31:02Z`: metav1.Time. */
export const timestamp = (ms: number): string => `${wholeSeconds(ms)}Z`;

/** `2026-11-25T19:31:02.123000Z`: metav1.MicroTime, as Leases and Events have it. */
export const microTimestamp = (ms: number): string => {
  const fraction = Math.floor(ms) - Math.floor(ms / 1000) * 1000;
  return `${wholeSeconds(ms)}.${pad(fraction, 3)}000Z`;
};

/** Milliseconds of an RFC 3339 time with any fraction and offset; undefined for anything else. */
export const millisOf = (text: string): number | undefined => {
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const fraction = Math.floor(Number(found[7] ?? 0) * 1000);
  const offset = (Number(found[9] ?? 0) * 60 + Number(found[10] ?? 0)) * (found[8] === '-' ? -1 : 1);
  return daysFromEpoch(year, month, day) * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
};

/** The second that was asked for last, since who keeps a log asks for the same one many times over. */
let last = { second: NaN, text: '' };

const wholeSeconds = (ms: number): string => {
  const second = Math.floor(ms / 1000);
  if (second !== last.second) last = { second, text: textOf(ms) };
  return last.text;
};

const textOf = (ms: number): string => {
  const days = Math.floor(ms / DAY_MS);
  const seconds = Math.floor((ms - days * DAY_MS) / 1000);
  const { year, month, day } = dateOf(days);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${pad(year, 4)}-${two(month)}-${two(day)}T${time}`;
};

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

// Years are counted from March, so that the leap day is the last one: then the days before a month are one formula.
const ERA_DAYS = 146_097;
const DAYS_TO_1970 = 719_468;

const daysFromEpoch = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1 - DAYS_TO_1970;
};

const dateOf = (days: number): { readonly year: number; readonly month: number; readonly day: number } => {
  const shifted = days + DAYS_TO_1970;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
};
