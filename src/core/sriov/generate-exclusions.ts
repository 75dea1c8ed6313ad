/**
 * Which physical functions are left out of generated policies, as rules over the inventory. A strong rule states a fact that
 * settles it; a weak one is a sign only, so the function is left out and the user is asked. The order is that of the reasons
 * given; what a rule rests on is kept for the comment in the output.
 */
import { nvidiaDevice } from '../inventory/nvidia-devices.ts';
import type { InventoryNode } from '../inventory/build-inventory.ts';
import type { Adapter, Evidence, PhysicalFunction } from '../model/adapter.ts';

export interface Candidate {
  readonly node: InventoryNode;
  readonly adapter: Adapter;
  readonly function: PhysicalFunction;
}

/** A site's own rule: all given fields must match. */
export interface SiteExclusion {
  readonly pci?: string;
  readonly interface?: string;
  readonly part?: string;
  readonly deviceId?: string;
  readonly reason: string;
  readonly evidence: Evidence;
}

export interface Exclusion {
  readonly rule: string;
  readonly strength: 'strong' | 'weak';
  /** Why it is left out, as a short phrase: `has its own OS`. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

interface ExclusionRule {
  readonly id: string;
  /** The exclusion that this rule states of a function, if it does. */
  readonly states: (candidate: Candidate, site: readonly SiteExclusion[]) => Omit<Exclusion, 'rule'> | undefined;
}

const strong = (reason: string, ...evidence: readonly Evidence[]): Omit<Exclusion, 'rule'> => ({
  strength: 'strong',
  reason,
  evidence,
});

const weak = (reason: string, ...evidence: readonly Evidence[]): Omit<Exclusion, 'rule'> => ({
  strength: 'weak',
  reason,
  evidence,
});

/** `ibs14f0` is named after a slot that firmware numbers, `ibp24s0` after its bus path (systemd.net-naming-scheme). */
const SLOT_NAME = /^ibs\d+f\d/;
const PATH_NAME = /^ib(?:P\d+)?p\d+s\d+/;

/**
 * A name by slot says something only where the other InfiniBand ports of the machine are named by path: on many servers
 * every add-in card is named by its slot.
 */
const oddName = ({ node, adapter, function: { interface: name } }: Candidate): Evidence | undefined => {
  if (name === undefined || !SLOT_NAME.test(name.value)) return undefined;
  const other = node.adapters
    .filter((one) => one !== adapter)
    .flatMap(({ functions }) => functions)
    .find((one) => one.interface !== undefined && PATH_NAME.test(one.interface.value))?.interface;
  return other === undefined
    ? undefined
    : { because: `${name.value} is named after a slot of the mainboard, unlike ${other.value}`, origin: name.origin };
};

const matchesSite = (rule: SiteExclusion, { adapter, function: one }: Candidate): boolean =>
  (rule.pci === undefined || rule.pci === one.pci || rule.pci === adapter.card) &&
  (rule.interface === undefined || rule.interface === one.interface?.value || one.altNames.includes(rule.interface)) &&
  (rule.part === undefined || rule.part === adapter.part?.value) &&
  (rule.deviceId === undefined || rule.deviceId === one.deviceId?.value);

const inUse = ({ interface: name, master, defaultRoute, addresses }: PhysicalFunction, node: InventoryNode) => {
  const shown = name?.value ?? 'it';
  if (defaultRoute?.value === true)
    return strong('carries the default route', {
      because: `the default route leaves through ${shown}`,
      origin: defaultRoute.origin,
    });
  const own = addresses?.value.find((address) => node.addresses.includes(address));
  if (own !== undefined && addresses !== undefined)
    return strong("carries the node's address", { because: `${shown} has ${own}`, origin: addresses.origin });
  return master === undefined
    ? undefined
    : strong(`member of ${master.value}`, { because: `listed under ${master.value}`, origin: master.origin });
};

export const EXCLUSION_RULES: readonly ExclusionRule[] = [
  {
    id: 'site',
    states: (candidate, site) => {
      const rule = site.find((one) => matchesSite(one, candidate));
      return rule === undefined ? undefined : strong(rule.reason, rule.evidence);
    },
  },
  {
    id: 'bluefield',
    states: ({ adapter, function: one }) => {
      const model = (one.deviceId === undefined ? undefined : nvidiaDevice(one.deviceId.value)?.model) ?? 'BlueField';
      if (adapter.kind === 'bluefield-dpu') return strong(`${model} DPU, has its own OS`, ...adapter.kindEvidence);
      // Until its settings show NIC mode, it counts as a DPU: taking a DPU's uplink away is the worse mistake.
      if (adapter.kind === 'bluefield') return strong(`${model}, has its own OS`, ...adapter.kindEvidence);
      return adapter.kind === 'bluefield-nic' ? weak(`${model} in NIC mode`, ...adapter.kindEvidence) : undefined;
    },
  },
  { id: 'in-use', states: ({ function: one, node }) => inUse(one, node) },
  {
    id: 'other-port-in-use',
    states: ({ adapter, function: one, node }) => {
      const other = adapter.functions.find((sibling) => sibling !== one && inUse(sibling, node) !== undefined);
      const reason = other === undefined ? undefined : inUse(other, node);
      return other === undefined || reason === undefined
        ? undefined
        : weak(
            `the other port of its card (${other.pci}) ${reason.reason.replace(/^member/, 'is a member')}`,
            ...reason.evidence,
          );
    },
  },
  {
    id: 'internal',
    states: (candidate) => {
      const odd = oddName(candidate);
      const { kind, kindEvidence } = candidate.adapter;
      if (kind !== 'internal') return odd === undefined ? undefined : weak('perhaps internal', odd);
      const reason = 'internal mezzanine, internal use only';
      return odd === undefined ? weak(reason, ...kindEvidence) : strong(reason, ...kindEvidence, odd);
    },
  },
  {
    id: 'restricted',
    states: ({ adapter: { hostPrivilege } }) =>
      hostPrivilege?.value === 'restricted'
        ? strong('the host may not configure it', {
            because: 'mlxprivhost says restricted',
            origin: hostPrivilege.origin,
          })
        : undefined,
  },
  {
    id: 'unknown-card',
    states: ({ adapter }) =>
      adapter.kind === 'unknown'
        ? weak('what card this is stands nowhere in the input', ...adapter.kindEvidence)
        : undefined,
  },
  {
    id: 'no-interface',
    states: ({ function: one }) =>
      one.interface === undefined
        ? strong('has no net device, so the operator does not see it (for InfiniBand: load ib_ipoib)')
        : undefined,
  },
];

/** All reasons against a function, the first strong one in front. */
export const exclusionsOf = (candidate: Candidate, site: readonly SiteExclusion[]): readonly Exclusion[] => {
  const found = EXCLUSION_RULES.flatMap(({ id, states }) => {
    const exclusion = states(candidate, site);
    return exclusion === undefined ? [] : [{ rule: id, ...exclusion }];
  });
  return [
    ...found.filter(({ strength }) => strength === 'strong'),
    ...found.filter(({ strength }) => strength === 'weak'),
  ];
};

/** What is worth saying: settled reasons before mere signs, and a missing net device only where nothing else is known. */
export const tellingReasons = (exclusions: readonly Exclusion[]): readonly Exclusion[] => {
  const settled = exclusions.filter(({ strength }) => strength === 'strong');
  const chosen = settled.length > 0 ? settled : exclusions;
  const others = chosen.filter(({ rule }) => rule !== 'no-interface');
  return others.length > 0 ? others : chosen;
};

export interface LeftOutFunction {
  readonly pci: string;
  readonly exclusions: readonly Exclusion[];
}

/** The reasons of a card's functions as one phrase; a reason that is not everybody's names whose it is. */
export const reasonsOf = (functions: readonly LeftOutFunction[]): string => {
  const count = new Set(functions.map(({ pci }) => pci)).size;
  const byReason = new Map<string, Set<string>>();
  for (const { pci, exclusions } of functions)
    for (const { reason, strength } of tellingReasons(exclusions)) {
      const said = strength === 'weak' ? `${reason} (not sure)` : reason;
      byReason.set(said, (byReason.get(said) ?? new Set()).add(pci));
    }
  return [...byReason]
    .map(([reason, pcis]) => (pcis.size === count ? reason : `${[...pcis].join(', ')} ${reason}`))
    .join('; ');
};
