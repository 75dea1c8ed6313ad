/**
 * Does a managed node's driver pod run its DaemonSet's newest template? Remembers the newest hash of each DaemonSet,
 * and answers 'unknown' where a dump does not hold what upstream would read.
 */
import { digText } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { fail } from '../result.ts';
import type { Fault, Result } from '../result.ts';
import { objectName } from './managed-node.ts';
import type { ManagedNode } from './managed-node.ts';
import { runningImage, wantedImage } from './template-change.ts';
import { newestHash, REVISION_HASH_LABEL } from './revision.ts';

export type PodSync =
  | { readonly is: 'current'; readonly hash: string }
  | { readonly is: 'outdated'; readonly hash: string; readonly newest: string }
  /** No owner: never current, and never a reason for an upgrade by itself. */
  | { readonly is: 'orphan' }
  | { readonly is: 'unknown'; readonly because: string; readonly settle: string }
  /** Upstream cannot tell either, and ends the pass. */
  | { readonly is: 'fault'; readonly fault: Fault };

export const podSyncReader = (
  revisions: readonly KubeObject[],
  partial: boolean,
): ((managed: ManagedNode) => PodSync) => {
  const newest = new Map<KubeObject, Result<string>>();
  const newestOf = (daemonSet: KubeObject): Result<string> => {
    const found = newest.get(daemonSet) ?? newestHash(daemonSet, revisions);
    newest.set(daemonSet, found);
    return found;
  };
  return ({ pod, daemonSet }) => {
    if (daemonSet === undefined) return { is: 'orphan' };
    const hash = digText(pod, 'metadata', 'labels', REVISION_HASH_LABEL);
    if (hash === undefined) return { is: 'fault', fault: fail('upstream-no-hash', hashMissing(pod)).fault };
    const wanted = newestOf(daemonSet);
    if (wanted.ok)
      return wanted.value === hash ? { is: 'current', hash } : { is: 'outdated', hash, newest: wanted.value };
    return partial ? withoutRevisions(pod, daemonSet, hash) : { is: 'fault', fault: wanted.fault };
  };
};

const hashMissing = (pod: KubeObject): string =>
  `driver pod ${objectName(pod)} has no label ${REVISION_HASH_LABEL}; upstream ends the pass for all nodes until that pod is deleted`;

/**
 * Dumps seldom hold ControllerRevisions. The DaemonSet controller's own generation says as much where it is given, and
 * another driver image is another template; equal images alone prove nothing.
 */
const withoutRevisions = (pod: KubeObject, daemonSet: KubeObject, hash: string): PodSync => {
  const [made, now] = [
    digText(pod, 'metadata', 'labels', 'pod-template-generation'),
    digText(daemonSet, 'metadata', 'annotations', 'deprecated.daemonset.template.generation'),
  ];
  if (made !== undefined && made === now) return { is: 'current', hash };
  if (made !== undefined && now !== undefined)
    return { is: 'outdated', hash: `generation ${made}`, newest: `generation ${now}` };
  const [running, wanted] = [runningImage(pod), wantedImage(daemonSet)];
  if (running !== undefined && wanted !== undefined && running !== wanted)
    return { is: 'outdated', hash, newest: 'another one' };
  return {
    is: 'unknown',
    because: `the input holds no ControllerRevision of DaemonSet ${objectName(daemonSet)}, so whether driver pod ${objectName(pod)} is current cannot be told`,
    settle: `kubectl get controllerrevisions -n ${digText(daemonSet, 'metadata', 'namespace') ?? 'nvidia-network-operator'} -o yaml`,
  };
};
