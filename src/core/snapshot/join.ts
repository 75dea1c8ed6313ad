/**
 * Several inputs as one snapshot: objects from a cluster and host text from files, or two dumps of the same cluster. Of an
 * object that stands in several, the one of the earlier input counts: what is given first is trusted first.
 */
import { objectPath } from '../model/kube-object.ts';
import type { Snapshot } from './snapshot.ts';

export const joinSnapshots = (snapshots: readonly Snapshot[]): Snapshot => {
  const seen = new Set<string>();
  const objects = snapshots.flatMap((snapshot) => {
    const own = new Set<string>();
    const kept = snapshot.objects.filter(({ object }) => {
      const key = `${object.apiVersion} ${objectPath(object)}`;
      own.add(key);
      return !seen.has(key);
    });
    for (const key of own) seen.add(key);
    return kept;
  });
  return {
    objects,
    texts: snapshots.flatMap(({ texts }) => texts),
    gaps: snapshots.flatMap(({ gaps }) => gaps),
    listed: new Set(snapshots.flatMap(({ listed }) => [...listed])),
    sources: snapshots.flatMap(({ sources }) => sources),
    dumps: snapshots.flatMap(({ dumps = [] }) => dumps),
  };
};
