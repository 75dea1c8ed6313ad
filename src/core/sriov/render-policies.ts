/**
 * The operator's whole rendering: policies and what is known of a node -> the spec of its SriovNetworkNodeState and the
 * device plugin's resource list (reference: sriov.md 1.6 and 1.7). Pure and per node: nodes do not influence each other,
 * save that upstream gives up the pass for all of them when one fails.
 */
import type { Fault, Result } from '../result.ts';
import { applyPolicy, specsOf } from './apply-policy.ts';
import type { Application, InterfaceDrafts } from './apply-policy.ts';
import { applyBridge, bridgesOf } from './bridges.ts';
import type { BridgeDrafts } from './bridges.ts';
import { renderResourceList } from './device-plugin-config.ts';
import type { ResourceConfig } from './device-plugin-config.ts';
import type { SriovNetworkNodePolicy } from './network-node-policy.ts';
import type { InterfaceStatus, NodeStateSpec } from './network-node-state.ts';
import { preparePolicies } from './prepared-policy.ts';
import type { PreparedPolicy } from './prepared-policy.ts';
import { CHART_NICS, supportedNics } from './supported-nics.ts';
import type { SupportedNics } from './supported-nics.ts';

export interface RenderNode {
  readonly labels: Readonly<Record<string, string>>;
  /** status.interfaces of its node state; empty where the daemon has never reported. */
  readonly interfaces: readonly InterfaceStatus[];
  /** Of the pool that the node is in. */
  readonly rdmaMode?: string;
}

export interface RenderOptions {
  readonly nics?: SupportedNics;
  /** Feature gate manageSoftwareBridges. */
  readonly softwareBridges?: boolean;
}

export interface RenderedNode {
  /** The policies that select the node, in the order in which they were applied. */
  readonly policies: readonly PreparedPolicy[];
  /**
   * `kept`: the daemon has never reported, so the operator leaves the spec as it is. A fault: a policy that cannot be
   * applied, which stops the operator's pass for every node.
   */
  readonly spec: Result<NodeStateSpec> | 'kept';
  readonly resourceList: Result<readonly ResourceConfig[]>;
}

/** No policy has this priority, so the first policy of a node never counts as of equal priority. */
const NO_PRIORITY = 100;

/** What renderPolicies leaves open to those who want to know how a spec came about (check/). */
export interface SpecDrafts {
  readonly interfaces: InterfaceDrafts;
  readonly bridges: BridgeDrafts;
}

/** Applies the policies of one node in order; `observe` sees each application to a PF. */
export const applyPolicies = (
  policies: readonly PreparedPolicy[],
  interfaces: readonly InterfaceStatus[],
  softwareBridges: boolean,
  observe?: (application: Application & { readonly equalPriority: boolean }) => void,
): SpecDrafts | Fault => {
  const drafts: SpecDrafts = { interfaces: new Map(), bridges: new Map() };
  let previousPriority = NO_PRIORITY;
  for (const policy of policies) {
    const { priority } = policy.policy.spec;
    const equalPriority = priority === previousPriority;
    const fault =
      applyPolicy(
        drafts.interfaces,
        interfaces,
        policy,
        equalPriority,
        observe && ((application) => observe({ ...application, equalPriority })),
      ) ?? (softwareBridges ? applyBridge(drafts.bridges, interfaces, policy) : undefined);
    if (fault !== undefined) return fault;
    previousPriority = priority;
  }
  return drafts;
};

const renderSpec = (
  policies: readonly PreparedPolicy[],
  node: RenderNode,
  softwareBridges: boolean,
): RenderedNode['spec'] => {
  if (node.interfaces.length === 0) return 'kept';
  const drafts = applyPolicies(policies, node.interfaces, softwareBridges);
  if ('code' in drafts) return { ok: false, fault: drafts };
  const interfaces = specsOf(drafts.interfaces);
  const ovs = bridgesOf(drafts.bridges);
  return {
    ok: true,
    value: {
      ...(interfaces.length === 0 ? {} : { interfaces }),
      bridges: ovs.length === 0 ? {} : { ovs },
      system: node.rdmaMode === undefined || node.rdmaMode === '' ? {} : { rdmaMode: node.rdmaMode },
    },
  };
};

/** Prepares the policies once; the answer renders any number of nodes. The order of `policies` does not matter. */
export const policyRenderer = (
  policies: readonly SriovNetworkNodePolicy[],
  { nics = supportedNics(CHART_NICS), softwareBridges = false }: RenderOptions = {},
): ((node: RenderNode) => RenderedNode) => {
  const prepared = preparePolicies(policies);
  return (node) => {
    const selected = prepared.filter(({ selectsNode }) => selectsNode(node.labels));
    return {
      policies: selected,
      spec: renderSpec(selected, node, softwareBridges),
      resourceList: renderResourceList(selected, node.interfaces, nics),
    };
  };
};
