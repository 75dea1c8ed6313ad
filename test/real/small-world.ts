/**
 * A small world that is played alike on the twin and on a real cluster with kwok: two nodes, a Deployment under a budget, a
 * DaemonSet, a StatefulSet and a Job; a drain, two rollouts and a change of scale. What is left at the end is told without
 * what differs by nature: names that are drawn, times, addresses, versions.
 */
import type { KubeObject } from '../../src/core/model/kube-object.ts';
import { dig, digList, digNumber, digText } from '../../src/core/model/dig.ts';
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  JOBS,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
  type KubeResource,
} from '../../src/core/model/kube-resource.ts';
import type { KubeApi, KubeDraft } from '../../src/core/ports/kube-api.ts';
import { good } from '../../src/testing/contracts/kube-api/world.ts';

export const SMALL_NODES = ['n1', 'n2'] as const;
const NAMESPACE = 'default';

/** Whoever plays it: the API, how one waits there, and kubectl drain. */
export interface SmallWorldHands {
  readonly api: KubeApi;
  /** Returns once it is so, and throws when that takes too long. */
  readonly until: (what: string, isSo: () => Promise<boolean>) => Promise<void>;
  readonly drain: (node: string) => Promise<void>;
}

const template = (app: string, more: object = {}, annotations: object = {}): object => ({
  metadata: { labels: { app }, ...annotations },
  spec: {
    automountServiceAccountToken: false,
    containers: [{ name: 'main', image: 'registry.example/small:v1', resources: { requests: { cpu: '100m' } } }],
    ...more,
  },
});

const selector = (app: string): object => ({ matchLabels: { app } });

const OBJECTS: readonly (readonly [KubeResource, KubeDraft])[] = [
  [
    DEPLOYMENTS,
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: { replicas: 4, selector: selector('web'), template: template('web') },
    },
  ],
  [
    POD_DISRUPTION_BUDGETS,
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: NAMESPACE },
      spec: { minAvailable: 3, selector: selector('web') },
    },
  ],
  [
    DAEMON_SETS,
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent', namespace: NAMESPACE },
      spec: { selector: selector('agent'), template: template('agent') },
    },
  ],
  [
    STATEFUL_SETS,
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db', namespace: NAMESPACE },
      spec: { replicas: 3, serviceName: 'db', selector: selector('db'), template: template('db') },
    },
  ],
  [
    JOBS,
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace: NAMESPACE },
      spec: {
        completions: 2,
        // kwok ends pods of Jobs at once; the twin's kubelet those that say for how long they run.
        template: template(
          'once',
          { restartPolicy: 'Never' },
          { annotations: { 'twin.nicwright.dev/runs-for-seconds': '5' } },
        ),
      },
    },
  ],
];

const NAMED = { namespace: NAMESPACE };

export const playSmallWorld = async ({ api, until, drain }: SmallWorldHands): Promise<void> => {
  const get = async (kind: KubeResource, name: string): Promise<KubeObject> =>
    good(await api.get(kind, { ...NAMED, name }));
  const pods = async (): Promise<readonly KubeObject[]> => good(await api.list(PODS, NAMED)).items;
  const patch = async (kind: KubeResource, name: string, body: object): Promise<void> => {
    const key = kind.namespaced ? { ...NAMED, name } : { name };
    good(await api.patch(kind, key, { type: 'merge', body: body as Readonly<Record<string, unknown>> }));
  };
  const newImage = async (kind: KubeResource, name: string): Promise<void> => {
    const key = { ...NAMED, name };
    const body = {
      spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example/small:v2' }] } } },
    };
    good(await api.patch(kind, key, { type: 'strategic', body }));
  };
  const counts = async (
    kind: KubeResource,
    name: string,
    wanted: Readonly<Record<string, number>>,
  ): Promise<boolean> => {
    const object = await get(kind, name);
    return (
      (digNumber(object, 'status', 'observedGeneration') ?? 1) === (object.metadata.generation ?? 1) &&
      Object.entries(wanted).every(([field, count]) => (digNumber(object, 'status', field) ?? 0) === count)
    );
  };
  const isSettled = async (): Promise<boolean> =>
    (await counts(DEPLOYMENTS, 'web', { replicas: 4, updatedReplicas: 4, availableReplicas: 4 })) &&
    (await counts(DAEMON_SETS, 'agent', {
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
    })) &&
    (await counts(POD_DISRUPTION_BUDGETS, 'web', { currentHealthy: 4, disruptionsAllowed: 1 })) &&
    (await pods()).every((pod) => pod.metadata.deletionTimestamp === undefined);
  const hasDb = (replicas: number) => (): Promise<boolean> =>
    counts(STATEFUL_SETS, 'db', { replicas, readyReplicas: replicas, updatedReplicas: replicas });

  await until('both nodes are ready', async () => {
    const nodes = good(await api.list(NODES)).items;
    return (
      nodes.length === 2 &&
      nodes.every(
        (node) => digList(node, 'spec', 'taints').length === 0 && JSON.stringify(node).includes('KubeletReady'),
      )
    );
  });
  for (const [kind, object] of OBJECTS) good(await api.create(kind, object));
  await until('all run', isSettled);
  await until('the StatefulSet has three', hasDb(3));
  await until(
    'the Job is over',
    async () => digText(await get(JOBS, 'once'), 'status', 'completionTime') !== undefined,
  );

  await drain('n1');
  await until('the Deployment is whole on n2', isSettled);
  await until('the StatefulSet is whole on n2', hasDb(3));
  await patch(NODES, 'n1', { spec: { unschedulable: null } });

  await newImage(DEPLOYMENTS, 'web');
  await newImage(DAEMON_SETS, 'agent');
  await until('both are rolled out', isSettled);

  await patch(STATEFUL_SETS, 'db', { spec: { replicas: 1 } });
  await until('the StatefulSet has one', hasDb(1));
  await until(
    'its other pods are gone',
    async () => (await pods()).filter(({ metadata }) => metadata.labels?.['app'] === 'db').length === 1,
  );
};

const KINDS = [DEPLOYMENTS, REPLICA_SETS, DAEMON_SETS, STATEFUL_SETS, JOBS, POD_DISRUPTION_BUDGETS, PODS, NODES];

/**
 * Drawn, counted by the server, a time or an address; and what kwok does not write (`started`) or the twin does not (it has no
 * ServiceAccounts).
 */
const BY_NATURE =
  /^(?:started|serviceAccount|serviceAccountName|uid|resourceVersion|creationTimestamp|managedFields|selfLink|generateName|startTime|completionTime|lastTransitionTime|lastUpdateTime|lastProbeTime|lastHeartbeatTime|podIPs?|hostIPs?|startedAt|finishedAt|containerID|imageID|nodeName|message|controller-uid|batch\.kubernetes\.io\/controller-uid)$/;

const HASHED = /\b[bcdfghjklmnpqrstvwxz2456789]{6,10}\b/g;

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'string') return value.replaceAll(HASHED, 'HASH');
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .filter(([key, inner]) => !BY_NATURE.test(key) && inner !== null && inner !== undefined)
    .map(([key, inner]) => [key, plain(inner)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept);
};

const typeOf = (condition: unknown): string => digText(condition, 'type') ?? '';

/** Written by real kubelets and by the twin's, not by kwok. */
const KUBELETS_OWN = 'PodReadyToStartContainers';

/** Conditions are a set by type; the order in which they were written says nothing. */
const sorted = (object: KubeObject): KubeObject => {
  const conditions = digList(object, 'status', 'conditions').filter((one) => typeOf(one) !== KUBELETS_OWN);
  if (conditions.length === 0) return object;
  const status = dig(object, 'status') as object;
  return {
    ...object,
    status: { ...status, conditions: conditions.toSorted((a, b) => (typeOf(a) < typeOf(b) ? -1 : 1)) },
  };
};

/** Pods of a ReplicaSet, a DaemonSet or a Job are told by their owner; two that are alike stand there twice. */
const title = (object: KubeObject): string => {
  const [owner] = object.metadata.ownerReferences ?? [];
  const drawn = owner !== undefined && owner.kind !== 'StatefulSet';
  const name = drawn ? `of ${owner.kind} ${owner.name}` : object.metadata.name;
  return `${object.kind} ${name}`.replaceAll(HASHED, 'HASH');
};

/** In how many steps a rollout scales a ReplicaSet is a matter of time, and its generation counts them. */
const withoutSteps = (object: KubeObject): KubeObject => {
  if (object.kind !== 'ReplicaSet') return object;
  const { generation: _generation, ...metadata } = object.metadata;
  const { observedGeneration: _observed, ...status } = (dig(object, 'status') ?? {}) as Readonly<
    Record<string, unknown>
  >;
  return { ...object, metadata, status };
};

/** Of a node only what controllers write: kwok and the twin's kubelets state machines of their own. */
const told = (object: KubeObject): unknown =>
  plain(
    object.kind === 'Node'
      ? { spec: dig(object, 'spec') ?? {} }
      : { ...sorted(withoutSteps(object)), metadata: { ...withoutSteps(object).metadata, name: title(object) } },
  );

/** `Pod of ReplicaSet web-HASH` -> what is left of it; one entry for each that differs from the others of its title. */
export const smallWorldOutcome = async (api: KubeApi): Promise<Readonly<Record<string, readonly unknown[]>>> => {
  const all: KubeObject[] = [];
  for (const kind of KINDS) all.push(...good(await api.list(kind, kind.namespaced ? NAMED : {})).items);
  const outcome = new Map<string, unknown[]>();
  // Pods of the Job are left where the drain did not find them, and where they ran was chance.
  const isLeftover = (object: KubeObject): boolean =>
    object.kind === 'Pod' && object.metadata.ownerReferences?.[0]?.kind === 'Job';
  for (const object of all.filter((one) => !isLeftover(one)).toSorted((a, b) => (title(a) < title(b) ? -1 : 1)))
    outcome.set(title(object), [...(outcome.get(title(object)) ?? []), told(object)]);
  for (const entries of outcome.values()) entries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return Object.fromEntries(outcome);
};
