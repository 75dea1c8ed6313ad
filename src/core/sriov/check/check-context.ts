/**
 * What the rules look at: the policies that count, and the nodes put into classes whose members are rendered alike, each with
 * its rendering and how it came about.
 */
import type { Fault } from '../../result.ts';
import type { Application } from '../apply-policy.ts';
import { specsOf } from '../apply-policy.ts';
import type { ResourceConfig } from '../device-plugin-config.ts';
import { renderResourceList } from '../device-plugin-config.ts';
import { devicePools, plannedVfs } from '../device-plugin.ts';
import type { PlannedVf } from '../device-plugin.ts';
import type { SriovNetworkNodePolicy } from '../network-node-policy.ts';
import type { InterfaceSpec, InterfaceStatus } from '../network-node-state.ts';
import { nameResolver } from '../nic-selector.ts';
import { preparePolicies } from '../prepared-policy.ts';
import type { PreparedPolicy } from '../prepared-policy.ts';
import { applyPolicies } from '../render-policies.ts';
import type { SnapshotObject } from '../../snapshot/snapshot.ts';
import { usedPolicies } from '../sriov-world.ts';
import type { SriovNode, SriovWorld } from '../sriov-world.ts';
import { parsePfName } from '../vf-range.ts';

/** Nodes that the same policies select and that have the same PFs. */
export interface NodeClass {
  readonly nodes: readonly SriovNode[];
  readonly names: readonly string[];
  /** Undefined where nothing tells the PFs. */
  readonly interfaces: readonly InterfaceStatus[] | undefined;
  readonly providerId?: string;
  /** Alternative names of the PFs to their own. */
  readonly resolve: (name: string) => string;
  /** The policies that select these nodes, in the order in which they are applied. */
  readonly policies: readonly PreparedPolicy[];
  readonly applications: readonly (Application & { readonly equalPriority: boolean })[];
  readonly specs: readonly InterfaceSpec[];
  readonly resourceList: readonly ResourceConfig[];
  readonly vfs: readonly PlannedVf[];
  readonly pools: ReadonlyMap<string, readonly PlannedVf[]>;
}

export interface CheckContext {
  readonly world: SriovWorld;
  /** Policies that reach the operator and whose ranges can be read, in the order in which they are applied. */
  readonly policies: readonly PreparedPolicy[];
  readonly classes: readonly NodeClass[];
  readonly sourceOf: (policy: SriovNetworkNodePolicy) => SnapshotObject;
}

/** A policy with a range that cannot be read stops the operator; the others are checked as if it were not there. */
export const hasReadableRanges = ({ spec }: SriovNetworkNodePolicy): boolean =>
  spec.nicSelector.pfNames.every((entry) => parsePfName(entry).ok);

const isFault = (value: object): value is Fault => 'code' in value;

const classOf = (
  world: SriovWorld,
  node: SriovNode,
  policies: readonly PreparedPolicy[],
): Omit<NodeClass, 'nodes' | 'names'> => {
  const interfaces = node.interfaces ?? [];
  const applications: (Application & { readonly equalPriority: boolean })[] = [];
  const drafts = applyPolicies(policies, interfaces, world.softwareBridges, (one) => applications.push(one));
  const specs = isFault(drafts) ? [] : specsOf(drafts.interfaces);
  const rendered = renderResourceList(policies, interfaces, world.nics);
  const resourceList = rendered.ok ? rendered.value : [];
  const vfs = plannedVfs(specs, interfaces);
  return {
    interfaces: node.interfaces,
    ...(node.providerId === undefined ? {} : { providerId: node.providerId }),
    resolve: nameResolver(interfaces),
    policies,
    applications,
    specs,
    resourceList,
    vfs,
    pools: devicePools(resourceList, vfs, world.nics),
  };
};

/** The VFs that are there now have no part in a rendering, and their GUIDs make every node unlike any other. */
const classKey = (node: SriovNode, policies: readonly PreparedPolicy[]): string =>
  JSON.stringify([
    policies.map(({ policy }) => policy.name),
    node.providerId,
    node.interfaces?.map((iface) => ({ ...iface, Vfs: [] })),
  ]);

const classesOf = (world: SriovWorld, policies: readonly PreparedPolicy[]): readonly NodeClass[] => {
  const classes = new Map<string, { readonly nodes: SriovNode[]; readonly of: ReturnType<typeof classOf> }>();
  for (const node of world.nodes) {
    const { labels } = node;
    const selecting = labels === undefined ? policies : policies.filter(({ selectsNode }) => selectsNode(labels));
    const key = classKey(node, selecting);
    const known = classes.get(key) ?? { nodes: [], of: classOf(world, node, selecting) };
    known.nodes.push(node);
    classes.set(key, known);
  }
  return [...classes.values()].map(({ nodes, of }) => ({ nodes, names: nodes.map(({ name }) => name), ...of }));
};

export const checkContext = (world: SriovWorld): CheckContext => {
  const sources = new Map(world.policies.map(({ policy, source }) => [policy, source]));
  const used = usedPolicies(world).used.map(({ policy }) => policy);
  const policies = preparePolicies(used.filter(hasReadableRanges));
  return {
    world,
    policies,
    classes: classesOf(world, policies),
    sourceOf: (policy) => {
      const source = sources.get(policy);
      if (source === undefined) throw new Error(`policy ${policy.name} is not of this world`);
      return source;
    },
  };
};
