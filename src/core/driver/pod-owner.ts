/** Which DaemonSet a driver pod belongs to. */
import { dig, digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectName } from './managed-node.ts';

export type Owner = KubeObject | 'orphan' | 'stranger';

/**
 * Upstream compares the UID of the first owner and ignores pods of other DaemonSets. A dump may hold a pod without its
 * DaemonSet, or the two from different hours: there the name is enough, and a missing DaemonSet is stood in for.
 */
export const ownerFinder = (daemonSets: readonly KubeObject[], lenient: boolean): ((pod: KubeObject) => Owner) => {
  const byUid = new Map(daemonSets.map((daemonSet) => [digText(daemonSet, 'metadata', 'uid') ?? '', daemonSet]));
  const byName = new Map(daemonSets.map((daemonSet) => [objectName(daemonSet), daemonSet]));
  return (pod) => {
    const owner = dig(pod, 'metadata', 'ownerReferences', 0);
    if (owner === undefined) return 'orphan';
    const found = byUid.get(digText(owner, 'uid') ?? '');
    const name = digText(owner, 'name');
    if (found !== undefined || !lenient || name === undefined || dig(owner, 'kind') !== 'DaemonSet')
      return found ?? 'stranger';
    const standIn = byName.get(name) ?? daemonSetNamed(name, digText(pod, 'metadata', 'namespace'));
    byName.set(name, standIn);
    return standIn;
  };
};

const daemonSetNamed = (name: string, namespace: string | undefined): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, ...(namespace !== undefined && { namespace }) },
});
