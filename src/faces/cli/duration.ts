/** Durations as people type them: `90`, `90s`, `10m`, `1h`, as milliseconds; undefined for anything else. */
const UNITS: Readonly<Record<string, number>> = { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000 };

export const durationMs = (text: string): number | undefined => {
  const match = /^(\d{1,6})([smh]?)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
};
