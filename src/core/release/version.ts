/**
 * Versions of charts and of Kubernetes: order, pre-releases, and the ranges that Chart.yaml states. Only the operators
 * that these charts use are known; a range with anything else is a bug of the data, and says so.
 */

interface Version {
  readonly numbers: readonly number[];
  readonly suffix: readonly string[];
}

const PATTERN = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

const parse = (text: string): Version | undefined => {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const numbers = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  return numbers.every(Number.isSafeInteger) ? { numbers, suffix: match[4]?.split('.') ?? [] } : undefined;
};

export const isVersion = (text: string): boolean => parse(text) !== undefined;

/** `25.10.0-rc.1`, `v1.31.2-eks-7f9249a`: by semantic versioning both are pre-releases. */
export const hasSuffix = (text: string): boolean => (parse(text)?.suffix.length ?? 0) > 0;

const comparePart = (a: string, b: string): number => {
  const [x, y] = [/^\d+$/.test(a) ? Number(a) : undefined, /^\d+$/.test(b) ? Number(b) : undefined];
  if (x !== undefined && y !== undefined) return x - y;
  if (x !== undefined) return -1;
  if (y !== undefined) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
};

/** Order by semantic versioning; what is no version comes first. */
export const compareVersions = (a: string, b: string): number => {
  const [x, y] = [parse(a), parse(b)];
  if (x === undefined || y === undefined) return Number(x !== undefined) - Number(y !== undefined);
  for (let at = 0; at < 3; at += 1) {
    const difference = (x.numbers[at] ?? 0) - (y.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (x.suffix.length === 0 || y.suffix.length === 0)
    return Number(x.suffix.length === 0) - Number(y.suffix.length === 0);
  for (let at = 0; at < Math.max(x.suffix.length, y.suffix.length); at += 1) {
    const [p, q] = [x.suffix[at], y.suffix[at]];
    if (p === undefined || q === undefined) return Number(p !== undefined) - Number(q !== undefined);
    const difference = comparePart(p, q);
    if (difference !== 0) return difference;
  }
  return 0;
};

/**
 * Whether a Kubernetes version lies in a chart's `kubeVersion` range (`>= 1.21.0`, `>= 1.21.0-0`), as the semver library
 * of Helm reads it: a version with a suffix only matches a range that has one itself.
 */
export const isInRange = (version: string, range: string): boolean => {
  const match = /^>=\s*(\S+)$/.exec(range.trim());
  if (match?.[1] === undefined) throw new Error(`unknown range in the chart data: ${range}`);
  if (hasSuffix(version) && !hasSuffix(match[1])) return false;
  return compareVersions(version, match[1]) >= 0;
};

/** `25.10.0` -> `25.10`: the name of a release line. */
export const lineOf = (version: string): string => version.replace(/^v/, '').split('.').slice(0, 2).join('.');
