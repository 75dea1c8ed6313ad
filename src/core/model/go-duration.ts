/** Go's durations as annotations and flags write them: `5m`, `1h30m`, `1.5h`, `-30s`. */

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds; undefined for what time.ParseDuration refuses (a number without a unit, but `0`). */
export const goDurationSeconds = (text: string): number | undefined => {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  const sum = [...text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (seconds, [, amount = '', unit = '']) => seconds + Number(amount) * (SECONDS[unit] ?? 0),
    0,
  );
  return text.startsWith('-') ? -sum : sum;
};
