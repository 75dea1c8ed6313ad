/** The upgrade is on and the node has no driver pod: no pass ever touches it. */
import type { KubeObject } from '../../model/kube-object.ts';
import { daemonSetNodes } from '../../placement/daemonset-nodes.ts';
import type { DriverManager } from '../driver-managers.ts';
import { podNode } from '../driver-pod.ts';
import { objectName } from '../managed-node.ts';
import type { Explanation } from './explanation.ts';

const SHOWN = 2;

export const explainNoPod = (node: KubeObject, state: string, manager: DriverManager): Explanation => {
  const { daemonSets, driverPods } = manager.input;
  const verdicts = daemonSets.flatMap((daemonSet) =>
    daemonSetNodes(daemonSet, [node]).map((verdict) => ({ ...verdict, daemonSet: objectName(daemonSet) })),
  );
  const wanted = verdicts.find(({ wants }) => wants);
  const pending = driverPods.find((pod) => podNode(pod) === '');
  const reason =
    daemonSets.length === 0
      ? 'there is no driver DaemonSet'
      : wanted !== undefined
        ? `DaemonSet ${wanted.daemonSet} wants it${pending === undefined ? '' : `, and pod ${objectName(pending)} is not scheduled yet`}`
        : `no driver DaemonSet wants it: ${verdicts
            .slice(0, SHOWN)
            .map(({ daemonSet, because }) => `${daemonSet}, since ${because}`)
            .join('; ')}`;
  return {
    node: objectName(node),
    manager: manager.name,
    state,
    because: `no driver pod is on this node, so it is not managed${state === '' ? '' : ` and its label ${state} stays as it is`}: ${reason}`,
    next: 'a pass looks at the node as soon as a driver pod runs on it',
    todo:
      wanted === undefined && daemonSets.length > 0
        ? [{ what: 'if the node should have the driver, give it what the DaemonSet asks for; NFD sets those labels' }]
        : [],
    defects: [],
    unknown: manager.gaps,
  };
};
