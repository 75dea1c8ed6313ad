/** Answers the kinds of core/driver: passes, snapshots, slots, traces, background drains, the controller's clean-up. */
import { afterWrites } from '../../../core/driver/after-pass.ts';
import { OFED_KEYS } from '../../../core/driver/driver-keys.ts';
import type { FleetInput } from '../../../core/driver/fleet.ts';
import { isUnschedulable, nodeLabel } from '../../../core/driver/managed-node.ts';
import { additionalRequestors } from '../../../core/driver/node-maintenance.ts';
import { slotsOf } from '../../../core/driver/slots.ts';
import { cleanUpUpgrade } from '../../../core/driver/upgrade-controller.ts';
import { takePass } from '../../../core/driver/upgrade-pass.ts';
import type { PassResult } from '../../../core/driver/upgrade-pass.ts';
import type { Write } from '../../../core/driver/write.ts';
import { dig, digFlag, digList, digMap, digNumber, digText, isMap } from '../../../core/model/dig.ts';
import type { KubeObject } from '../../../core/model/kube-object.ts';
import type { CaseKinds, JsonObject } from '../case-kind.ts';
import { compare } from '../compare.ts';
import { Matcher } from '../matcher.ts';
import { exactly, inAnyOrder, noneOf } from '../matchers.ts';
import { mutantsOf } from '../mutate.ts';
import { answerDrainOutcome } from './driver-drain.ts';
import { traceOf } from './driver-trace.ts';
import { longKey, maintenanceOf, withShortKeys, worldOf } from './driver-world.ts';

/** Every name of the expected list is among ours. */
const holdingAll = (values: readonly string[]): Matcher =>
  new Matcher(`holding ${JSON.stringify(values)}`, (expected) => {
    const missing = (Array.isArray(expected) ? expected : [expected]).filter((name) => !values.includes(name));
    return missing.length === 0 ? undefined : `${JSON.stringify(missing)} is missing from ${JSON.stringify(values)}`;
  });

type Attributes = Readonly<Record<string, unknown>>;

const attributesOf = (node: KubeObject): Attributes => {
  const annotations = withShortKeys(digMap(node, 'metadata', 'annotations'));
  return {
    state: nodeLabel(node, OFED_KEYS.state) ?? '',
    unschedulable: isUnschedulable(node),
    annotations: exactly(annotations),
    annotationsPresent: holdingAll(Object.keys(annotations)),
    annotationsAbsent: noneOf(Object.keys(annotations)),
  };
};

/** Only listed attributes of listed nodes are compared, and a node that is not listed must not have changed. */
const onlyTheseChanged = (nodes: Readonly<Record<string, Attributes>>, changed: readonly string[]): Matcher =>
  new Matcher(
    `nodes ${JSON.stringify(Object.keys(nodes))}, changed ${JSON.stringify(changed)}`,
    (expected) => {
      const listed = isMap(expected) ? Object.keys(expected) : [];
      const unlisted = changed.filter((node) => !listed.includes(node));
      return unlisted.length > 0 ? `${unlisted.join(', ')} changed and is not listed` : compare(expected, nodes)[0];
    },
    (expected) => [
      ...mutantsOf('kind:upgrade_pass', expected, nodes, 'nodes').map((mutant) => mutant.expected),
      ...changed.map((node) =>
        Object.fromEntries(Object.entries(expected as object).filter(([name]) => name !== node)),
      ),
    ],
  );

const maintained = (input: FleetInput, node: string): readonly string[] | undefined => {
  const object = input.maintenances.find((each) => digText(each, 'spec', 'nodeName') === node);
  return object && additionalRequestors(object);
};

const namesOf = (writes: readonly Write[], act: Write['do']): readonly string[] =>
  writes.filter((write) => write.do === act).map(({ node }) => node);

const nodesAfter = (before: FleetInput, { writes }: PassResult): Matcher => {
  const after = afterWrites(before, writes);
  const deleted = namesOf(writes, 'delete-driver-pod');
  const nodes: Record<string, Attributes> = {};
  const changed: string[] = [];
  after.nodes.forEach((node, index) => {
    const { name } = node.metadata;
    const requestors = maintained(after, name);
    nodes[name] = {
      ...attributesOf(node),
      driverPodDeleted: deleted.includes(name),
      ...(requestors && { additionalRequestors: requestors }),
    };
    // A NodeMaintenance that comes or goes is a side effect with a list of its own.
    if (deleted.includes(name) || JSON.stringify(node) !== JSON.stringify(before.nodes[index])) changed.push(name);
  });
  return onlyTheseChanged(nodes, changed);
};

const countsAfter = (input: FleetInput, { writes }: PassResult): Matcher => {
  const states = afterWrites(input, writes).nodes.map((node) => nodeLabel(node, OFED_KEYS.state) ?? '');
  return exactly(
    Object.fromEntries([...Map.groupBy(states, (state) => state)].map(([state, of]) => [state, of.length])),
  );
};

const answerPass = (given: JsonObject): Record<string, unknown> => {
  const { input, policy, options } = worldOf(given);
  const result = takePass(input, policy, options);
  const buckets = [...(result.fleet?.buckets ?? [])].map(([label, bucket]) => [
    label,
    inAnyOrder(bucket.map(({ name }) => name)),
  ]);
  return {
    nodes: nodesAfter(input, result),
    counts: countsAfter(input, result),
    error: result.fault !== undefined,
    buckets: exactly(Object.fromEntries(buckets)),
    drainScheduled: inAnyOrder(result.starts.filter(({ start }) => start === 'drain').map(({ node }) => node)),
    nmCreated: inAnyOrder(namesOf(result.writes, 'create-maintenance')),
    nmDeleted: inAnyOrder(namesOf(result.writes, 'delete-maintenance')),
    nmReleased: inAnyOrder(namesOf(result.writes, 'release-maintenance')),
  };
};

const NO_SIDE_EFFECTS = { error: false, drainScheduled: [], nmCreated: [], nmDeleted: [], nmReleased: [] };

const answerSlots = (given: JsonObject): Record<string, unknown> => {
  const counts = Object.entries(digMap(given, 'counts')).filter((entry): entry is [string, number] =>
    Number.isFinite(entry[1]),
  );
  const slots = slotsOf({
    counts: new Map(counts),
    unavailable: digNumber(given, 'unavailable') ?? 0,
    maxParallelUpgrades: digNumber(given, 'maxParallelUpgrades') ?? 0,
    maxUnavailable: dig(given, 'maxUnavailable'),
  });
  return slots.ok ? { ...slots.value, error: false } : { error: true };
};

const answerTrace = (given: JsonObject, events: readonly (string | null)[]): Record<string, unknown> => {
  const node = digMap(given, 'node');
  const world = worldOf({ ...given, nodes: [node as JsonObject] });
  return {
    passes: traceOf(world, digText(node, 'name') ?? '', events).map(({ input, ...happened }) => ({
      ...(input.nodes[0] && attributesOf(input.nodes[0])),
      ...happened,
    })),
  };
};

const answerController = (given: JsonObject): Record<string, unknown> => {
  const requestor = {
    id: digText(given, 'options', 'requestorID') ?? digText(given, 'requestorID') ?? '',
    prefix: digText(given, 'options', 'prefix') ?? 'network-operator',
    namespace: 'default',
  };
  const listed = digList(given, 'nodes');
  const { input } = worldOf({
    nodes: listed.map((node) => ({
      ...(digMap(node) as JsonObject),
      annotations: Object.fromEntries(annotationNames(node).map((key) => [longKey(key), 'true'])),
    })),
  });
  const maintenances = listed.flatMap((node) => maintenanceOf(node, requestor));
  const { writes } = cleanUpUpgrade({
    ...input,
    maintenances,
    ...(digFlag(given, 'requestorEnabled') === true && { requestor }),
  });
  const after = afterWrites({ ...input, maintenances }, writes);
  return {
    nodes: Object.fromEntries(
      after.nodes.map((node) => [
        node.metadata.name,
        { ...attributesOf(node), stateLabelPresent: nodeLabel(node, OFED_KEYS.state) !== undefined },
      ]),
    ),
    nmDeleted: inAnyOrder(namesOf(writes, 'delete-maintenance')),
  };
};

const annotationNames = (node: unknown): readonly string[] => [
  ...digList(node, 'annotations').filter((key) => typeof key === 'string'),
  ...Object.keys(digMap(node, 'annotations')),
];

export const roomKinds: CaseKinds = {
  'kind:upgrade_pass': { answer: ({ given }) => answerPass(given), expectDefaults: NO_SIDE_EFFECTS },
  'kind:build_state': { answer: ({ given }) => answerPass(given), expectDefaults: NO_SIDE_EFFECTS },
  'kind:slots': { answer: ({ given }) => answerSlots(given) },
  'kind:upgrade_trace': { answer: ({ given, events = [] }) => answerTrace(given, events) },
  'kind:drain_outcome': { answer: ({ given }) => answerDrainOutcome(given) },
  'kind:controller': { answer: ({ given }) => answerController(given) },
};
