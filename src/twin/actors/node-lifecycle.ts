/**
 * The node life cycle controller: a node whose kubelet is silent for the grace period becomes Unknown and is tainted, its
 * pods stop counting as ready and, after the time that they tolerate, are deleted; a cordon becomes a taint (kubernetes
 * pkg/controller/nodelifecycle and pkg/controller/tainteviction).
 */
import { isReady } from '../../core/drain/pod-facts.ts';
import { digFlag, digList, digNumber, digText } from '../../core/model/dig.ts';
import { objectPath, type KubeObject } from '../../core/model/kube-object.ts';
import { NODES, PODS } from '../../core/model/kube-resource.ts';
import { tolerates, type Taint, type Toleration } from '../../core/model/taint.ts';
import { timestamp } from '../../core/model/timestamp.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, keyOf } from './controller-pods.ts';
import type { Kubelets } from './kubelets.ts';

const NOTICE = seconds(50, 52, 55, 'kube-controller-manager: node-monitor-grace-period 50 s, node-monitor-period 5 s');
const REACT = seconds(0.05, 0.1, 0.5, 'not measured: a controller that watches');

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** What becomes of every condition of a node whose kubelet is silent. */
const UNKNOWN = {
  status: 'Unknown',
  reason: 'NodeStatusUnknown',
  message: 'Kubelet stopped posting node status.',
};

const readyOf = (node: KubeObject): string => {
  const ready = digList(node, 'status', 'conditions').find((one) => digText(one, 'type') === 'Ready');
  return digText(ready, 'status') ?? '';
};

const taintsOf = (node: KubeObject): readonly Taint[] => digList(node, 'spec', 'taints') as readonly Taint[];

const OWN_KEYS: readonly string[] = [NOT_READY, UNREACHABLE, UNSCHEDULABLE];

/** By the Ready condition; a new node, which has none yet, was tainted by the API server. */
const TAINTS_OF_READY: Readonly<Record<string, readonly Taint[]>> = {
  True: [],
  False: [
    { key: NOT_READY, effect: 'NoSchedule' },
    { key: NOT_READY, effect: 'NoExecute' },
  ],
  Unknown: [
    { key: UNREACHABLE, effect: 'NoSchedule' },
    { key: UNREACHABLE, effect: 'NoExecute' },
  ],
};

/** What this controller wants of its own taints; those of others stay as they are. */
const wantedTaints = (node: KubeObject, now: number): readonly Taint[] => {
  const isCordoned = digFlag(node, 'spec', 'unschedulable') === true;
  const own: readonly Taint[] = [
    ...(TAINTS_OF_READY[readyOf(node)] ?? [{ key: NOT_READY, effect: 'NoSchedule' }]),
    ...(isCordoned ? [{ key: UNSCHEDULABLE, effect: 'NoSchedule' }] : []),
  ];
  const before = taintsOf(node);
  const others = before.filter(({ key }) => !OWN_KEYS.includes(key));
  const kept = own.map(
    (taint) =>
      before.find(({ key, effect }) => key === taint.key && effect === taint.effect) ?? {
        ...taint,
        timeAdded: timestamp(now),
      },
  );
  return [...others, ...kept];
};

/** Seconds until a pod has to leave; undefined where it may stay. */
const secondsTolerated = (pod: KubeObject, taint: Taint): number | undefined => {
  const fitting = digList(pod, 'spec', 'tolerations').filter((one) => tolerates(one as Toleration, taint));
  if (fitting.length === 0) return 0;
  const limits = fitting.map((one) => digNumber(one, 'tolerationSeconds'));
  if (limits.some((limit) => limit === undefined)) return undefined;
  return Math.min(...limits.map((limit) => limit ?? 0));
};

export const startNodeLifecycle = (stage: Stage, kubelets: Kubelets): void => {
  const { world, clock } = stage;
  const actor = createActor(world, 'node-controller');

  const taint = actorLoop(stage, actor, REACT, (name) => {
    const node = actor.get(NODES, { name });
    if (node === undefined) return undefined;
    const wanted = wantedTaints(node, clock.now());
    const before = taintsOf(node);
    const isSame = wanted.length === before.length && wanted.every((one) => before.includes(one));
    const body = { spec: { taints: wanted.length === 0 ? null : wanted } };
    if (!isSame) actor.patch(NODES, { name }, { type: 'merge', body });
    return undefined;
  });

  const lose = actorLoop(stage, actor, REACT, (name) => {
    const node = actor.get(NODES, { name });
    if (node === undefined || kubelets.isRunning(name)) return undefined;
    const at = timestamp(clock.now());
    const conditions = digList(node, 'status', 'conditions').map((condition) => ({
      ...(condition as object),
      ...UNKNOWN,
      lastTransitionTime: at,
    }));
    const body = { status: { conditions } };
    if (readyOf(node) !== UNKNOWN.status)
      actor.patch(NODES, { name }, { type: 'merge', body }, { subresource: 'status' });
    // A list of its own: the writes below change what the world holds for the node.
    for (const pod of Array.from(world.podsOn(name))) {
      unready(pod, at);
      const seconds = secondsTolerated(pod, { key: UNREACHABLE, effect: 'NoExecute' });
      if (seconds !== undefined) evict.wake(objectPath(pod), seconds * 1000);
    }
    return undefined;
  });

  const unready = (pod: KubeObject, at: string): void => {
    if (!isReady(pod)) return;
    const conditions = digList(pod, 'status', 'conditions').map((condition) =>
      digText(condition, 'type') === 'Ready'
        ? { ...(condition as object), status: 'False', reason: 'NodeNotReady', lastTransitionTime: at }
        : condition,
    );
    actor.patch(PODS, keyOf(pod), { type: 'merge', body: { status: { conditions } } }, { subresource: 'status' });
  };

  const evict = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const pod = actor.get(PODS, { namespace, name });
    const node = digText(pod, 'spec', 'nodeName');
    if (pod === undefined || node === undefined || isGoing(pod) || kubelets.isRunning(node)) return undefined;
    actor.delete(PODS, keyOf(pod));
    return undefined;
  });

  const noticing = new Map<string, () => void>();
  kubelets.onSilence((node, isSilent) => {
    noticing.get(node)?.();
    noticing.delete(node);
    if (isSilent)
      noticing.set(
        node,
        stage.after('node-controller', NOTICE, () => lose.wake(node, 0)),
      );
  });
  world.subscribe(NODES, ({ type, object, before }) => {
    if (type === 'DELETED') return;
    if (before === undefined || before['spec'] !== object['spec'] || readyOf(before) !== readyOf(object))
      taint.wake(object.metadata.name);
  });
  for (const { metadata } of actor.list(NODES)) taint.wake(metadata.name);
};
