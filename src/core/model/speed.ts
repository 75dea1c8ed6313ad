/** How fast a twin's time passes: as many times as fast as real time, or as fast as the machine can. */

export type Speed = number | 'max';

/** Faster than this only 'max' is: a day of the twin's time a second. */
const FASTEST = 86_400;

/** `real`, `60x`, `0.5x`, `max`; undefined for anything else. */
export const parseSpeed = (text: string): Speed | undefined => {
  if (text === 'real') return 1;
  if (text === 'max') return 'max';
  const times = /^(\d{1,9}(?:\.\d{1,9})?)x$/.exec(text)?.[1];
  return times === undefined || Number(times) <= 0 || Number(times) > FASTEST ? undefined : Number(times);
};

/** `in real time`, `60 times as fast as real time`, `as fast as it can`. */
export const speedWords = (speed: Speed): string =>
  speed === 'max' ? 'as fast as it can' : speed === 1 ? 'in real time' : `${speed} times as fast as real time`;
