/** How nv-ipam refuses an address (nvidia-k8s-ipam pkg/ipam-node/handlers/allocate.go, at several releases). */

/** The node has a block, and nothing in it is free. */
export const NODE_HAS_NONE = /no free addresses in the (?:allocated range|pool)/;

/** The daemon of this node knows no pool of that name: it does not exist, or gives this node nothing. */
export const NO_SUCH_POOL = /configuration for pool \\?"?(?<pool>[^\s",\\]+)\\?"?(?:,? poolType \S+)? not found/;

export const BAD_EXCLUSIONS = /invalid exclusion range config/;
