/**
 * The extended resources that policies promise on a node, and whether the node offers them (reference: sriov.md 1.7 and
 * check list V8). What the device plugin will make of its configuration, which may be less, is told by device-plugin.ts.
 */
import type { NodeStateSpec, VfGroup } from './network-node-state.ts';
import { parseRange } from './vf-range.ts';

/** What NVIDIA's network operator sets as RESOURCE_PREFIX. */
export const NVIDIA_RESOURCE_PREFIX = 'nvidia.com';

/** `nvidia.com/resibp24s0`: how pods ask for it and how it stands in status.allocatable. */
export const extendedResource = (resourcePrefix: string, resourceName: string): string =>
  `${resourcePrefix}/${resourceName}`;

/** VFs of a group that exist on a PF with `numVfs` VFs. */
export const vfsInGroup = ({ vfRange }: VfGroup, numVfs: number): number => {
  const range = parseRange(vfRange);
  if (range === undefined) return 0;
  return Math.max(0, Math.min(range.end, numVfs - 1) - Math.max(range.start, 0) + 1);
};

/** How many VFs the node state's groups give to each resource, by extended resource name. */
export const promisedResources = (
  spec: Pick<NodeStateSpec, 'interfaces'>,
  resourcePrefix: string,
): ReadonlyMap<string, number> => {
  const promised = new Map<string, number>();
  for (const { vfGroups = [], numVfs = 0 } of spec.interfaces ?? [])
    for (const group of vfGroups) {
      const name = extendedResource(resourcePrefix, group.resourceName ?? '');
      promised.set(name, (promised.get(name) ?? 0) + vfsInGroup(group, numVfs));
    }
  return promised;
};

const QUANTITY = /^(\d{1,15})(k|M|G)?$/;
const FACTORS: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

/** Extended resources are whole numbers; the API writes 1000 as `1k`. */
const countOf = (quantity: unknown): number | undefined => {
  if (typeof quantity === 'number') return Number.isSafeInteger(quantity) ? quantity : undefined;
  const found = typeof quantity === 'string' ? QUANTITY.exec(quantity) : null;
  return found === null ? undefined : Number(found[1]) * (FACTORS[found[2] ?? ''] ?? 1);
};

export interface ResourceVerdict {
  /** Every promised resource is offered in exactly the promised number. */
  readonly ok: boolean;
  /** Promised, and not in allocatable at all: the device plugin registers no pool without devices. */
  readonly missing: readonly string[];
  /** Offered in a smaller number than promised, 0 included. */
  readonly short: readonly string[];
  /** Offered in a larger number than promised. */
  readonly surplus: readonly string[];
}

/** Compares what is promised with status.allocatable; resources that nothing promises are not looked at. */
export const verifyResources = (
  promised: ReadonlyMap<string, number>,
  allocatable: Readonly<Record<string, unknown>>,
): ResourceVerdict => {
  const named = [...promised];
  const offered = (name: string): number | undefined =>
    Object.hasOwn(allocatable, name) ? (countOf(allocatable[name]) ?? 0) : undefined;
  const missing = named.filter(([name]) => offered(name) === undefined);
  const short = named.filter(([name, wanted]) => (offered(name) ?? wanted) < wanted);
  const surplus = named.filter(([name, wanted]) => (offered(name) ?? wanted) > wanted);
  return {
    ok: missing.length + short.length + surplus.length === 0,
    missing: missing.map(([name]) => name),
    short: short.map(([name]) => name),
    surplus: surplus.map(([name]) => name),
  };
};
