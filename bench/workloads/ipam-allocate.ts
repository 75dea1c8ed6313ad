/**
 * Blocks of eight IPPools for 10,000 nodes, fresh and from a full status, without and with exclusions. The peer is
 * nv-ipam's own allocator on the same pools, with the same check sums. As there, one pass goes from the spec and the old
 * status to the new status, and compares the two.
 */
import { allocateIPPool } from '../../src/core/ipam/allocate-ippool.ts';
import type { Block } from '../../src/core/ipam/allocate-ippool.ts';
import { readIPPool } from '../../src/core/ipam/ippool-spec.ts';
import { parseAddress, plus, showAddress } from '../../src/core/model/ip.ts';
import { fnv1a, showSum } from '../random.ts';

const NODES = 10_000;
const POOLS = 8;
const BLOCK = 32;
const names = Array.from({ length: NODES }, (_, index) => `node-${String(index).padStart(5, '0')}`);

const poolSpec = (rail: number, hasExclusions: boolean): Record<string, unknown> => {
  const base = parseAddress(`10.${8 * rail}.0.0`) ?? 0;
  const at = (offset: number): string => showAddress(plus(base, offset));
  const range = (from: number, to: number): Record<string, string> => ({ startIP: at(from), endIP: at(to) });
  const whole = Array.from({ length: 20 }, (_, index) => {
    const first = 1 + BLOCK * (50 + 100 * index);
    return range(first, first + BLOCK - 1);
  });
  return {
    subnet: `${at(0)}/13`,
    gateway: at(1),
    perNodeBlockSize: BLOCK,
    ...(hasExclusions
      ? { exclusions: [...whole, range(200, 230)], perNodeExclusions: [{ startIndex: 0, endIndex: 1 }] }
      : {}),
  };
};

const isSame = (one: readonly Block[], other: readonly Block[]): boolean =>
  one.length === other.length &&
  one.every((block, index) => {
    const against = other[index];
    return block.nodeName === against?.nodeName && block.startIP === against.startIP && block.endIP === against.endIP;
  });

interface Pass {
  readonly seconds: number;
  /** Processor time of this process, in seconds. */
  readonly cpu: number;
  readonly statuses: readonly (readonly Block[])[];
  readonly changed: number;
}

/** One pass over all pools. */
const pass = (hasExclusions: boolean, before: readonly (readonly Block[])[]): Pass => {
  const specs = Array.from({ length: POOLS }, (_, rail) => poolSpec(rail, hasExclusions));
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let changed = 0;
  const statuses = specs.map((given, rail) => {
    const read = readIPPool(`rail-${rail}`, given);
    if (!read.ok) throw new Error('the workload has a pool that is not valid');
    const { blocks } = allocateIPPool(read.spec, names, before[rail] ?? []);
    if (!isSame(blocks, before[rail] ?? [])) changed += 1;
    return blocks;
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpu: (user + system) / 1e6, statuses, changed };
};

const sumOf = (statuses: readonly (readonly Block[])[]): string =>
  showSum(
    statuses
      .flat()
      .reduce((sum, { nodeName, startIP, endIP }) => fnv1a(`${nodeName} ${startIP} ${endIP}\n`, sum), fnv1a('')),
  );

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Median of five passes after one to warm up, as the peer was measured. */
const measure = (hasExclusions: boolean, before: readonly (readonly Block[])[]): Pass => {
  const runs = Array.from({ length: 6 }, () => pass(hasExclusions, before)).slice(1);
  const last = runs.at(-1);
  if (last === undefined) throw new Error('no run');
  return { ...last, seconds: median(runs.map(({ seconds }) => seconds)), cpu: median(runs.map(({ cpu }) => cpu)) };
};

export const workload = {
  name: 'ipam-allocate',
  aim: 'fresh and reload 2d37d267 in at most 0.06 s each, with exclusions 3a3b4249 in at most 0.08 s (Go: 0.12, 0.17; 0.68, 0.75 s)',
  run: (): { checksum: string; seconds: number; detail: string } => {
    const parts = [false, true].flatMap((hasExclusions) => {
      const fresh = measure(hasExclusions, []);
      const reload = measure(hasExclusions, fresh.statuses);
      if (reload.changed > 0) throw new Error('a full status must not change');
      const label = hasExclusions ? ' with exclusions' : '';
      return [
        { label: `fresh${label}`, ...fresh },
        { label: `reload${label}`, ...reload },
      ];
    });
    return {
      checksum: [...new Set(parts.map(({ statuses }) => sumOf(statuses)))].join('/'),
      seconds: parts[0]?.seconds ?? 0,
      detail: parts
        .map(({ label, seconds, cpu }) => `${label} ${seconds.toFixed(3)} s (cpu ${cpu.toFixed(3)})`)
        .join(', '),
    };
  },
};
