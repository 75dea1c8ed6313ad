/** Pods that have to start anew, node by node, and pods that failed for good and only stand in the way of new ones. */
import type { Facts } from '../../diagnosis/facts.ts';
import { digFlag, digList, digText } from '../../model/dig.ts';
import { objectPath, type KubeObject } from '../../model/kube-object.ts';
import { ok, type Result } from '../../result.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';

interface Restarted {
  readonly what: string;
  /** Names of the pods, whoever deployed them. */
  readonly named: RegExp;
  readonly effect: string;
}

const PLUGIN_EFFECT =
  'until it has registered again (seconds) the node offers no devices of it, and pods that start there may fail; pods that run keep their devices';

const SRIOV_PLUGIN: Restarted = {
  what: 'the SR-IOV device plugin',
  named: /^(?:kube-)?sriov-device-plugin/,
  effect: PLUGIN_EFFECT,
};
const RDMA_PLUGIN: Restarted = {
  what: 'the RDMA shared device plugin',
  named: /^rdma-shared-dp/,
  effect: PLUGIN_EFFECT,
};
const CONFIG_DAEMON: Restarted = {
  what: 'the SR-IOV config daemon',
  named: /^sriov-network-config-daemon/,
  effect:
    'the daemon looks at its node anew: if a change is pending after all, it asks for its drain or restart as it would have anyway',
};
const MULTUS: Restarted = {
  what: 'Multus',
  named: /^(?:kube-)?multus/,
  effect: 'pods that start on the node meanwhile are tried again by the kubelet',
};

/** A label that selects all of these pods and no other kind of pod in their namespace. */
const selectorOf = (facts: Facts, pods: readonly KubeObject[], named: RegExp): string | undefined => {
  const [first] = pods;
  const namespace = first?.metadata.namespace;
  const label = ['app', 'name', 'component', 'app.kubernetes.io/name'].find((key) => {
    const value = first?.metadata.labels?.[key];
    const isHere = ({ metadata }: KubeObject): boolean =>
      metadata.namespace === namespace && metadata.labels?.[key] === value;
    return (
      value !== undefined &&
      pods.every(isHere) &&
      facts.objects('Pod').every(({ object }) => !isHere(object) || named.test(object.metadata.name))
    );
  });
  return label === undefined ? undefined : `${label}=${first?.metadata.labels?.[label] ?? ''}`;
};

const readyNodes = (facts: Facts, nodes: readonly string[]): readonly string[] =>
  nodes.filter((name) =>
    digList(facts.object('Node', name)?.object, 'status', 'conditions').every(
      (one) => digText(one, 'type') !== 'Ready' || digText(one, 'status') === 'True',
    ),
  );

const restart = ({ problem, facts }: FixAsked, { what, named, effect }: Restarted): Result<Fix> => {
  const pods = facts.objects('Pod').flatMap(({ object }) => (named.test(object.metadata.name) ? [object] : []));
  const wanted = new Set(problem.nodes);
  const here = pods.filter((pod) => wanted.size === 0 || wanted.has(digText(pod, 'spec', 'nodeName') ?? ''));
  const nodes = [...new Set(here.flatMap((pod) => digText(pod, 'spec', 'nodeName') ?? []))].toSorted();
  const [first] = here;
  if (first === undefined || nodes.length === 0)
    return cannot(
      `The input shows no pod of ${what}${wanted.size === 0 ? '' : ` on ${problem.nodes.join(', ')}`}, so there is none to restart; kubectl get pods -A -o yaml shows them.`,
    );
  const away = nodes.filter((name) => !readyNodes(facts, nodes).includes(name));
  if (away.length > 0)
    return cannot(
      `${away.join(', ')} ${away.length === 1 ? 'is' : 'are'} not Ready: no pod can start there now, so none is restarted.`,
    );
  const selector = selectorOf(facts, here, named);
  if (selector === undefined)
    return cannot(
      `No label selects the pods of ${what} alone, so a restart by label would take others with it; delete ${objectPath(first)} by its name.`,
    );
  const act = { namespace: first.metadata.namespace ?? 'default', selector, nodes };
  return ok({
    steps: [
      {
        id: `restart-${selector.split('=')[1] ?? ''}`,
        title: `Restart ${what} on ${nodes.join(', ')}${nodes.length > 1 ? ', one node after the other' : ''}`,
        because: problem.summary,
        act: { do: 'restart-pods', ...act },
        proof: { is: 'pods-restarted', ...act },
        back: { none: 'a restarted pod has no way back, and needs none' },
      },
    ],
    effects: [effect],
  });
};

export const fixStalePlugin = (asked: FixAsked): Result<Fix> =>
  restart(asked, asked.problem.fingerprint.endsWith('/rdma') ? RDMA_PLUGIN : SRIOV_PLUGIN);

export const fixUnseenVf = (asked: FixAsked): Result<Fix> =>
  asked.problem.fingerprint.endsWith('/unbound')
    ? cannot('The VF has no driver now either, so the plug-in would pass over it again: bind it first.')
    : restart(asked, SRIOV_PLUGIN);

export const fixStaleAnnotation = (asked: FixAsked): Result<Fix> => {
  const fix = restart(asked, CONFIG_DAEMON);
  if (!fix.ok) return fix;
  const nodes = asked.problem.nodes.join(' ');
  return ok({
    ...fix.value,
    effects: [
      ...(fix.value.effects ?? []),
      `not planned: writing Idle by hand, which skips a drain that is needed after all. Only where the word stays two minutes after the restart: kubectl annotate node ${nodes} sriovnetwork.openshift.io/desired-state=Idle --overwrite`,
    ],
  });
};

export const fixMultusToken = (asked: FixAsked): Result<Fix> => restart(asked, MULTUS);

const isOver = ({ object }: { readonly object: KubeObject }): boolean =>
  digText(object, 'status', 'phase') === 'Failed' && digText(object, 'status', 'reason') === 'UnexpectedAdmissionError';

export const fixFailedPods = ({ problem, facts }: FixAsked): Result<Fix> => {
  const nodes = new Set(problem.nodes);
  const failed = facts
    .objects('Pod')
    .filter(isOver)
    .filter(({ object }) => nodes.has(digText(object, 'spec', 'nodeName') ?? ''))
    .map(({ object }) => object);
  const isMadeAgain = (pod: KubeObject): boolean =>
    digList(pod, 'metadata', 'ownerReferences').some((owner) => digFlag(owner, 'controller') === true);
  const pods = failed.flatMap((pod) => {
    const { namespace, name, uid } = pod.metadata;
    return isMadeAgain(pod) && namespace !== undefined && uid !== undefined ? [{ namespace, name, uid }] : [];
  });
  const kept = failed.filter((pod) => !isMadeAgain(pod));
  if (pods.length === 0)
    return cannot(
      kept.length > 0
        ? `${kept.map(objectPath).join(', ')}: no controller makes ${kept.length === 1 ? 'it' : 'them'} anew, so deleting ${kept.length === 1 ? 'it' : 'them'} is for the owner.`
        : 'The input does not show the failed pods themselves; kubectl get pods -A --field-selector status.phase=Failed -o yaml does.',
    );
  return ok({
    steps: [
      {
        id: 'delete-failed-pods',
        title: `Delete ${pods.length === 1 ? 'the pod' : `${pods.length} pods`} that failed for good: ${pods.map(({ namespace, name }) => `${namespace}/${name}`).join(', ')}`,
        because: problem.summary,
        act: { do: 'delete-pods', pods },
        proof: { is: 'pods-gone', pods },
        back: { none: 'a failed pod does not run again; its controller makes a new one' },
      },
    ],
    effects: [
      'their last logs go with them',
      ...(kept.length > 0
        ? [`left alone, since nothing would make them anew: ${kept.map(objectPath).join(', ')}`]
        : []),
    ],
  });
};
