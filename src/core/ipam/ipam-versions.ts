/**
 * What each version of nv-ipam can do, as data: which version brought a feature, and which nv-ipam a network-operator
 * release carries. What a missing feature means for a pool is decided where the pool is read or allocated.
 */

/** The first nv-ipam version with a feature (tags of Mellanox/nvidia-k8s-ipam, read at each tag). */
const FIRST_WITH = {
  /** Pools as custom resources; before, a ConfigMap and node annotations. */
  ipPool: [0, 1, 0],
  cidrPool: [0, 2, 0],
  exclusions: [0, 2, 0],
  /** `routes` and `defaultGateway`. */
  routes: [0, 3, 0],
  /** Blocks of one address, and /31, /32, /127, /128 handed out from their network address on. */
  blockOfOne: [0, 3, 5],
  perNodeExclusions: [0, 4, 0],
  /** The controller passes over blocks and prefixes that exclusions cover wholly (Mellanox/nvidia-k8s-ipam#154: before, it gave them out). */
  skipsExcludedBlocks: [0, 4, 0],
} as const satisfies Readonly<Record<string, Version>>;

/** From 25.7.0 on, images carry the operator's tag; the first operator release with each nv-ipam state. */
const CARRIED_BY_OPERATOR: readonly (readonly [operator: Version, ipam: Version])[] = [
  [
    [26, 1, 0],
    [0, 4, 0],
  ],
  [
    [25, 7, 0],
    [0, 3, 7],
  ],
];

type Version = readonly [number, number, number];

export type IpamFeature = keyof typeof FIRST_WITH;

export interface IpamRelease {
  /** As it was given, for sentences: `v0.3.7`, `network-operator-v25.10.0`. */
  readonly tag: string;
  readonly has: Readonly<Record<IpamFeature, boolean>>;
}

const atLeast = (version: Version, wanted: Version): boolean => {
  const differing = version.findIndex((part, index) => part !== wanted[index]);
  return differing < 0 || (version[differing] ?? 0) > (wanted[differing] ?? 0);
};

const release = (tag: string, version: Version): IpamRelease => ({
  tag,
  has: Object.fromEntries(
    Object.entries(FIRST_WITH).map(([feature, first]) => [feature, atLeast(version, first)]),
  ) as Readonly<Record<IpamFeature, boolean>>,
});

/** The version whose behaviour is answered where none is named. */
export const NEWEST_IPAM: IpamRelease = release('v0.4.0', [0, 4, 0]);

/** First version with a feature, for a way out: `v0.4.0`. */
export const firstVersionWith = (feature: IpamFeature): string => `v${FIRST_WITH[feature].join('.')}`;

/**
 * Reads an image tag: `v0.3.7`, `0.3.7`, `network-operator-v25.10.0`, each with any suffix after `-`.
 * Undefined for a tag that tells no version (a digest, `latest`): then the version is unknown, not the newest.
 */
export const readIpamRelease = (tag: string): IpamRelease | undefined => {
  const read = /^(network-operator-)?v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-[\w.-]*)?$/.exec(tag);
  if (read === null) return undefined;
  const version: Version = [Number(read[2]), Number(read[3]), Number(read[4])];
  if (read[1] === undefined) return release(tag, version);
  const carried = CARRIED_BY_OPERATOR.find(([operator]) => atLeast(version, operator));
  return carried === undefined ? undefined : release(tag, carried[1]);
};
