/** Who else acts on the nodes of an input: its objects of the watched kinds, and which of these kinds it does not hold. */
import type { KubeObject } from '../model/kube-object.ts';
import { kindKey, type Gap, type Snapshot } from '../snapshot/snapshot.ts';
import { WATCHED_KINDS } from '../visit/others/watched-kinds.ts';

export type ObjectsByKind = ReadonlyMap<string, readonly KubeObject[]>;

const WATCHED: readonly string[] = WATCHED_KINDS.map(({ kind, group }) => `${kind}.${group}`);
const KEPT: ReadonlySet<string> = new Set([...WATCHED, 'DaemonSet.apps', 'Deployment.apps']);

/** A kind that was not read has no entry: that is no empty list. */
export const objectsByKind = ({ objects, listed }: Snapshot): ObjectsByKind => {
  const found = Map.groupBy(
    objects.map(({ object }) => object),
    ({ kind, apiVersion }) => kindKey(kind, apiVersion),
  );
  return new Map(
    [...KEPT].flatMap((key) => {
      const held = found.get(key);
      return held === undefined && !listed.has(key) ? [] : [[key, held ?? []] as const];
    }),
  );
};

export const unreadKinds = (kinds: ObjectsByKind): readonly Gap[] => {
  const unread = [
    ...new Set(WATCHED_KINDS.filter(({ kind, group }) => !kinds.has(`${kind}.${group}`)).map(({ kind }) => kind)),
  ];
  return unread.length === 0
    ? []
    : [
        {
          what: 'whether others would drain, restart or replace these nodes meanwhile',
          because: `the input does not hold ${unread.join(', ')}; each visit asks the cluster before it begins`,
          settle: 'nicwright plan activate-firmware, on the cluster itself',
        },
      ];
};
