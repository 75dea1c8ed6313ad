/**
 * Kubernetes' IntOrString where it stands for a count or a share (maxUnavailable and its like).
 * What the count is a share of, and what to do when none can be read, is the caller's.
 */

/**
 * `value` as a count of `total`: an integer as it is, `N%` as that share, rounded `up` or `down`.
 * Undefined for what Kubernetes refuses: other text, fractions, numbers beyond what a program can count.
 */
export const countOf = (value: unknown, total: number, rounding: 'up' | 'down'): number | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const share = /^([+-]?\d{1,15})%$/.exec(value);
  if (share === null) return undefined;
  const exact = (Number(share[1]) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
};
