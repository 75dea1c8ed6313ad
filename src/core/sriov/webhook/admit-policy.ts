/** The validating webhook's whole answer about one policy (validateSriovNetworkNodePolicy). */
import { isIgnoredPolicy } from '../network-node-policy.ts';
import type { SriovNetworkNodePolicy } from '../network-node-policy.ts';
import type { InterfaceStatus } from '../network-node-state.ts';
import { nameResolver } from '../nic-selector.ts';
import { preparePolicy } from '../prepared-policy.ts';
import { validateOnNode } from './validate-node.ts';
import { validatePair } from './validate-pair.ts';
import { validateStatic } from './validate-static.ts';
import type { StaticFacts } from './validate-static.ts';
import { ACCEPT, refuse } from './verdict.ts';
import type { Verdict } from './verdict.ts';

export interface AdmissionNode {
  readonly labels: Readonly<Record<string, string>>;
  readonly providerId?: string;
  /** Absent where the node has no SriovNetworkNodeState. */
  readonly interfaces?: readonly InterfaceStatus[];
}

export interface AdmissionWorld extends StaticFacts {
  readonly nodes: readonly AdmissionNode[];
  /** The policies that are there; one of the same name as the new one is the one that it replaces. */
  readonly policies: readonly SriovNetworkNodePolicy[];
}

/** What the nodes say about a policy that passed the static checks. */
const validateOnNodes = (policy: SriovNetworkNodePolicy, { nodes, policies, nics }: AdmissionWorld): Verdict => {
  const existing = policies.map(preparePolicy);
  const selectsNode = preparePolicy(policy).selectsNode;
  let nodesSelected = false;
  let interfaceSelected = false;
  for (const { labels, interfaces, providerId } of nodes) {
    if (!selectsNode(labels)) continue;
    nodesSelected = true;
    if (interfaces !== undefined) {
      const onNode = validateOnNode(policy, { interfaces, nics, ...(providerId === undefined ? {} : { providerId }) });
      interfaceSelected ||= onNode.interfaceSelected;
      if (!onNode.verdict.accept) return onNode.verdict;
    }
    const resolve = nameResolver(interfaces ?? []);
    for (const other of existing) {
      if (!other.selectsNode(labels)) continue;
      const pair = validatePair(policy, other.policy, resolve);
      if (!pair.accept) return pair;
    }
  }
  if (!nodesSelected)
    return refuse(`no matched node is selected by the nodeSelector in CR ${policy.name}`, 'nodeSelector');
  if (!interfaceSelected)
    return refuse(`no supported NIC is selected by the nicSelector in CR ${policy.name}`, 'nicSelector');
  return ACCEPT;
};

export const admitPolicy = (policy: SriovNetworkNodePolicy, world: AdmissionWorld): Verdict => {
  if (isIgnoredPolicy(policy)) return ACCEPT;
  const alone = validateStatic(policy, world);
  return alone.accept ? validateOnNodes(policy, world) : alone;
};
