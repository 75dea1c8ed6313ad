/**
 * Everything that rules may rest on, gathered once from a snapshot. What should be is asked of the deciders here, so that
 * no rule holds a second copy: which resources the policies promise on a node comes from core/sriov.
 */
import { buildInventory, type Inventory, type InventoryNode } from '../inventory/build-inventory.ts';
import { digList, digText } from '../model/dig.ts';
import { nodeNames } from '../inventory/node-names.ts';
import type { ReadYaml } from '../ports/read-yaml.ts';
import type { BareMetalFacts } from '../smartnic/readers/bare-metal-facts.ts';
import { readBareMetalTexts } from './bare-metal-texts.ts';
import { withDescribed } from './described-objects.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { NVIDIA_RESOURCE_PREFIX, promisedResources } from '../sriov/extended-resources.ts';
import { readInterfaceSpec } from '../sriov/network-node-state.ts';
import { pastedOutputs, type PastedOutput } from '../snapshot/pasted-table.ts';
import type { Snapshot, SnapshotObject, SnapshotText } from '../snapshot/snapshot.ts';
import { newestTime, snapshotSeconds } from '../snapshot/snapshot-time.ts';
import { findOperators, type Operators } from './operators.ts';
import { tellingLines, type LinePatterns, type TellingLine } from './telling-lines.ts';
import { SOURCES, type SourceName } from './source.ts';

export interface FactOptions {
  readonly operatorNamespace?: string;
  /** What rules look for in logs and host text, by name (`RULE/NAME`). */
  readonly lines?: LinePatterns;
  /** For texts of OpenStack's clients; without it those in YAML are not understood, and those in JSON and tables are. */
  readonly readYaml?: ReadYaml;
  /** The clock, in milliseconds since the epoch: counts for a live read only, since a dump has its own time. */
  readonly now?: number;
}

export interface Facts {
  readonly snapshot: Snapshot;
  /** Whether a source was looked at, even where it held nothing. */
  readonly looked: (source: SourceName) => boolean;
  /** Objects of a kind, of whatever API version. */
  readonly objects: (kind: string) => readonly SnapshotObject[];
  readonly object: (kind: string, name: string, namespace?: string) => SnapshotObject | undefined;
  readonly inventory: Inventory;
  /** Every node that objects or texts name, sorted. */
  readonly nodes: readonly string[];
  readonly node: (name: string) => InventoryNode | undefined;
  readonly podsOn: (node: string) => readonly SnapshotObject[];
  /** Extended resources that the node state's policies promise on a node, by full name; undefined without a node state. */
  readonly promised: (node: string) => ReadonlyMap<string, number> | undefined;
  /** Lines of logs and host text that match a rule's pattern, by `RULE/NAME`. */
  readonly lines: (name: string) => readonly TellingLine[];
  /** The node that a text speaks of: by its loader, by the pod whose log it is, or by its path. */
  readonly nodeOfText: (text: SnapshotText) => string | undefined;
  /** Commands that people pasted with what they printed: weaker than objects, since somebody may have cut them. */
  readonly pasted: () => readonly PastedOutput[];
  /** What texts of OpenStack's clients, of ovs-vsctl and of BMCs say. Read when first asked for. */
  readonly bareMetal: () => BareMetalFacts;
  readonly operators: Operators;
  /** `kubectl`, or `oc` on OpenShift: what printed commands use. */
  readonly cli: 'kubectl' | 'oc';
  readonly now?: number;
}

/** Groups that only OpenShift serves; `sriovnetwork.openshift.io` is everywhere. */
const OPENSHIFT_GROUP =
  /^(?:config|security|route|machineconfiguration|operator|project|apps|image|user|oauth)\.openshift\.io\//;

/** Shown by what only OpenShift has, or by the marks that it leaves on namespaces, pods and nodes. */
const isOpenShift = ({ objects }: Snapshot): boolean =>
  objects.some(
    ({ object: { apiVersion, kind, metadata } }) =>
      OPENSHIFT_GROUP.test(apiVersion) ||
      kind === 'SecurityContextConstraints' ||
      kind === 'MachineConfigPool' ||
      metadata.annotations?.['openshift.io/sa.scc.uid-range'] !== undefined ||
      (kind === 'Pod' && metadata.annotations?.['openshift.io/scc'] !== undefined) ||
      (kind === 'Node' && metadata.labels?.['node.openshift.io/os_id'] !== undefined),
  );

const promisesOf = (state: KubeObject, prefix: string): ReadonlyMap<string, number> =>
  promisedResources({ interfaces: digList(state, 'spec', 'interfaces').map(readInterfaceSpec) }, prefix);

export const gatherFacts = (given: Snapshot, options: FactOptions = {}): Facts => {
  const snapshot = withDescribed(given);
  const byKind = Map.groupBy(snapshot.objects, ({ object }) => object.kind);
  const objects = (kind: string): readonly SnapshotObject[] => byKind.get(kind) ?? [];
  const byKindAndName = new Map<string, ReadonlyMap<string, readonly SnapshotObject[]>>();
  const inventory = buildInventory(snapshot);
  const byName = new Map(inventory.nodes.map((node) => [node.name, node]));
  const operators = findOperators(snapshot, options.operatorNamespace);
  const prefix = operators.resourcePrefix ?? NVIDIA_RESOURCE_PREFIX;
  const pods = Map.groupBy(objects('Pod'), ({ object }) => digText(object, 'spec', 'nodeName') ?? '');
  const states = new Map(objects('SriovNetworkNodeState').map(({ object }) => [object.metadata.name, object]));
  const nodeOfPod = new Map(
    objects('Pod').flatMap(({ object }) => {
      const node = digText(object, 'spec', 'nodeName');
      return node === undefined ? [] : [[object.metadata.name, node] as const];
    }),
  );
  const listed = inventory.nodes.filter((node) => node.listed).map(({ name }) => name);
  const names = nodeNames(listed);
  const taken = options.now === undefined ? newestTime(snapshot) : snapshotSeconds(snapshot, options.now) * 1000;
  let bareMetal: BareMetalFacts | undefined;
  let pasted: readonly PastedOutput[] | undefined;
  let found: ReadonlyMap<string, readonly TellingLine[]> | undefined;
  const looked = new Map<SourceName, boolean>();
  const promises = new Map<string, ReadonlyMap<string, number>>();
  return {
    snapshot,
    looked: (source) => {
      const known = looked.get(source);
      if (known !== undefined) return known;
      const holds = SOURCES[source].holds(snapshot);
      looked.set(source, holds);
      return holds;
    },
    objects,
    object: (kind, name, namespace) => {
      const known = byKindAndName.get(kind) ?? Map.groupBy(objects(kind), ({ object: { metadata } }) => metadata.name);
      byKindAndName.set(kind, known);
      return known
        .get(name)
        ?.find(({ object: { metadata } }) => namespace === undefined || metadata.namespace === namespace);
    },
    inventory,
    nodes: inventory.nodes.map(({ name }) => name),
    node: (name) => byName.get(name),
    podsOn: (node) => pods.get(node) ?? [],
    promised: (node) => {
      const state = states.get(node);
      if (state === undefined) return undefined;
      const known = promises.get(node) ?? promisesOf(state, prefix);
      promises.set(node, known);
      return known;
    },
    lines: (name) => (found ??= tellingLines(snapshot, options.lines ?? {})).get(name) ?? [],
    nodeOfText: ({ kind, node, pod, origin }) =>
      node ??
      (pod === undefined ? undefined : nodeOfPod.get(pod)) ??
      names.inPath(origin.source) ??
      // Where the objects know one node only, a log is of a pod there; a person may have typed anywhere.
      (kind === 'log' && listed.length === 1 ? listed[0] : undefined),
    pasted: () =>
      (pasted ??= snapshot.texts.filter(({ kind }) => kind === 'host').flatMap((text) => pastedOutputs(text))),
    bareMetal: () => (bareMetal ??= readBareMetalTexts(snapshot.texts, options.readYaml ?? (() => []))),
    operators,
    cli: isOpenShift(snapshot) ? 'oc' : 'kubectl',
    ...(taken === undefined ? {} : { now: taken }),
  };
};
