/**
 * The scheduler: binds pods that wait to nodes that core/placement lets them go to, and says in the scheduler's own words
 * why none does. Of the nodes that fit it takes the one with the fewest pods of the same controller, then with the most CPU
 * left, then the first by name; kube-scheduler's scores have more terms. Preemption is left out.
 */
import { isFinished } from '../../core/drain/pod-facts.ts';
import { dig, digList, digText } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import type { Misfit } from '../../core/placement/misfits.ts';
import type { NodeRoom } from '../../core/placement/node-room.ts';
import type { NodeFit } from '../../core/placement/place-pod.ts';
import type { PodDemand } from '../../core/placement/pod-demand.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { eventRecorder } from './event-recorder.ts';
import { fitAt, type Known, NodeRooms, type Seat } from './node-rooms.ts';
import { PlacedPods } from './placed-pods.ts';

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

/** kube-scheduler stops looking when it has found this many nodes that fit (schedule_one.go, numFeasibleNodesToFind). */
const enoughOf = (nodes: number): number => {
  if (nodes <= 100) return nodes;
  const percent = Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(100, Math.floor((nodes * percent) / 100));
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

type Looked = { readonly node: string } | { readonly node: undefined; readonly against: readonly NodeFit[] };

const hasMoreRoom = (one: Seat, other: Seat): boolean =>
  one.cpuLeft === other.cpuLeft ? one.name < other.name : one.cpuLeft > other.cpuLeft;

/** Fewest pods of the same controller, then most CPU left, then the first by name. */
const isBetter = (one: Seat, siblings: number, other: Seat, siblingsThere: number): boolean =>
  siblings === siblingsThere ? hasMoreRoom(one, other) : siblings < siblingsThere;

/** What a pod takes of its node, and means to others there, changes with its spec, its labels and its end alone. */
const asksTheSame = (before: KubeObject, pod: KubeObject): boolean =>
  before['spec'] === pod['spec'] &&
  before.metadata.labels === pod.metadata.labels &&
  isFinished(before) === isFinished(pod);

export const startScheduler = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'scheduler');
  const record = eventRecorder(stage, actor, 'default-scheduler');
  const rooms = new NodeRooms();
  const placed = new PlacedPods();
  let begin = 0;
  const waiting = new Map<string, { readonly name: string; readonly namespace: string }>();

  /** In order of names, or the one node that the pod is meant for. */
  const candidates = (pod: KubeObject): readonly Known[] => {
    const pinned = pinnedTo(pod);
    if (pinned === undefined) return rooms.all();
    const known = rooms.known(pinned);
    return known === undefined ? [] : [known];
  };

  const roomsOf = (known: readonly Known[]): readonly NodeRoom[] => known.map((one) => rooms.seat(one).room);

  /** As many nodes that fit as are enough, beginning where the last search ended; without any, what speaks against each. */
  const look = (pod: KubeObject, demand: PodDemand): Looked => {
    const all = candidates(pod);
    const isAlone =
      demand.spread.length === 0 &&
      dig(demand.affinity, 'podAffinity') === undefined &&
      dig(demand.affinity, 'podAntiAffinity') === undefined;
    const around = roomsOf(isAlone ? [...placed.guarded()].flatMap((name) => rooms.known(name) ?? []) : all);
    const number = rooms.numberOf(demand);
    const siblings = placed.siblings(pod);
    const enough = enoughOf(all.length);
    const against: NodeFit[] = [];
    let best: Seat | undefined;
    let besides = 0;
    let good = 0;
    let looked = 0;
    const first = all.length > enough ? begin % all.length : 0;
    for (; looked < all.length && good < enough; looked += 1) {
      const known = all[(first + looked) % all.length];
      if (known === undefined) continue;
      const seat = rooms.seat(known);
      const fit = fitAt(demand, number, seat, around);
      if (fit.verdict === 'does-not-fit') {
        if (good === 0) against.push(fit);
        continue;
      }
      good += 1;
      // Nobody has fewer siblings than none: once such a one is found, room decides before siblings are looked up.
      if (best !== undefined && besides === 0 && !hasMoreRoom(seat, best)) continue;
      const here = siblings.get(seat.name) ?? 0;
      if (best !== undefined && !isBetter(seat, here, best, besides)) continue;
      best = seat;
      besides = here;
    }
    begin = first + looked;
    return best === undefined ? { node: undefined, against } : { node: best.name };
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
    const demand = rooms.demandOf(pod);
    const found = look(pod, demand);
    const { node } = found;
    if (node === undefined) {
      if (demand.gates.length === 0) condition(pod, wordsFor(found.against));
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

  world.subscribe(PODS, ({ type, object, before }) => {
    const node = digText(object, 'spec', 'nodeName');
    const path = objectPath(object);
    placed.follow(before, type === 'DELETED' ? undefined : object);
    if (type === 'DELETED' || node !== undefined) rooms.forgetDemand(object);
    if (node !== undefined) {
      if (type === 'MODIFIED' && asksTheSame(before, object)) return;
      const isOver = type === 'DELETED' || isFinished(object);
      if (isOver) rooms.clear(node, object);
      else rooms.place(node, object);
      waiting.delete(path);
      if (isOver) wakeAll();
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
  world.subscribe(NODES, ({ type, object }) => {
    rooms.followNode(type, object);
    wakeAll();
  });
};
