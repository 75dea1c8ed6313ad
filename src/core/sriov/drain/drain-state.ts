/**
 * The annotations by which the SR-IOV operator's daemon and its drain controller talk, and how they are read from the two
 * objects of a node (reference: sriov.md 1.2).
 */
import { digTexts } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import type { DrainNode } from './drain-controller.ts';

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

export const DRAIN_STATES = ['Idle', 'Draining', 'DrainComplete'] as const;
export type DrainState = (typeof DRAIN_STATES)[number];

const stateOf = (nodeState: KubeObject): NonNullable<DrainNode['nodeState']> => {
  const annotations = digTexts(nodeState, 'metadata', 'annotations');
  const desired = annotations[DESIRED_STATE_KEY];
  const current = annotations[CURRENT_STATE_KEY];
  return {
    ...(desired === undefined ? {} : { desired }),
    ...(current === undefined ? {} : { current }),
    ...(annotations[EXTERNAL_DRAINER_KEY] === 'true' ? { externalDrainer: true } : {}),
  };
};

/** What the drain controller knows of a node: its Node, and its SriovNetworkNodeState where there is one. */
export const readDrainNode = (node: KubeObject, nodeState: KubeObject | undefined): DrainNode => {
  const request = digTexts(node, 'metadata', 'annotations')[NODE_STATE_KEY];
  return {
    name: node.metadata.name,
    labels: digTexts(node, 'metadata', 'labels'),
    ...(request === undefined ? {} : { request }),
    ...(nodeState === undefined ? {} : { nodeState: stateOf(nodeState) }),
  };
};
