/** The drain of one node of a snapshot, before it begins: gathers what core/drain asks for and names what is missing. */
import { budgetBook } from '../../core/drain/budgets.ts';
import { KUBECTL_DEFAULTS } from '../../core/drain/drain-options.ts';
import type { DrainOptions } from '../../core/drain/drain-options.ts';
import { nicResources } from '../../core/drain/nic-users.ts';
import type { DrainPurpose } from '../../core/drain/nic-users.ts';
import { controllerOf, isDaemonSet } from '../../core/drain/pod-facts.ts';
import { previewDrain } from '../../core/drain/preview-drain.ts';
import type { DrainPreview } from '../../core/drain/preview-drain.ts';
import { digText } from '../../core/model/dig.ts';
import type { KubeObject } from '../../core/model/kube-object.ts';
import { fail, ok } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { snapshotSeconds } from '../../core/snapshot/snapshot-time.ts';
import { objectsOf } from '../../core/snapshot/snapshot.ts';
import type { Gap, Snapshot } from '../../core/snapshot/snapshot.ts';

export interface NodePreviewQuestion {
  readonly node: string;
  readonly purpose: DrainPurpose;
  readonly snapshot: Snapshot;
  readonly options: DrainOptions;
  readonly clockMs: number;
}

export interface NodePreview {
  readonly preview: DrainPreview;
  readonly gaps: readonly Gap[];
}

/** DaemonSet pods are always left alone: nobody drains a node to have them created again at once. */
export const drainOptionsOf = (
  given: Pick<DrainOptions, 'force' | 'deleteEmptyDir' | 'podSelector'>,
): DrainOptions => ({ ...KUBECTL_DEFAULTS, ignoreDaemonSets: true, ...given });

const plain = (snapshot: Snapshot, kind: string): readonly KubeObject[] =>
  objectsOf(snapshot, kind).map(({ object }) => object);

const gapsOf = (snapshot: Snapshot, pods: readonly KubeObject[]): readonly Gap[] => {
  const knowsBudgets =
    plain(snapshot, 'PodDisruptionBudget').length > 0 || snapshot.listed.has('PodDisruptionBudget.policy');
  const hasDaemons = pods.some((pod) => isDaemonSet(controllerOf(pod)));
  const knowsDaemons = plain(snapshot, 'DaemonSet').length > 0 || snapshot.listed.has('DaemonSet.apps');
  return [
    ...(knowsBudgets
      ? []
      : [
          {
            what: 'whether budgets hold pods back',
            because: 'the input has no list of PodDisruptionBudgets',
            settle: 'kubectl get pdb -A -o yaml',
          },
        ]),
    ...(hasDaemons && !knowsDaemons
      ? [
          {
            what: 'whether the DaemonSets of pods still exist',
            because: 'the input has no DaemonSets, so all are taken to exist',
            settle: 'kubectl get ds -A -o yaml',
          },
        ]
      : []),
  ];
};

export const previewNode = ({
  node,
  purpose,
  snapshot,
  options,
  clockMs,
}: NodePreviewQuestion): Result<NodePreview> => {
  const allPods = plain(snapshot, 'Pod');
  const nodes = plain(snapshot, 'Node').map(({ metadata }) => metadata.name);
  const pods = allPods.filter((pod) => digText(pod, 'spec', 'nodeName') === node);
  if (pods.length === 0 && nodes.length > 0 && !nodes.includes(node))
    return fail('input-no-node', `There is no node ${node} in the input; it has ${showSome(nodes)}.`);
  if (allPods.length === 0 && !snapshot.listed.has('Pod'))
    return fail('input-no-pods', 'The input has no pods; give it the output of kubectl get pods -A -o yaml too.');
  const daemonSets = plain(snapshot, 'DaemonSet');
  const known = new Set(daemonSets.map(({ metadata }) => `${metadata.namespace ?? 'default'}/${metadata.name}`));
  const preview = previewDrain({
    node,
    purpose,
    pods,
    budgets: budgetBook(plain(snapshot, 'PodDisruptionBudget')),
    options,
    resources: nicResources(snapshot.objects.map(({ object }) => object)),
    nowMs: snapshotSeconds(snapshot, clockMs) * 1000,
    daemonSetExists: (namespace, name) => daemonSets.length === 0 || known.has(`${namespace}/${name}`),
  });
  return preview.ok ? ok({ preview: preview.value, gaps: gapsOf(snapshot, pods) }) : preview;
};

const showSome = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
