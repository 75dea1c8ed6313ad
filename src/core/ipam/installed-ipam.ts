/** Which nv-ipam runs on a cluster, by the images and the NicClusterPolicy in a snapshot. */
import { digList, digText } from '../model/dig.ts';
import { objectPath } from '../model/kube-object.ts';
import type { Snapshot, SnapshotObject } from '../snapshot/snapshot.ts';
import { readIpamRelease } from './ipam-versions.ts';
import type { IpamRelease } from './ipam-versions.ts';

export interface InstalledIpam {
  readonly release: IpamRelease;
  /** The object that tells it. */
  readonly source: string;
}

/** One image serves controller, daemon and CNI plug-in; its name has always been this one. */
const IMAGE = /(?:^|\/)nvidia-k8s-ipam(?::([\w.-]+))?(?:@|$)/;

const tagOf = ({ object }: SnapshotObject): string | undefined => {
  if (object.kind === 'NicClusterPolicy') return digText(object, 'spec', 'nvIpam', 'version');
  const podSpec = object.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  return digList(object, ...podSpec, 'containers')
    .map((container) => IMAGE.exec(digText(container, 'image') ?? '')?.[1])
    .find((tag) => tag !== undefined);
};

/** What runs counts before what is asked for. */
const KINDS = ['Pod', 'Deployment', 'DaemonSet', 'NicClusterPolicy'];

export const installedIpam = (snapshot: Snapshot): InstalledIpam | undefined => {
  for (const kind of KINDS)
    for (const source of snapshot.objects) {
      if (source.object.kind !== kind) continue;
      const tag = tagOf(source);
      const release = tag === undefined ? undefined : readIpamRelease(tag);
      if (release !== undefined) return { release, source: objectPath(source.object) };
    }
  return undefined;
};
