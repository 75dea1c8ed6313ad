/**
 * The scheduler: binds pods that wait to nodes that core/placement lets them go to, and says in the scheduler's own words
 * why none does. Of the nodes that fit it takes the one with the fewest pods of the same controller, then with the most CPU
 * left, then the first by name; kube-scheduler's scores have more terms. Preemption is left out.
 */
import { digList, digText } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { Misfit } from '../../core/placement/misfits.ts';
import { nodeRoom, type NodeRoom } from '../../core/placement/node-room.ts';
import { fitOf, type NodeFit } from '../../core/placement/place-pod.ts';
import { podDemand } from '../../core/placement/pod-demand.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { eventRecorder } from './event-recorder.ts';

const BIND = seconds(0.01, 0.03, 0.2, 'kube-scheduler: some 100 pods a second on an idle cluster');

/** kube-scheduler flushes pods that could not be placed after 5 min, whatever happened (scheduling queue). */
const LOOK_AGAIN_MS = 300_000;

const WORDS: Readonly<Record<Misfit['kind'], (misfit: Misfit) => string>> = {
  'node-name': () => "node(s) didn't match the requested node name",
  unschedulable: () => 'node(s) were unschedulable',
  taint: ({ because }) => `node(s) had untolerated taint {${/taint ([^:=]+)/.exec(because)?.[1] ?? ''}: }`,
  'node-affinity': () => "node(s) didn't match Pod's node affinity/selector",
  'host-port': () => "node(s) didn't have free ports for the requested pod ports",
  resource: ({ resource }) => `Insufficient ${resource ?? ''}`,
  'too-many-pods': () => 'Too many pods',
  'pod-affinity': () => "node(s) didn't match pod affinity rules",
  'pod-anti-affinity': () => "node(s) didn't match pod anti-affinity rules",
  'topology-spread': () => "node(s) didn't match pod topology spread constraints",
  'scheduling-gate': () => 'Scheduling is blocked due to non-empty scheduling gates',
  'unknown-volume': () => 'node(s) had volume node affinity conflict',
};

/** The first filter that a node fails decides what is said of it; of missing resources all are named. */
const wordsFor = (fits: readonly NodeFit[]): string => {
  const counts = new Map<string, number>();
  for (const {
    misfits: [first, ...rest],
  } of fits) {
    if (first === undefined) continue;
    const said = first.kind === 'resource' ? [first, ...rest.filter(({ kind }) => kind === 'resource')] : [first];
    for (const words of new Set(said.map((misfit) => WORDS[misfit.kind](misfit))))
      counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const reasons = [...counts].map(([words, count]) => `${count} ${words}`).toSorted();
  return `0/${fits.length} nodes are available: ${reasons.join(', ')}. preemption: 0/${fits.length} nodes are available: ${fits.length} Preemption is not helpful for scheduling.`;
};

/** Pods of DaemonSets name their node this way; for them one node is looked at, not all. */
const pinnedTo = (pod: KubeObject): string | undefined => {
  const terms = digList(
    pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms',
  ); // prettier-ignore
  const fields = terms.flatMap((term) => digList(term, 'matchFields'));
  const [name] = digList(
    fields.find((field) => digText(field, 'key') === 'metadata.name'),
    'values',
  );
  return terms.length === 1 && typeof name === 'string' ? name : undefined;
};

const ownerUid = (pod: KubeObject): string | undefined =>
  pod.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;

const isFinished = (pod: KubeObject): boolean =>
  ['Succeeded', 'Failed'].includes(digText(pod, 'status', 'phase') ?? '');

export const startScheduler = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'scheduler');
  const record = eventRecorder(stage, actor, 'default-scheduler');
  const rooms = new Map<string, NodeRoom>();
  const waiting = new Map<string, { readonly name: string; readonly namespace: string }>();

  const roomOf = (node: KubeObject): NodeRoom => {
    const known = rooms.get(node.metadata.name);
    if (known !== undefined) return known;
    const room = nodeRoom(node, [...world.podsOn(node.metadata.name)]);
    rooms.set(node.metadata.name, room);
    return room;
  };

  const candidates = (pod: KubeObject): readonly KubeObject[] => {
    const pinned = pinnedTo(pod);
    if (pinned === undefined) return actor.list(NODES);
    const node = actor.get(NODES, { name: pinned });
    return node === undefined ? [] : [node];
  };

  const choose = (pod: KubeObject, fits: readonly NodeFit[]): string | undefined => {
    const owner = ownerUid(pod);
    const siblings = (node: string): number =>
      owner === undefined ? 0 : [...world.podsOn(node)].filter((other) => ownerUid(other) === owner).length;
    const cpuLeft = (node: string): bigint => {
      const room = rooms.get(node);
      return (room?.allocatable.get('cpu') ?? 0n) - (room?.used.get('cpu') ?? 0n);
    };
    return fits
      .filter(({ verdict }) => verdict !== 'does-not-fit')
      .map(({ node }) => ({ node, siblings: siblings(node), cpu: cpuLeft(node) }))
      .toSorted(
        (a, b) => a.siblings - b.siblings || (a.cpu > b.cpu ? -1 : a.cpu < b.cpu ? 1 : 0) || (a.node < b.node ? -1 : 1),
      )[0]?.node;
  };

  const condition = (pod: KubeObject, message: string): void => {
    const before = digList(pod, 'status', 'conditions');
    const known = before.find((one) => digText(one, 'type') === 'PodScheduled');
    if (digText(known, 'message') === message) return;
    const scheduled = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime: digText(known, 'lastTransitionTime') ?? timestamp(stage.clock.now()),
    };
    const conditions = [...before.filter((one) => one !== known), scheduled];
    const { name, namespace = 'default' } = pod.metadata;
    actor.patch(
      PODS,
      { name, namespace },
      { type: 'merge', body: { status: { conditions } } },
      { subresource: 'status' },
    );
    record({ about: pod, type: 'Warning', reason: 'FailedScheduling', message });
  };

  const loop = actorLoop(stage, actor, BIND, (path) => {
    const key = waiting.get(path);
    const pod = key === undefined ? undefined : actor.get(PODS, key);
    if (key === undefined || pod === undefined || digText(pod, 'spec', 'nodeName') !== undefined) {
      waiting.delete(path);
      return undefined;
    }
    const nodes = candidates(pod);
    const demand = podDemand(pod);
    const all = nodes.map(roomOf);
    const fits = all.map((room) => fitOf(demand, room, all));
    const node = choose(pod, fits);
    if (node === undefined) {
      if (demand.gates.length === 0) condition(pod, wordsFor(fits));
      return LOOK_AGAIN_MS;
    }
    if (!actor.bind(key, node).ok) return 1_000;
    waiting.delete(path);
    record({
      about: pod,
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${key.namespace}/${key.name} to ${node}`,
    });
    return undefined;
  });

  const wakeAll = (): void => {
    for (const path of waiting.keys()) loop.wake(path);
  };

  world.subscribe(PODS, ({ type, object }) => {
    const node = digText(object, 'spec', 'nodeName');
    const path = objectPath(object);
    if (node !== undefined) {
      rooms.delete(node);
      waiting.delete(path);
      if (type === 'DELETED' || isFinished(object)) wakeAll();
      return;
    }
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) {
      waiting.delete(path);
      return;
    }
    if (waiting.has(path)) return;
    const { name, namespace = 'default' } = object.metadata;
    waiting.set(path, { name, namespace });
    loop.wake(path);
  });
  world.subscribe(NODES, ({ object }) => {
    rooms.delete(object.metadata.name);
    wakeAll();
  });
};
