/**
 * How long something takes in the twin: least, usual and most, drawn from a triangle over them, each with where the figures
 * were learned. What has no source says so; a site that measured its own replaces them.
 */
import type { Random } from '../core/ports/random.ts';

export interface Latency {
  readonly leastMs: number;
  readonly usualMs: number;
  readonly mostMs: number;
  readonly source: string;
}

const SECOND_MS = 1000;

export const seconds = (least: number, usual: number, most: number, source: string): Latency => ({
  leastMs: least * SECOND_MS,
  usualMs: usual * SECOND_MS,
  mostMs: most * SECOND_MS,
  source,
});

/** Whole milliseconds. */
export const drawMs = ({ leastMs, usualMs, mostMs }: Latency, random: Random): number => {
  const width = mostMs - leastMs;
  if (width <= 0) return leastMs;
  const share = random.next();
  const rise = (usualMs - leastMs) / width;
  const drawn =
    share < rise
      ? leastMs + Math.sqrt(share * width * (usualMs - leastMs))
      : mostMs - Math.sqrt((1 - share) * width * (mostMs - usualMs));
  return Math.round(drawn);
};
