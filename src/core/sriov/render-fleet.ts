/**
 * What the operator would make of every node of a snapshot: spec of the node state, device plugin configuration, and the
 * resources that follow from both. What is questionable about it is left to check/.
 */
import { digTexts } from '../model/dig.ts';
import type { Result } from '../result.ts';
import { devicePools, plannedVfs } from './device-plugin.ts';
import type { ResourceConfig } from './device-plugin-config.ts';
import { extendedResource, promisedResources } from './extended-resources.ts';
import type { InterfaceStatus, NodeStateSpec } from './network-node-state.ts';
import { poolOf } from './pool-config.ts';
import type { SriovNetworkPoolConfig } from './pool-config.ts';
import { policyRenderer } from './render-policies.ts';
import type { RenderedNode } from './render-policies.ts';
import { usedPolicies } from './sriov-world.ts';
import type { SriovNode, SriovWorld, UsedPolicies } from './sriov-world.ts';

export interface RenderedResource {
  /** With its prefix. */
  readonly name: string;
  /** VFs that the node state's groups give to it. */
  readonly promised: number;
  /** VFs that the device plugin will offer, once they are there. */
  readonly offered: number;
}

export interface NodeRendering {
  readonly node: SriovNode;
  /** Names of the policies that select the node, in the order in which they were applied. */
  readonly policies: readonly string[];
  readonly interfaces: readonly InterfaceStatus[];
  readonly spec: RenderedNode['spec'];
  readonly resourceList: Result<readonly ResourceConfig[]>;
  readonly resources: readonly RenderedResource[];
}

export interface FleetRendering {
  readonly nodes: readonly NodeRendering[];
  /** Nodes on which the config daemon does not run by the operator's configuration; nothing is rendered for them. */
  readonly withoutDaemon: readonly string[];
  /** Policies without effect. */
  readonly ignored: UsedPolicies['ignored'];
}

/** Labels that the config daemon's DaemonSet asks for where nothing else is configured (reference: sriov.md 1.3). */
const DEFAULT_DAEMON_LABELS = { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/os': 'linux' };

/** Undefined where the operator's configuration was not read: then every node counts. */
const daemonLabels = ({ operatorConfigs }: SriovWorld): Readonly<Record<string, string>> | undefined => {
  const config = operatorConfigs.find(({ object }) => object.metadata.name === 'default');
  if (config === undefined) return undefined;
  const own = digTexts(config.object, 'spec', 'configDaemonNodeSelector');
  return Object.keys(own).length > 0 ? own : DEFAULT_DAEMON_LABELS;
};

const hasDaemon = ({ labels }: SriovNode, wanted: Readonly<Record<string, string>> | undefined): boolean =>
  labels === undefined || wanted === undefined || Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** A node in two pools has no rdmaMode: upstream logs that and goes on. */
const rdmaModeOf = ({ name, labels }: SriovNode, pools: readonly SriovNetworkPoolConfig[]): string => {
  const found = labels === undefined ? undefined : poolOf({ name, labels }, [], pools);
  return found?.ok === true ? found.value.pool.rdmaMode : '';
};

const resourcesOf = (
  spec: NodeStateSpec,
  resourceList: readonly ResourceConfig[],
  interfaces: readonly InterfaceStatus[],
  { nics, resourcePrefix }: SriovWorld,
): readonly RenderedResource[] => {
  const promised = promisedResources(spec, resourcePrefix);
  const pools = devicePools(resourceList, plannedVfs(spec.interfaces ?? [], interfaces), nics);
  return resourceList.map(({ resourceName }) => {
    const name = extendedResource(resourcePrefix, resourceName);
    return { name, promised: promised.get(name) ?? 0, offered: pools.get(resourceName)?.length ?? 0 };
  });
};

export const renderFleet = (world: SriovWorld): FleetRendering => {
  const { nics, softwareBridges, nodes } = world;
  const { used, ignored } = usedPolicies(world);
  const policies = used.map(({ policy }) => policy);
  const render = policyRenderer(policies, { nics, softwareBridges });
  const everywhere = policyRenderer(
    policies.map((policy) => ({ ...policy, spec: { ...policy.spec, nodeSelector: {} } })),
    { nics, softwareBridges },
  );
  const wanted = daemonLabels(world);
  const pools = world.pools.map(({ pool }) => pool);
  return {
    nodes: nodes
      .filter((node) => hasDaemon(node, wanted))
      .map((node) => {
        const interfaces = node.interfaces ?? [];
        const known = { interfaces, rdmaMode: rdmaModeOf(node, pools) };
        const rendered =
          node.labels === undefined ? everywhere({ ...known, labels: {} }) : render({ ...known, labels: node.labels });
        const { spec, resourceList } = rendered;
        return {
          node,
          policies: rendered.policies.map(({ policy }) => policy.name),
          interfaces,
          spec,
          resourceList,
          resources:
            spec !== 'kept' && spec.ok && resourceList.ok
              ? resourcesOf(spec.value, resourceList.value, interfaces, world)
              : [],
        };
      }),
    ignored,
    withoutDaemon: nodes.filter((node) => !hasDaemon(node, wanted)).map(({ name }) => name),
  };
};
