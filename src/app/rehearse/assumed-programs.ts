/**
 * Programs that a plan counts on and that the input does not show: the operators whose objects it holds, and the object that
 * one of them reads first. Each is put in place as a stated assumption; what is there and stands still (scaled to 0, no pod)
 * is left as it is.
 */
import { digList, digText, digTexts } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import type { KubeDraft } from '../../core/ports/kube-api.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { objectsOf, type Snapshot } from '../../core/snapshot/snapshot.ts';
import { DAEMON_LABEL } from '../../core/visit/others/operators.ts';
import type { StandIn } from '../../twin/scenarios/scenario.ts';

export interface AssumedPrograms {
  readonly standIns: readonly StandIn[];
  /** For a scenario's `objects`. */
  readonly objects: readonly KubeDraft[];
  readonly assumptions: readonly string[];
}

interface OperatorKind {
  readonly operator: StandIn['operator'];
  readonly name: string;
  readonly group: string;
  /** Where nothing of the input tells its namespace. */
  readonly namespace: string;
}

const OPERATORS: readonly OperatorKind[] = [
  {
    operator: 'sriov-network-operator',
    name: 'the SR-IOV operator',
    group: 'sriovnetwork.openshift.io',
    namespace: 'network-operator',
  },
  {
    operator: 'network-operator',
    name: 'the network operator',
    group: 'mellanox.com',
    namespace: 'network-operator',
  },
];

const groupOf = (apiVersion: string): string => apiVersion.split('/')[0] ?? '';

const WITH_TEMPLATE: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);

const containersOf = (object: KubeObject): readonly (string | undefined)[] => {
  const path = WITH_TEMPLATE.has(object.kind) ? ['spec', 'template', 'spec', 'containers'] : ['spec', 'containers'];
  return object.kind === 'Pod' || WITH_TEMPLATE.has(object.kind)
    ? digList(object, ...path).map((container) => digText(container, 'name'))
    : [];
};

/** A pod whose node is not in the input has nothing that would run it. */
const runsNowhere = (object: KubeObject, nodes: ReadonlySet<string>): boolean => {
  const node = digText(object, 'spec', 'nodeName');
  return object.kind === 'Pod' && node !== undefined && !nodes.has(node);
};

/** By its pods, where the input has some of it, else by the workload that would make them. */
const isShown = (operator: string, objects: readonly KubeObject[]): boolean => {
  const nodes = new Set(objects.flatMap(({ kind, metadata }) => (kind === 'Node' ? [metadata.name] : [])));
  const found = objects.filter((object) => containersOf(object).includes(operator));
  const pods = found.filter(({ kind }) => kind === 'Pod');
  return pods.length === 0 ? found.length > 0 : pods.some((pod) => !runsNowhere(pod, nodes));
};

/** Objects that steps of the plan change. */
const targetsOf = (plan: Plan | undefined) =>
  (plan?.steps ?? []).flatMap(({ act }) => (act.do === 'patch-object' ? [act.target] : []));

const standInFor = (
  { operator, name, group, namespace }: OperatorKind,
  objects: readonly KubeObject[],
  plan: Plan | undefined,
): { readonly standIn: StandIn; readonly because: string } | undefined => {
  if (isShown(operator, objects)) return undefined;
  const owned = objects.filter(({ apiVersion }) => groupOf(apiVersion) === group);
  const targets = targetsOf(plan).filter(({ apiVersion }) => groupOf(apiVersion) === group);
  if (owned.length === 0 && targets.length === 0) return undefined;
  const where =
    targets.find((target) => target.namespace !== undefined)?.namespace ??
    owned.find(({ metadata }) => metadata.namespace !== undefined)?.metadata.namespace ??
    namespace;
  return {
    standIn: { operator, namespace: where },
    because: `${name} is assumed to run in ${where}, on no node of the input: the input has no Deployment or pod of it that could run`,
  };
};

const CONFIG = 'SriovOperatorConfig';

/** What the config daemon's own DaemonSet selects by, without what a plan of ours adds. */
const daemonSelector = (snapshot: Snapshot): Readonly<Record<string, string>> => {
  const set = objectsOf(snapshot, 'DaemonSet').find(
    ({ object }) => object.metadata.name === 'sriov-network-config-daemon',
  );
  const { [DAEMON_LABEL]: _ours, ...selector } = digTexts(set?.object, 'spec', 'template', 'spec', 'nodeSelector');
  return selector;
};

/** Only where the plan changes it: a cluster may well have none, and then its operator does nothing. */
const configFor = (snapshot: Snapshot, plan: Plan | undefined): KubeDraft | undefined => {
  const target = targetsOf(plan).find(({ kind }) => kind === CONFIG);
  if (target === undefined || objectsOf(snapshot, CONFIG).length > 0) return undefined;
  const selector = daemonSelector(snapshot);
  return {
    apiVersion: target.apiVersion,
    kind: CONFIG,
    metadata: { name: target.name, namespace: target.namespace ?? 'default' },
    spec: { ...(Object.keys(selector).length > 0 && { configDaemonNodeSelector: selector }) },
  };
};

/** Nothing else of the input may lie in it. */
const namespaceOf = ({ metadata }: KubeDraft): KubeDraft => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: metadata?.namespace ?? 'default' },
});

export const assumedPrograms = (snapshot: Snapshot, plan: Plan | undefined): AssumedPrograms => {
  const objects = snapshot.objects.map(({ object }) => object);
  const found = OPERATORS.flatMap((kind) => standInFor(kind, objects, plan) ?? []);
  const config = configFor(snapshot, plan);
  return {
    standIns: found.map(({ standIn }) => standIn),
    objects: config === undefined ? [] : [namespaceOf(config), config],
    assumptions: [
      ...found.map(({ because }) => because),
      ...(config === undefined
        ? []
        : [
            `${CONFIG} ${config.metadata?.name ?? ''} is assumed to be there, since the plan changes it; the input does not hold it`,
          ]),
    ],
  };
};
