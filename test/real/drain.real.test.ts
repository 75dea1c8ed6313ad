/**
 * core/drain against the real thing: kubectl's filters by `kubectl drain --dry-run=server` on generated nodes, and the
 * budgets by the API server's own answers to dry-run evictions.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askBudgets, budgetBook } from '../../src/core/drain/budgets.ts';
import { KUBECTL_DEFAULTS } from '../../src/core/drain/drain-options.ts';
import { readEvictionFault } from '../../src/core/drain/eviction-answer.ts';
import { evictedPods, filterPods } from '../../src/core/drain/filter-pods.ts';
import type { FilterCode, PodVerdict } from '../../src/core/drain/filter-pods.ts';
import { isFinished, isReady, isTerminating, podName } from '../../src/core/drain/pod-facts.ts';
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { DAEMON_SETS, NAMESPACES, NODES, POD_DISRUPTION_BUDGETS, PODS } from '../../src/core/model/kube-resource.ts';
import type { KubeResource } from '../../src/core/model/kube-resource.ts';
import type { KubeApi } from '../../src/core/ports/kube-api.ts';
import * as drawn from '../../src/testing/arbitrary-drains.ts';
import { ClassCounts } from '../../src/testing/arbitrary-pools.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { apiOf } from './real-api.ts';
import { realPart } from './real-parts.ts';

const parts = realPart('realparts');
const NODES_TRIED = 20;
const WORLDS_TRIED = 10;

const options = fc.record({
  // Mostly consents, else nearly every node would end at its first refusal.
  force: fc.constantFrom(true, true, false),
  ignoreDaemonSets: fc.constantFrom(true, true, true, false),
  deleteEmptyDir: fc.constantFrom(true, true, true, false),
  podSelector: fc.constantFrom('', '', 'app=a', 'app!=a', 'app in (a,b)'),
});

type Consents = typeof options extends fc.Arbitrary<infer T> ? T : never;

const flagsOf = ({ force, ignoreDaemonSets, deleteEmptyDir, podSelector }: Consents): readonly string[] => [
  `--force=${force}`,
  `--ignore-daemonsets=${ignoreDaemonSets}`,
  `--delete-emptydir-data=${deleteEmptyDir}`,
  ...(podSelector === '' ? [] : [`--pod-selector=${podSelector}`]),
];

/** The drawn pod as the API server takes it, under a name and on a node of its own. */
const forServer = (pod: KubeObject, node: string): KubeObject => ({
  ...pod,
  metadata: {
    name: `${node}-${pod.metadata.name}`,
    namespace: pod.metadata.namespace ?? 'default',
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    ...(pod.metadata.ownerReferences === undefined
      ? {}
      : { ownerReferences: pod.metadata.ownerReferences.map((owner) => ({ ...owner, uid: 'no-such-uid' })) }),
  },
  spec: {
    nodeName: node,
    containers: [{ name: 'main', image: 'registry.example.net/x:v1' }],
    volumes: (pod['spec'] as { readonly volumes: unknown }).volumes,
  },
});

/** What kubectl says of the pods of one node, by code. */
const MESSAGES: readonly (readonly [message: string, code: FilterCode])[] = [
  ['cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', 'daemonset-refuse'],
  ['cannot delete daemonsets.apps ', 'daemonset-missing'],
  ['cannot delete Pods with local storage (use --delete-emptydir-data to override)', 'local-data'],
  ['cannot delete cannot delete Pods that declare no controller', 'unmanaged'],
  ['cannot delete Pods that declare no controller (use --force to override)', 'unmanaged'],
  ['ignoring DaemonSet-managed Pods', 'daemonset-ignored'],
  ['deleting Pods that declare no controller', 'unmanaged-forced'],
];

const podsAfter = (text: string, at: number): readonly string[] =>
  /^[^:]*: ((?:[\w-]+\/[\w.-]+(?:, )?)+)/
    .exec(text.slice(at))?.[1]
    ?.split(', ')
    .filter((name) => name !== '') ?? [];

const codesIn = (text: string): Readonly<Record<string, FilterCode>> => {
  const found: Record<string, FilterCode> = {};
  for (const [message, code] of MESSAGES)
    for (let at = text.indexOf(message); at >= 0; at = text.indexOf(message, at + 1))
      for (const pod of podsAfter(text, at)) found[pod] = code;
  return found;
};

const evictedIn = (text: string): readonly string[] =>
  [...text.matchAll(/^evicting pod (\S+) \(server dry run\)$/gm)].map(([, name = '']) => name).toSorted();

const SAID: readonly FilterCode[] = MESSAGES.map(([, code]) => code);

/** kubectl prints what its last filter said, so that of an evicted pod only a missing controller is told. */
const isTold = ({ fate, code }: PodVerdict): boolean =>
  code !== undefined && SAID.includes(code) && (fate !== 'evict' || code === 'unmanaged-forced');

const codesOf = (verdicts: readonly PodVerdict[]): Readonly<Record<string, FilterCode>> =>
  Object.fromEntries(
    verdicts.filter(isTold).flatMap(({ pod, code }) => (code === undefined ? [] : [[podName(pod), code]])),
  );

describe.skipIf(parts.absent)(parts.title('core/drain and the real API server'), () => {
  let cluster: Cluster;
  let api: KubeApi;

  /** Creates it, and gives it its status. */
  const put = async (resource: KubeResource, object: KubeObject): Promise<KubeObject> => {
    const { status, ...rest } = object;
    const made = good(await api.create(resource, rest as KubeObject));
    if (status === undefined) return made;
    return good(await api.update(resource, { ...made, status }, { subresource: 'status' }));
  };

  beforeAll(async () => {
    // No controllers: they would take away pods whose owners are only names.
    cluster = await startCluster();
    api = await apiOf(cluster);
    for (const name of ['train', 'web']) {
      await put(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      for (const app of ['a', 'b'])
        await put(DAEMON_SETS, {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          metadata: { name: `owner-${app}`, namespace: name },
          spec: {
            selector: { matchLabels: { app } },
            template: {
              metadata: { labels: { app } },
              spec: { containers: [{ name: 'main', image: 'registry.example.net/x:v1' }] },
            },
          },
        });
    }
  });
  afterAll(() => cluster?.stop());

  const putPod = async (pod: KubeObject, node: string): Promise<KubeObject> => {
    const made = await put(PODS, { ...forServer(pod, node), status: pod['status'] });
    // The server takes a finished pod away at once, so that none of them is ever terminating.
    if (!isTerminating(pod) || isFinished(pod)) return made;
    await api.delete(
      PODS,
      { name: made.metadata.name, namespace: made.metadata.namespace ?? 'default' },
      { graceSeconds: 30 },
    );
    return good(await api.get(PODS, { name: made.metadata.name, namespace: made.metadata.namespace ?? 'default' }));
  };

  test('take, spare and refuse the same pods as kubectl', async () => {
    const seen = new ClassCounts([...new Set(SAID), 'evicted', 'aborted', 'with a selector']);
    const worlds = fc.sample(fc.tuple(drawn.podsFrom(6), options), { numRuns: NODES_TRIED, seed: 12 });
    const check = async (
      [pods, consents]: readonly [readonly KubeObject[], Consents],
      index: number,
    ): Promise<void> => {
      const node = `n${index}`;
      await put(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
      const made: KubeObject[] = [];
      for (const pod of pods) made.push(await putPod(pod, node));
      const ran = await cluster.kubectl(['drain', node, '--dry-run=server', '--timeout=20s', ...flagsOf(consents)]);
      const selection = filterPods(made, {
        options: { ...KUBECTL_DEFAULTS, ...consents },
        nowMs: Date.now(),
        daemonSetExists: (_namespace, name) => name !== 'owner-c',
      });
      if (!selection.ok) throw new Error(selection.fault.message);
      const told = `${node} ${flagsOf(consents).join(' ')}\n${ran.stdout}\n${ran.stderr}`;
      expect(evictedIn(ran.stdout), told).toEqual(evictedPods(selection.value).map(podName).toSorted());
      // kubectl prints warnings only when nothing refuses.
      const { verdicts, aborts } = selection.value;
      const shown = verdicts.filter(({ fate }) => (aborts ? fate === 'refuse' : true));
      expect(codesIn(ran.stderr), told).toEqual(codesOf(shown));
      for (const code of Object.values(codesOf(shown))) seen.add(code);
      seen.add(aborts ? 'aborted' : 'evicted');
      if (consents.podSelector !== '') seen.add('with a selector');
    };
    // kubectl limits itself to five requests a second, so several run side by side.
    const queue = worlds.map((world, index) => ({ world, index }));
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) await check(next.world, next.index);
      }),
    );
    expect(seen.missing).toEqual([]);
  }, 120_000);

  test('budgets allow and refuse the same evictions', async () => {
    const seen = new ClassCounts(['allows', 'now', 'never', 'several', 'unready', 'finished', 'terminating']);
    await put(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'budgets' } });
    const worlds = fc.sample(fc.tuple(drawn.podsFrom(8), drawn.budgetsFrom(3)), { numRuns: WORLDS_TRIED, seed: 12 });
    for (const [index, [podsDrawn, budgetsDrawn]] of worlds.entries()) {
      const own = (object: KubeObject): KubeObject => ({
        ...object,
        metadata: { ...object.metadata, namespace: `${object.metadata.namespace ?? ''}-${index}` },
      });
      for (const name of [`train-${index}`, `web-${index}`])
        await put(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      const budgets: KubeObject[] = [];
      for (const budget of budgetsDrawn) budgets.push(await put(POD_DISRUPTION_BUDGETS, own(budget)));
      const book = budgetBook(budgets);
      for (const pod of podsDrawn) {
        const made = await putPod(own(pod), 'budgets');
        const { name, namespace = '' } = made.metadata;
        const answer = await api.evict({ name, namespace }, { dryRun: true });
        const move = readEvictionFault(answer.ok ? undefined : answer.fault, isTerminating(made));
        const ours = askBudgets(book, made);
        const several = !ours.allows && ours.budgets.length > 1;
        const expected = ours.allows ? 'done' : several ? 'fail-pod' : 'retry';
        const told = `${podName(made)} ${JSON.stringify(made['status'])}: ${ours.because}; server: ${answer.ok ? 'accepted' : answer.fault.message}`;
        expect(move.action, told).toBe(expected);
        seen.add(ours.allows ? 'allows' : several ? 'several' : ours.blocks);
        if (!isReady(made)) seen.add('unready');
        if (isFinished(made)) seen.add('finished');
        if (isTerminating(made)) seen.add('terminating');
      }
    }
    expect(seen.missing).toEqual([]);
  }, 60_000);
});
