/** The annotations by which the SR-IOV operator's daemon and drain controller talk (reference: sriov.md 1.2). */

const PREFIX = 'sriovnetwork.openshift.io';

/** On the Node, written by the daemon: what it asks for. */
export const NODE_STATE_KEY = `${PREFIX}/state`;
/** On the SriovNetworkNodeState, written by the daemon: the same request. */
export const DESIRED_STATE_KEY = `${PREFIX}/desired-state`;
/** On the SriovNetworkNodeState, written by the drain controller or an external drainer. */
export const CURRENT_STATE_KEY = `${PREFIX}/current-state`;
/** On the SriovNetworkNodeState: `true` keeps the drain controller away. */
export const EXTERNAL_DRAINER_KEY = `${PREFIX}/use-external-drainer`;

export const DRAIN_REQUESTS = ['Idle', 'Drain_Required', 'Reboot_Required'] as const;
export type DrainRequest = (typeof DRAIN_REQUESTS)[number];

export const DRAIN_STATES = ['Idle', 'Draining', 'DrainComplete'] as const;
export type DrainState = (typeof DRAIN_STATES)[number];
