/**
 * Where the operators live, found and not assumed: by the kinds that only they make, by the pods that only they run and
 * by their Helm records. No namespace name is built in; `--operator-namespace` overrides.
 */
import { digList, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

export interface Operators {
  /** Namespaces in which an operator of this field runs or keeps its objects, the most likely first. */
  readonly namespaces: readonly string[];
  /** `resourcePrefix` of the SR-IOV operator, where its Deployment or pod says so. */
  readonly resourcePrefix?: string;
}

/** Kinds that live in the namespace of the operator that makes or reads them. */
const OPERATOR_KINDS = new Set([
  'SriovNetworkNodeState',
  'SriovNetworkNodePolicy',
  'SriovOperatorConfig',
  'SriovNetworkPoolConfig',
  'IPPool',
  'CIDRPool',
  'DPFOperatorConfig',
]);

/** Container names that the operators' own pods have, wherever they were installed. */
const OPERATOR_CONTAINERS = new Set([
  'sriov-network-operator',
  'sriov-network-config-daemon',
  'network-operator',
  'mofed-container',
  'nv-ipam-node',
  'nv-ipam-controller',
]);

/** The SR-IOV operator's own pod or Deployment, whatever Helm put before its name. */
export const isSriovOperator = ({ kind, metadata: { name } }: KubeObject): boolean =>
  (kind === 'Pod' || kind === 'Deployment') && /(?:^|-)sriov-network-operator(?:-[a-z0-9]+-[a-z0-9]+)?$/.test(name);

const HELM_RECORD = /^sh\.helm\.release\.v1\.(?:.*network-operator.*|sriov.*|dpf.*)\.v\d+$/;

export const findOperators = (snapshot: Snapshot, override?: string): Operators => {
  const votes = new Map<string, number>();
  let resourcePrefix: string | undefined;
  const vote = (namespace: string | undefined, weight: number): void => {
    if (namespace !== undefined) votes.set(namespace, (votes.get(namespace) ?? 0) + weight);
  };
  for (const { object } of snapshot.objects) {
    const { namespace, name } = object.metadata;
    if (OPERATOR_KINDS.has(object.kind)) vote(namespace, 1);
    if (object.kind === 'Secret' && HELM_RECORD.test(name)) vote(namespace, 5);
    const spec =
      object.kind === 'Pod'
        ? ['spec']
        : object.kind === 'Deployment' || object.kind === 'DaemonSet'
          ? ['spec', 'template', 'spec']
          : undefined;
    if (spec === undefined) continue;
    for (const container of digList(object, ...spec, 'containers')) {
      if (!OPERATOR_CONTAINERS.has(digText(container, 'name') ?? '')) continue;
      vote(namespace, 5);
      for (const variable of digList(container, 'env'))
        if (digText(variable, 'name') === 'RESOURCE_PREFIX') resourcePrefix ??= digText(variable, 'value');
    }
  }
  const found = [...votes].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([namespace]) => namespace);
  return {
    namespaces: override === undefined ? found : [override],
    ...(resourcePrefix === undefined ? {} : { resourcePrefix }),
  };
};
