/**
 * What a snapshot says about SR-IOV on Kubernetes, for rendering and checking: policies, nodes with their PFs, pools and the
 * operator's settings, each with where it was read, and what had to be assumed. Firmware and kinds of adapters come from
 * core/inventory.
 */
import { buildInventory } from '../inventory/build-inventory.ts';
import type { InventoryNode } from '../inventory/build-inventory.ts';
import { digFlag, digList, digText, digTexts } from '../model/dig.ts';
import { objectsOf } from '../snapshot/snapshot.ts';
import type { Gap, Snapshot, SnapshotObject } from '../snapshot/snapshot.ts';
import { NVIDIA_RESOURCE_PREFIX } from './extended-resources.ts';
import { interfacesFromAdapters } from './interfaces-from-adapters.ts';
import { isIgnoredPolicy, policyProblems, readPolicy, withCrdDefaults } from './network-node-policy.ts';
import type { SriovNetworkNodePolicy } from './network-node-policy.ts';
import { readInterfaceStatuses } from './network-node-state.ts';
import type { InterfaceStatus } from './network-node-state.ts';
import { readPoolConfig } from './pool-config.ts';
import type { SriovNetworkPoolConfig } from './pool-config.ts';
import { CHART_NICS, readSupportedNics, supportedNics } from './supported-nics.ts';
import type { SupportedNics } from './supported-nics.ts';
import { mutatePolicy } from './webhook/mutate-policy.ts';

export interface SourcedPolicy {
  readonly policy: SriovNetworkNodePolicy;
  readonly source: SnapshotObject;
}

export interface SriovNode {
  readonly name: string;
  /** Undefined where no Node object was read: whether a nodeSelector takes it cannot be told. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly providerId?: string;
  readonly osImage?: string;
  /** Undefined where neither a node state nor host text tells the PFs; empty where the daemon has not reported any. */
  readonly interfaces: readonly InterfaceStatus[] | undefined;
  /** Where the PFs come from. */
  readonly seenBy: 'node-state' | 'host-text' | 'nothing';
  readonly nodeState?: SnapshotObject;
  readonly inventory: InventoryNode;
}

export interface SriovWorld {
  readonly policies: readonly SourcedPolicy[];
  readonly nodes: readonly SriovNode[];
  readonly pools: readonly { readonly pool: SriovNetworkPoolConfig; readonly source: SnapshotObject }[];
  readonly operatorConfigs: readonly SnapshotObject[];
  readonly nics: SupportedNics;
  /** ConfigMap supported-nic-ids, where it was read; else the chart's list stands in. */
  readonly nicList?: SnapshotObject;
  readonly resourcePrefix: string;
  /** Nothing in the input names the prefix. */
  readonly isPrefixAssumed: boolean;
  readonly softwareBridges: boolean;
  /** Of the operator: policies elsewhere are ignored. Undefined where nothing tells it. */
  readonly namespace: string | undefined;
  /** What could not be told, and what was taken in its place. */
  readonly gaps: readonly Gap[];
}

export interface WorldOptions {
  /** In place of the one that the input names. */
  readonly resourcePrefix?: string;
  /** In place of the one that the input names. */
  readonly namespace?: string;
  /** Complete the policies as the mutating webhook would. */
  readonly webhook?: boolean;
}

/** Env RESOURCE_PREFIX of whatever runs the operator or its daemon. */
const prefixIn = (snapshot: Snapshot): string | undefined => {
  for (const { object } of snapshot.objects) {
    if (object.kind !== 'Deployment' && object.kind !== 'DaemonSet') continue;
    for (const container of digList(object, 'spec', 'template', 'spec', 'containers'))
      for (const variable of digList(container, 'env'))
        if (digText(variable, 'name') === 'RESOURCE_PREFIX') {
          const value = digText(variable, 'value');
          if (value !== undefined) return value;
        }
  }
  return undefined;
};

const namespaceIn = (snapshot: Snapshot): string | undefined =>
  [...objectsOf(snapshot, 'SriovNetworkNodeState'), ...objectsOf(snapshot, 'SriovOperatorConfig')]
    .map(({ object }) => object.metadata.namespace)
    .find((namespace) => namespace !== undefined);

const nodeOf = (inventory: InventoryNode, node?: SnapshotObject, nodeState?: SnapshotObject): SriovNode => {
  const fromHost = interfacesFromAdapters(inventory.adapters);
  const seenBy = nodeState !== undefined ? 'node-state' : fromHost.length > 0 ? 'host-text' : 'nothing';
  const providerId = digText(node?.object, 'spec', 'providerID');
  const osImage = digText(node?.object, 'status', 'nodeInfo', 'osImage');
  return {
    name: inventory.name,
    labels: node === undefined ? undefined : digTexts(node.object, 'metadata', 'labels'),
    ...(providerId === undefined ? {} : { providerId }),
    ...(osImage === undefined ? {} : { osImage }),
    interfaces:
      nodeState !== undefined ? readInterfaceStatuses(nodeState.object) : seenBy === 'host-text' ? fromHost : undefined,
    seenBy,
    ...(nodeState === undefined ? {} : { nodeState }),
    inventory,
  };
};

const gapsOf = (nodes: readonly SriovNode[]): readonly Gap[] => {
  const unlabelled = nodes.filter(({ labels }) => labels === undefined).map(({ name }) => name);
  const unseen = nodes.filter(({ seenBy }) => seenBy === 'nothing').map(({ name }) => name);
  return [
    ...(nodes.length === 0
      ? [{ what: 'the nodes', because: 'the input holds no Node and no SriovNetworkNodeState', settle: 'kubectl get nodes,sriovnetworknodestates -A -o yaml' }]
      : []),
    ...(unlabelled.length > 0
      ? [{ what: `labels of ${unlabelled.join(', ')}`, because: 'no Node object was read: every nodeSelector is taken to match', settle: 'kubectl get nodes -o yaml' }]
      : []),
    ...(unseen.length > 0
      ? [{ what: `interfaces of ${unseen.join(', ')}`, because: 'no SriovNetworkNodeState and no device listing was read', settle: 'kubectl get sriovnetworknodestates -A -o yaml' }]
      : []),
  ]; // prettier-ignore
};

export const sriovWorld = (snapshot: Snapshot, options: WorldOptions = {}): SriovWorld => {
  const byName = (kind: string): ReadonlyMap<string, SnapshotObject> =>
    new Map(objectsOf(snapshot, kind).map((entry) => [entry.object.metadata.name, entry]));
  const nodes = byName('Node');
  const states = byName('SriovNetworkNodeState');
  const nicList = objectsOf(snapshot, 'ConfigMap').find(({ object }) => object.metadata.name === 'supported-nic-ids');
  const operatorConfigs = objectsOf(snapshot, 'SriovOperatorConfig');
  const prefix = options.resourcePrefix ?? prefixIn(snapshot);
  const world = {
    policies: objectsOf(snapshot, 'SriovNetworkNodePolicy').map((source) => ({
      policy: withCrdDefaults(readPolicy(options.webhook === true ? mutatePolicy(source.object) : source.object)),
      source,
    })),
    nodes: buildInventory(snapshot).nodes.map((node) => nodeOf(node, nodes.get(node.name), states.get(node.name))),
    pools: objectsOf(snapshot, 'SriovNetworkPoolConfig').map((source) => ({
      pool: readPoolConfig(source.object),
      source,
    })),
    operatorConfigs,
    nics: supportedNics(nicList === undefined ? CHART_NICS : readSupportedNics(nicList.object).models),
    ...(nicList === undefined ? {} : { nicList }),
    resourcePrefix: prefix ?? NVIDIA_RESOURCE_PREFIX,
    isPrefixAssumed: prefix === undefined,
    softwareBridges: operatorConfigs.some(
      ({ object }) => digFlag(object, 'spec', 'featureGates', 'manageSoftwareBridges') === true,
    ),
    namespace: options.namespace ?? namespaceIn(snapshot),
  };
  return { ...world, gaps: gapsOf(world.nodes) };
};

export interface UsedPolicies {
  readonly used: readonly SourcedPolicy[];
  readonly ignored: readonly { readonly name: string; readonly because: string }[];
}

const whyIgnored = ({ policy, source }: SourcedPolicy, { namespace }: SriovWorld): string | undefined => {
  if (isIgnoredPolicy(policy)) return 'a policy named default is passed by';
  if (namespace !== undefined && policy.namespace !== '' && policy.namespace !== namespace)
    return `it is in namespace ${policy.namespace}, and the operator reads ${namespace} only`;
  const [problem] = policyProblems(source.object);
  return problem === undefined ? undefined : `the API server refuses it: ${problem.path.join('.')}: ${problem.problem}`;
};

/** The policies that reach the operator and have an effect; of two of one name the later. */
export const usedPolicies = (world: SriovWorld): UsedPolicies => {
  const latest = [...new Map(world.policies.map((sourced) => [sourced.policy.name, sourced])).values()];
  const judged = latest.map((sourced) => ({ sourced, because: whyIgnored(sourced, world) }));
  return {
    used: judged.filter(({ because }) => because === undefined).map(({ sourced }) => sourced),
    ignored: judged.flatMap(({ sourced, because }) =>
      because === undefined ? [] : [{ name: sourced.policy.name, because }],
    ),
  };
};
