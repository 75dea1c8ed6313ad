/**
 * Is a driver pod made from its DaemonSet's newest template? Upstream compares the pod's controller-revision-hash with
 * the name of the newest ControllerRevision, so any template change counts, cosmetic or not (D9; network-operator.md 3.6).
 */
import { digNumber, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectName } from './managed-node.ts';
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

export const REVISION_HASH_LABEL = 'controller-revision-hash';

/** The hash of the newest revision of one DaemonSet, or upstream's reason to end the pass. */
export const newestHash = (daemonSet: KubeObject, revisions: readonly KubeObject[]): Result<string> => {
  const name = objectName(daemonSet);
  const namespace = digText(daemonSet, 'metadata', 'namespace') ?? '';
  const wanted = Object.entries(digTexts(daemonSet, 'spec', 'selector', 'matchLabels'));
  let newest: KubeObject | undefined;
  for (const revision of revisions) {
    if ((digText(revision, 'metadata', 'namespace') ?? '') !== namespace) continue;
    // A prefix and no more: upstream takes the revisions of mofed-a-ds-b for those of mofed-a-ds too.
    if (!objectName(revision).startsWith(name)) continue;
    if (!wanted.every(([key, value]) => digText(revision, 'metadata', 'labels', key) === value)) continue;
    if (newest === undefined || revisionNumber(revision) >= revisionNumber(newest)) newest = revision;
  }
  if (newest === undefined)
    return fail(
      'upstream-no-revision',
      `DaemonSet ${namespace}/${name} has no ControllerRevision, so nobody can tell which driver pods are current; look at kubectl get controllerrevisions -n ${namespace}`,
    );
  const full = objectName(newest);
  return ok(full.startsWith(`${name}-`) ? full.slice(name.length + 1) : full);
};

const revisionNumber = (revision: KubeObject): number => digNumber(revision, 'revision') ?? 0;
