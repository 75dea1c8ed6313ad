/** Two snapshots as one: the objects of a cluster with the host text of files beside them, say. */
import { overlay } from './overlay.ts';
import type { Snapshot } from './snapshot.ts';

/** Where both have an object, it is `over`'s: the live one, over what a file kept. */
export const joinSnapshots = (under: Snapshot, over: Snapshot): Snapshot => {
  const { objects } = overlay(under, over.objects);
  return {
    objects,
    texts: [...under.texts, ...over.texts],
    gaps: [...under.gaps, ...over.gaps],
    listed: new Set([...under.listed, ...over.listed]),
    sources: [...under.sources, ...over.sources],
  };
};
