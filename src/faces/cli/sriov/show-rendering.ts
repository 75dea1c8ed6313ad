/** A rendered fleet as text and as data. Nodes whose renderings are equal are shown once. */
import { devicePluginConfigText } from '../../../core/sriov/device-plugin-config.ts';
import type { FleetRendering, NodeRendering } from '../../../core/sriov/render-fleet.ts';
import type { InterfaceSpec, NodeStateSpec } from '../../../core/sriov/network-node-state.ts';
import type { Gap } from '../../../core/snapshot/snapshot.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const specOf = ({ spec }: NodeRendering): NodeStateSpec | undefined =>
  spec !== 'kept' && spec.ok ? spec.value : undefined;

/** Why a node has no rendering. */
const problemOf = ({ spec, resourceList, node }: NodeRendering): string | undefined => {
  if (spec === 'kept')
    return node.seenBy === 'nothing'
      ? 'nothing tells its PFs'
      : 'its config daemon has reported no PF yet, so the operator leaves its spec as it is';
  if (!spec.ok) return `${spec.fault.message}; the operator then stops its pass for every node`;
  return resourceList.ok ? undefined : resourceList.fault.message;
};

const vfsOf = (spec: InterfaceSpec, { interfaces }: NodeRendering): string => {
  const now = interfaces.find(({ pciAddress }) => pciAddress === spec.pciAddress)?.numVfs ?? 0;
  const then = spec.numVfs ?? 0;
  return now === then ? String(then) : `${now} -> ${then}`;
};

const interfaceRows = (rendering: NodeRendering): readonly (readonly string[])[] =>
  (specOf(rendering)?.interfaces ?? []).map((spec) => [
    spec.name ?? '',
    spec.pciAddress,
    vfsOf(spec, rendering),
    String(spec.mtu ?? '-'),
    [spec.linkType, spec.eSwitchMode, spec.externallyManaged === true ? 'external' : undefined]
      .filter((word) => word !== undefined)
      .join(' ') || '-',
    (spec.vfGroups ?? [])
      .map((group) => `${group.resourceName ?? ''} ${group.vfRange} by ${group.policyName ?? ''}`)
      .join(', '),
  ]);

const untouched = (rendering: NodeRendering): readonly string[] => {
  const taken = new Set((specOf(rendering)?.interfaces ?? []).map(({ pciAddress }) => pciAddress));
  return rendering.interfaces.filter(({ pciAddress }) => !taken.has(pciAddress)).map(({ name }) => name);
};

const resourceRows = ({ resources }: NodeRendering): readonly (readonly string[])[] =>
  resources.map(({ name, promised, offered }) => [
    name,
    String(promised),
    offered === promised ? '' : `the device plugin will offer ${offered}; nicwright sriov check says why`,
  ]);

const names = (nodes: readonly NodeRendering[]): string => {
  const all = nodes.map(({ node }) => node.name);
  return all.length > 4 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more nodes` : all.join(', ');
};

const groupText = (nodes: readonly NodeRendering[], paint: Paint): string => {
  const [first] = nodes;
  if (first === undefined) return '';
  const problem = problemOf(first);
  const configured = specOf(first)?.interfaces?.length ?? 0;
  const heading = `${paint.bold(names(nodes))}   ${configured} of ${first.interfaces.length} PFs configured; policies: ${first.policies.length}`;
  if (problem !== undefined) return `${paint.bold(names(nodes))}   ${paint.bad('not rendered')}: ${problem}`;
  const others = untouched(first);
  return [
    heading,
    ...(configured === 0
      ? []
      : ['', table(['INTERFACE', 'PCI', 'VFS', 'MTU', 'LINK', 'GROUPS'], interfaceRows(first))]),
    ...(first.resources.length === 0 ? [] : ['', table(['RESOURCE', 'VFS', ''], resourceRows(first))]),
    ...(others.length === 0 ? [] : ['', paint.dim(`left alone: ${others.join(', ')}`)]),
  ].join('\n');
};

const equalGroups = (nodes: readonly NodeRendering[]): readonly (readonly NodeRendering[])[] => [
  ...Map.groupBy(nodes, ({ spec, resourceList, resources, policies, interfaces }) =>
    JSON.stringify([spec, resourceList, resources, policies, interfaces.map(({ name, numVfs }) => [name, numVfs])]),
  ).values(),
];

/** How many different renderings fit on a screen. */
const SHOWN_GROUPS = 2;

export const renderingText =
  (fleet: FleetRendering, gaps: readonly Gap[], verbose: boolean) =>
  (paint: Paint): string => {
    const groups = equalGroups(fleet.nodes);
    const shown = verbose ? groups : groups.slice(0, SHOWN_GROUPS);
    const hidden = groups.length - shown.length;
    return [
      ...shown.map((nodes) => groupText(nodes, paint)),
      ...(hidden === 0 ? [] : [`and ${hidden} more groups of nodes that differ; -v shows them`]),
      ...(fleet.withoutDaemon.length === 0
        ? []
        : [
            `without config daemon, so without SR-IOV: ${fleet.withoutDaemon.join(', ')} (configDaemonNodeSelector of SriovOperatorConfig default)`,
          ]),
      ...fleet.ignored.map(({ name, because }) => `without effect: policy ${name}: ${because}`),
      ...gaps.map(({ what, because, settle }) =>
        paint.dim(`not known: ${what}; ${because}${settle === undefined ? '' : `\n  ${settle}`}`),
      ),
    ].join('\n\n');
  };

const nodeData = (rendering: NodeRendering): unknown => {
  const { node, policies, resourceList, resources } = rendering;
  const problem = problemOf(rendering);
  return {
    name: node.name,
    interfacesFrom: node.seenBy,
    policies,
    ...(problem === undefined ? {} : { problem }),
    ...(specOf(rendering) === undefined ? {} : { spec: specOf(rendering) }),
    ...(resourceList.ok
      ? {
          devicePlugin: { resourceList: resourceList.value },
          devicePluginConfig: devicePluginConfigText(resourceList.value),
        }
      : {}),
    resources: Object.fromEntries(resources.map(({ name, promised, offered }) => [name, { promised, offered }])),
  };
};

export const renderingData = (fleet: FleetRendering, gaps: readonly Gap[]): unknown => ({
  nodes: fleet.nodes.map(nodeData),
  withoutDaemon: fleet.withoutDaemon,
  ignored: fleet.ignored,
  notKnown: gaps,
});

export const isRendered = (fleet: FleetRendering): boolean =>
  fleet.nodes.every((rendering) => problemOf(rendering) === undefined);
