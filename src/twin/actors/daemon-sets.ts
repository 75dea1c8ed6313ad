/**
 * The DaemonSet controller: one pod on each node that core/placement says it wants, RollingUpdate one node at a time (or
 * maxUnavailable) and OnDelete, controller-revision-hash and ControllerRevisions (kubernetes pkg/controller/daemon).
 */
import { dig, digList, digMap, digNumber, digText, digTexts } from '../../core/model/dig.ts';
import { countOf } from '../../core/model/int-or-percent.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { DAEMON_SETS, NODES, PODS } from '../../core/model/kube-resource.ts';
import { daemonSetNodes, type DaemonSetVerdict } from '../../core/placement/daemonset-nodes.ts';
import { isReady } from '../../core/drain/pod-facts.ts';
import { seconds } from '../latency.ts';
import type { Stage } from '../stage.ts';
import { createActor } from './actor.ts';
import { actorLoop } from './actor-loop.ts';
import { isGoing, isOver, keyOf, ownedOf, podFrom } from './controller-pods.ts';
import { followOwned } from './follow-owned.ts';
import { revisionHash } from './revisions.ts';

const REACT = seconds(0.05, 0.1, 0.5, 'not measured: a controller that watches');

const HASH_LABEL = 'controller-revision-hash';
/** The old counter of templates, by which nobody tells pods apart any more. */
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION = 'deprecated.daemonset.template.generation';

const OWN_TOLERATIONS = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];

const pinTo = (node: string): object => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
});

const pinnedNode = (pod: KubeObject): string | undefined => {
  const [term] = digList(
    pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms',
  ); // prettier-ignore
  const value = dig(term, 'matchFields', 0, 'values', 0);
  return typeof value === 'string' ? value : undefined;
};

/** Of one DaemonSet, while its spec is this. */
interface KnownVerdicts {
  readonly spec: unknown;
  readonly byNode: Map<
    string,
    { readonly labels: unknown; readonly spec: unknown; readonly verdict: DaemonSetVerdict }
  >;
}

export const startDaemonSets = (stage: Stage): void => {
  const { world } = stage;
  const actor = createActor(world, 'daemonset-controller');

  const create = (set: KubeObject, node: string, hash: string): void => {
    const spec = digMap(set, 'spec', 'template', 'spec');
    const draft = podFrom(set, {
      name: { generateName: `${set.metadata.name}-` },
      labels: { [HASH_LABEL]: hash, [GENERATION_LABEL]: digTexts(set, 'metadata', 'annotations')[GENERATION] ?? '0' },
      spec: { affinity: pinTo(node), tolerations: [...digList(spec, 'tolerations'), ...OWN_TOLERATIONS] },
    });
    actor.create(PODS, draft);
  };

  const known = new Map<string, KnownVerdicts>();

  /** Nothing but labels and spec of a node says whether it wants the pod; most have not changed since the last look. */
  const verdictsOf = (set: KubeObject, nodes: readonly KubeObject[]): readonly DaemonSetVerdict[] => {
    const { uid = '' } = set.metadata;
    const spec = set['spec'];
    const last = known.get(uid);
    const byNode: KnownVerdicts['byNode'] = last !== undefined && last.spec === spec ? last.byNode : new Map();
    known.set(uid, { spec, byNode });
    return nodes.flatMap((node) => {
      const { name, labels } = node.metadata;
      const told = byNode.get(name);
      if (told !== undefined && told.labels === labels && told.spec === node['spec']) return [told.verdict];
      const [verdict] = daemonSetNodes(set, [node]);
      if (verdict === undefined) return [];
      byNode.set(name, { labels, spec: node['spec'], verdict });
      return [verdict];
    });
  };

  const loop = actorLoop(stage, actor, REACT, (path) => {
    const [, namespace = '', name = ''] = path.split('/');
    const set = actor.get(DAEMON_SETS, { name, namespace });
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return undefined;
    const hash = revisionHash(world, actor, set);
    const nodes = actor.list(NODES);
    const verdicts = verdictsOf(set, nodes);
    const wants = new Set(verdicts.flatMap(({ node, wants: does }) => (does ? [node] : [])));
    const keeps = new Set(verdicts.flatMap(({ node, keeps: does }) => (does ? [node] : [])));
    const pods = ownedOf(world, set, 'Pod');
    const onNode = Map.groupBy(pods, (pod) => digText(pod, 'spec', 'nodeName') ?? pinnedNode(pod) ?? '');
    let unavailable = 0;
    for (const node of [...wants].toSorted()) {
      const here = onNode.get(node) ?? [];
      for (const pod of here) if (isOver(pod) && !isGoing(pod)) actor.delete(PODS, keyOf(pod));
      const alive = here.filter((pod) => !isOver(pod) && !isGoing(pod));
      if (here.length === 0) create(set, node, hash);
      if (!alive.some(isReady)) unavailable += 1;
      for (const pod of alive.slice(1)) actor.delete(PODS, keyOf(pod));
    }
    for (const pod of pods)
      if (!keeps.has(digText(pod, 'spec', 'nodeName') ?? pinnedNode(pod) ?? '') && !isGoing(pod))
        actor.delete(PODS, keyOf(pod));
    roll(set, pods, hash, wants, unavailable);
    writeStatus(set, pods, hash, wants);
    return undefined;
  });

  const roll = (
    set: KubeObject,
    pods: readonly KubeObject[],
    hash: string,
    wants: ReadonlySet<string>,
    unavailable: number,
  ): void => {
    if (digText(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
    const most =
      countOf(dig(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable') ?? 1, wants.size, 'up') ?? 1;
    const old = pods.filter(
      (pod) => !isGoing(pod) && !isOver(pod) && digTexts(pod, 'metadata', 'labels')[HASH_LABEL] !== hash,
    );
    // Pods that are not available anyway go first, and cost nothing.
    for (const pod of old.filter((one) => !isReady(one))) actor.delete(PODS, keyOf(pod));
    for (const pod of old.filter(isReady).slice(0, Math.max(0, most - unavailable))) actor.delete(PODS, keyOf(pod));
  };

  const writeStatus = (
    set: KubeObject,
    pods: readonly KubeObject[],
    hash: string,
    wants: ReadonlySet<string>,
  ): void => {
    const here = pods.filter((pod) => wants.has(digText(pod, 'spec', 'nodeName') ?? ''));
    const ready = here.filter((pod) => isReady(pod) && !isGoing(pod)).length;
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      desiredNumberScheduled: wants.size,
      currentNumberScheduled: here.length,
      numberMisscheduled: pods.length - here.length,
      numberReady: ready,
      numberAvailable: ready,
      numberUnavailable: wants.size - ready,
      updatedNumberScheduled: here.filter((pod) => digTexts(pod, 'metadata', 'labels')[HASH_LABEL] === hash).length,
    };
    const isSame = Object.entries(status).every(([key, value]) => (digNumber(set, 'status', key) ?? 0) === value);
    if (!isSame) actor.patch(DAEMON_SETS, keyOf(set), { type: 'merge', body: { status } }, { subresource: 'status' });
  };

  world.subscribe(DAEMON_SETS, ({ type, object }) => {
    if (type === 'DELETED') known.delete(object.metadata.uid ?? '');
  });
  const paths = followOwned({ world, kind: DAEMON_SETS, owned: PODS, wake: loop.wake });
  world.subscribe(NODES, ({ type, object, before }) => {
    if (type === 'MODIFIED' && before['spec'] === object['spec'] && before.metadata.labels === object.metadata.labels)
      return;
    for (const path of paths.values()) loop.wake(path);
  });
};
