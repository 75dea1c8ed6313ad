/**
 * A policy made ready to be put on many nodes: its selectors as tests, its VF groups built once. Rendering goes over every
 * policy for every PF of every node, so nothing here depends on a node.
 */
import { ok } from '../result.ts';
import type { Result } from '../result.ts';
import { isIgnoredPolicy } from './network-node-policy.ts';
import type { SriovNetworkNodePolicy } from './network-node-policy.ts';
import type { InterfaceStatus, VfGroup } from './network-node-state.ts';
import { interfaceTest, isEmptySelector } from './nic-selector.ts';
import { parsePfName, showRange } from './vf-range.ts';
import type { VfRange } from './vf-range.ts';

/** A VF group with its range read. */
export interface RangedGroup {
  readonly group: VfGroup;
  readonly range: VfRange;
}

export interface PreparedPolicy {
  readonly policy: SriovNetworkNodePolicy;
  readonly selectsNode: (labels: Readonly<Record<string, string>>) => boolean;
  readonly selectsInterface: (iface: InterfaceStatus) => boolean;
  /** The policy's group on the PF of this name; a fault where upstream's parser gives up on a range. */
  readonly groupOn: (interfaceName: string) => Result<RangedGroup>;
}

const nodeTest = ({ spec }: SriovNetworkNodePolicy): PreparedPolicy['selectsNode'] => {
  const wanted = Object.entries(spec.nodeSelector);
  return (labels) => wanted.every(([key, value]) => labels[key] === value);
};

const groupOf = ({ name, spec }: SriovNetworkNodePolicy, range: VfRange): RangedGroup => ({
  range,
  group: {
    ...(spec.resourceName === '' ? {} : { resourceName: spec.resourceName }),
    ...(spec.deviceType === '' ? {} : { deviceType: spec.deviceType }),
    vfRange: showRange(range),
    ...(name === '' ? {} : { policyName: name }),
    ...(spec.mtu === 0 ? {} : { mtu: spec.mtu }),
    ...(spec.isRdma ? { isRdma: true } : {}),
    ...(spec.vdpaType === '' ? {} : { vdpaType: spec.vdpaType }),
  },
});

/**
 * Upstream walks pfNames until an entry equals the PF's primary name, and fails on the first range that it cannot read on
 * its way (generatePfNameVfGroup). So a range behind an alternative name, or a second one for the same PF, has no effect.
 */
const groupFinder = (policy: SriovNetworkNodePolicy): PreparedPolicy['groupOn'] => {
  const whole = ok(groupOf(policy, { start: 0, end: policy.spec.numVfs - 1 }));
  const byName = new Map<string, Result<RangedGroup>>();
  for (const entry of policy.spec.nicSelector.pfNames) {
    const parsed = parsePfName(entry);
    if (!parsed.ok) return (interfaceName) => byName.get(interfaceName) ?? parsed;
    const { name, range } = parsed.value;
    if (!byName.has(name)) byName.set(name, range === undefined ? whole : ok(groupOf(policy, range)));
  }
  return (interfaceName) => byName.get(interfaceName) ?? whole;
};

export const preparePolicy = (policy: SriovNetworkNodePolicy): PreparedPolicy => ({
  policy,
  selectsNode: nodeTest(policy),
  selectsInterface: isEmptySelector(policy.spec.nicSelector) ? () => false : interfaceTest(policy.spec.nicSelector),
  groupOn: groupFinder(policy),
});

/** The order in which upstream applies policies: the weakest first (99), the strongest last (0), then by name. */
const byPriority = (a: SriovNetworkNodePolicy, b: SriovNetworkNodePolicy): number => {
  if (a.spec.priority !== b.spec.priority) return b.spec.priority - a.spec.priority;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
};

/** All policies that rendering looks at, in the order in which they are applied. */
export const preparePolicies = (policies: readonly SriovNetworkNodePolicy[]): readonly PreparedPolicy[] =>
  policies
    .filter((policy) => !isIgnoredPolicy(policy))
    .toSorted(byPriority)
    .map(preparePolicy);
