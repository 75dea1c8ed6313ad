/**
 * Policies, networks and address pools from an inventory, for review by a person: one policy and one network a rail, by
 * explicit pfNames, with an explicit priority; pools sized for the fleet now and at a stated growth. Byte-stable for the
 * same inventory. Which functions are left out, and why, is decided in generate-exclusions.ts; how it is written in
 * generate-yaml.ts.
 */
import type { Inventory } from '../inventory/build-inventory.ts';
import { prefixFor } from '../ipam/capacity.ts';
import { overlaps, parseSubnet, plus, showAddress, showSubnet, sizeOf, subnetAt, type Subnet } from '../model/ip.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { fail, ok, type Result } from '../result.ts';
import type { SiteExclusion } from './generate-exclusions.ts';
import { railsOf, type LeftOut, type Rail } from './generate-rails.ts';

export interface GenerateOptions {
  readonly numVfs: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** The operator's namespace: policies of another one are ignored by it. */
  readonly namespace: string;
  /** Where the NetworkAttachmentDefinitions go. */
  readonly networkNamespace: string;
  /** Nodes that the fleet may grow by. */
  readonly growth: number;
  /** Pools are cut out of this, the first piece left free. */
  readonly poolsFrom: string;
  readonly site: readonly SiteExclusion[];
  readonly include: readonly string[];
}

export const GENERATE_DEFAULTS: GenerateOptions = {
  numVfs: 8,
  nodeSelector: { 'nvidia.com/gpu.present': 'true' },
  namespace: 'network-operator',
  networkNamespace: 'default',
  growth: 0,
  poolsFrom: '192.168.0.0/16',
  site: [],
  include: [],
};

/** The webhook's default, written out: without the webhook a missing priority is 0, the strongest. */
const PRIORITY = 99;
/** A pool is no smaller than this, so that rails stay easy to tell apart by their third number. */
const LARGEST_PREFIX = 24;

export interface GeneratedRail {
  readonly rail: Rail;
  readonly policy: KubeObject;
  readonly network: KubeObject;
  readonly pool: KubeObject;
}

export interface Generated {
  readonly rails: readonly GeneratedRail[];
  readonly leftOut: readonly LeftOut[];
  /** Nodes that the rails stand on, and how many blocks a pool has. */
  readonly fleet: { readonly now: number; readonly planned: number; readonly blocks: number };
  readonly warnings: readonly string[];
}

/** Object names are DNS labels and lower case (`enP2p1s0f0` is not); resources allow letters, digits, `-` and `_`. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
const resourceOf = ({ interface: name }: Rail): string =>
  `res${name.replace(/[^A-Za-z0-9_-]+/g, '-')}`.replace(/[-_]+$/, '');

const policyOf = (rail: Rail, { numVfs, nodeSelector, namespace }: GenerateOptions): KubeObject => {
  const { interface: name } = rail;
  const linkType = rail.members[0]?.function.linkType?.value;
  return {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovNetworkNodePolicy',
    metadata: { name: objectName(`policy-${name}`), namespace },
    spec: {
      resourceName: resourceOf(rail),
      priority: PRIORITY,
      nodeSelector,
      nicSelector: { vendor: '15b3', pfNames: [name] },
      numVfs,
      deviceType: 'netdevice',
      isRdma: true,
      ...(linkType !== undefined && { linkType: linkType.toLowerCase() }),
    },
  };
};

const poolName = ({ start }: Subnet): string => `vf-pool-${showAddress(start).split('.').slice(0, 3).join('-')}`;

const networkOf = (rail: Rail, pool: string, options: GenerateOptions): KubeObject => ({
  apiVersion: 'sriovnetwork.openshift.io/v1',
  kind: rail.members[0]?.function.linkType?.value === 'ETH' ? 'SriovNetwork' : 'SriovIBNetwork',
  metadata: { name: objectName(`net-${rail.interface}`), namespace: options.namespace },
  spec: {
    resourceName: resourceOf(rail),
    networkNamespace: options.networkNamespace,
    ipam: JSON.stringify({ type: 'nv-ipam', poolName: pool }),
  },
});

const poolOf = (subnet: Subnet, { namespace, numVfs, nodeSelector }: GenerateOptions): KubeObject => ({
  apiVersion: 'nv-ipam.nvidia.com/v1alpha1',
  kind: 'IPPool',
  metadata: { name: poolName(subnet), namespace },
  spec: {
    subnet: showSubnet(subnet),
    perNodeBlockSize: numVfs,
    nodeSelector: {
      nodeSelectorTerms: [
        {
          matchExpressions: Object.entries(nodeSelector).map(([key, value]) => ({
            key,
            operator: 'In',
            values: [value],
          })),
        },
      ],
    },
  },
});

/** One subnet a rail, side by side behind the first piece of the supernet. */
const subnetsFor = (
  rails: number,
  nodes: number,
  { numVfs, poolsFrom }: GenerateOptions,
): Result<readonly Subnet[]> => {
  const whole = parseSubnet(poolsFrom);
  if (whole === undefined || whole.family !== 4)
    return fail('usage-pools-from', `--pools-from ${poolsFrom} is no IPv4 subnet; give one such as 10.64.0.0/12.`);
  const needed = prefixFor(BigInt(nodes), BigInt(numVfs), 4);
  const prefix = Math.min(needed ?? 0, LARGEST_PREFIX);
  const size = 2 ** (32 - prefix);
  const fits = prefix >= whole.prefix && BigInt(size) * BigInt(rails + 1) <= sizeOf(whole);
  if (needed === undefined || !fits)
    return fail(
      'refused-pools-do-not-fit',
      `${String(rails)} pools of ${String(nodes)} blocks of ${String(numVfs)} addresses do not fit into ${poolsFrom}; give a larger subnet with --pools-from.`,
    );
  return ok(Array.from({ length: rails }, (_, index) => subnetAt(plus(whole.start, size * (index + 1)), prefix)));
};

const selectorWarnings = (
  inventory: Inventory,
  rails: readonly Rail[],
  options: GenerateOptions,
): readonly string[] => {
  const onRails = new Set(rails.flatMap(({ members }) => members.map(({ node }) => node.name)));
  const wanted = Object.entries(options.nodeSelector);
  const lacking = inventory.nodes.filter(
    ({ name, labels }) =>
      onRails.has(name) && Object.keys(labels).length > 0 && wanted.some(([key, value]) => labels[key] !== value),
  );
  if (lacking.length === 0) return [];
  const shown = wanted.map(([key, value]) => `${key}=${value}`).join(',');
  return [
    `The node selector ${shown} does not select ${lacking.map(({ name }) => name).join(', ')}: set the label there, or give another with --node-selector.`,
  ];
};

/** Nodes on which the operator would rewrite NUM_OF_VFS for these policies, by the value it finds there. */
const firmwareWarnings = (rails: readonly Rail[], { numVfs }: GenerateOptions): readonly string[] => {
  const changed = new Map<string, Set<string>>();
  for (const { node, adapter } of rails.flatMap(({ members }) => members)) {
    const vfs = adapter.settings.find(({ name }) => name === 'NUM_OF_VFS');
    const current = vfs?.current;
    if (current === undefined || current === String(numVfs)) continue;
    changed.set(current, (changed.get(current) ?? new Set()).add(node.name));
  }
  return [...changed].map(
    ([current, nodes]) =>
      `NUM_OF_VFS is ${current} on ${[...nodes].join(', ')}: for numVfs ${String(numVfs)} the operator writes ${String(numVfs)} and needs a restart of ${String(nodes.size)} ${nodes.size === 1 ? 'node' : 'nodes'}; numVfs ${current} avoids it.`,
  );
};

/** The link type of a rail is that of its ports; where it is unknown or differs, a person has to say. */
const linkWarnings = (rails: readonly Rail[]): readonly string[] =>
  rails.flatMap(({ interface: name, members }) => {
    const types = new Set(members.map(({ function: one }) => one.linkType?.value ?? 'unknown'));
    if (types.size === 1 && !types.has('unknown')) return [];
    return types.has('unknown')
      ? [`The link type of ${name} is not told by the input: set linkType in its policy (ib or eth).`]
      : [
          `${name} is IB on some nodes and ETH on others: one policy cannot serve both, give them names or labels of their own.`,
        ];
  });

/** Nodes with a rail, and nodes that the selector takes although nothing is known of their cards. */
const fleetSize = (inventory: Inventory, rails: readonly Rail[], { nodeSelector }: GenerateOptions): number => {
  const onRails = rails.flatMap(({ members }) => members.map(({ node }) => node.name));
  const selected = inventory.nodes.filter(({ labels }) =>
    Object.entries(nodeSelector).every(([key, value]) => labels[key] === value),
  );
  return new Set([...onRails, ...selected.map(({ name }) => name)]).size;
};

const overlapWarnings = (inventory: Inventory, subnets: readonly Subnet[]): readonly string[] => {
  const [first, last] = [subnets[0], subnets.at(-1)];
  if (first === undefined || last === undefined) return [];
  const taken = inventory.nodes.flatMap(({ addresses }) => addresses);
  const hit = taken.find((address) => {
    const host = parseSubnet(`${address}/32`);
    return host !== undefined && subnets.some((subnet) => overlaps(subnet, host));
  });
  return hit === undefined
    ? []
    : [
        `The pools ${showSubnet(first)} to ${showSubnet(last)} hold the node address ${hit}: choose another range with --pools-from.`,
      ];
};

export const generateSriov = (inventory: Inventory, options: GenerateOptions): Result<Generated> => {
  const { rails, leftOut, notFound } = railsOf(inventory, { site: options.site, include: new Set(options.include) });
  if (notFound.length > 0)
    return fail(
      'usage-include',
      `--include ${notFound.join(', ')}: no node of the input has a card at that PCI address.`,
    );
  const now = fleetSize(inventory, rails, options);
  const planned = now + options.growth;
  const subnets = subnetsFor(rails.length, Math.max(planned, 1), options);
  if (!subnets.ok) return subnets;
  const generated = rails.map((rail, index): GeneratedRail => {
    const subnet = subnets.value[index] ?? subnetAt(0, 24);
    return {
      rail,
      policy: policyOf(rail, options),
      network: networkOf(rail, poolName(subnet), options),
      pool: poolOf(subnet, options),
    };
  });
  const [first] = subnets.value;
  return ok({
    rails: generated,
    leftOut,
    fleet: {
      now,
      planned,
      blocks: first === undefined ? 0 : Math.floor((2 ** (32 - first.prefix) - 2) / options.numVfs),
    },
    warnings: [
      ...selectorWarnings(inventory, rails, options),
      ...linkWarnings(rails),
      ...firmwareWarnings(rails, options),
      ...overlapWarnings(inventory, subnets.value),
    ],
  });
};
