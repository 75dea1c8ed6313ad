/** The upgrade is on and the node has no driver pod: no pass ever touches it. */
import type { KubeObject } from '../../model/kube-object.ts';
import { reasonsAgainst } from '../daemon-set-fit.ts';
import type { DriverManager } from '../driver-managers.ts';
import { podNode } from '../driver-pod.ts';
import { objectName } from '../managed-node.ts';
import { stateName } from '../upgrade-state.ts';
import type { Explanation } from './explanation.ts';

export const explainNoPod = (node: KubeObject, state: string, manager: DriverManager): Explanation => {
  const name = objectName(node);
  const fits = manager.input.daemonSets
    .map((daemonSet) => ({ name: objectName(daemonSet), against: reasonsAgainst(daemonSet, node) }))
    .toSorted((one, other) => one.against.length - other.against.length);
  const [nearest] = fits;
  const wanted = fits.find(({ against }) => against.length === 0);
  const pending = manager.input.driverPods.find((pod) => podNode(pod) === '');
  const reason =
    manager.input.daemonSets.length === 0
      ? 'there is no driver DaemonSet'
      : wanted !== undefined
        ? `DaemonSet ${wanted.name} selects it${pending === undefined ? '' : `, and pod ${objectName(pending)} is not scheduled yet`}`
        : `no driver DaemonSet selects it; ${nearest?.name ?? ''} does not because ${nearest?.against.slice(0, 2).join(' and ') ?? ''}`;
  return {
    node: name,
    manager: manager.name,
    state,
    because: `no driver pod is on this node, so it is not managed and its label ${stateName(state)} stays as it is: ${reason}`,
    next: 'a pass looks at the node as soon as a driver pod runs on it',
    todo:
      wanted === undefined && manager.input.daemonSets.length > 0
        ? [{ what: 'if the node should have the driver, give it what the DaemonSet asks for; NFD sets those labels' }]
        : [],
    defects: [],
    unknown: manager.gaps,
  };
};
