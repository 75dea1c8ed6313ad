/** What the validating webhook checks of a policy against one node's PFs (validatePolicyForNodeState). */
import { isIgnoredPolicy } from '../network-node-policy.ts';
import type { PolicySpec, SriovNetworkNodePolicy } from '../network-node-policy.ts';
import type { InterfaceStatus } from '../network-node-state.ts';
import { interfaceTest } from '../nic-selector.ts';
import { VENDOR_INTEL, VENDOR_NVIDIA } from '../supported-nics.ts';
import type { SupportedNics } from '../supported-nics.ts';
import { ACCEPT, refuse } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** More VFs than any NVIDIA firmware gives: 127 is its usual limit, which the webhook does not know. */
export const NVIDIA_WEBHOOK_LIMIT = 128;

export interface NodeFacts {
  readonly interfaces: readonly InterfaceStatus[];
  /** spec.providerID of the Node; tells virtual platforms, where VFs are selected in place of PFs. */
  readonly providerId?: string;
  readonly nics: SupportedNics;
}

export interface NodeVerdict {
  readonly verdict: Verdict;
  /** Whether a PF of a supported model was selected, before a check refused. */
  readonly interfaceSelected: boolean;
}

/** Platforms whose machines are handed VFs (pkg/vars, PlatformsMap). */
const VIRTUAL_PLATFORMS = ['openstack', 'aws'];

/**
 * The webhook's selection: the nicSelector without its netFilter, and only supported models. A VF model counts on a
 * virtual platform where the netFilter is equal to the letter.
 */
const selection = ({ nicSelector }: PolicySpec, { nics, providerId = '' }: NodeFacts) => {
  const matches = interfaceTest({ ...nicSelector, netFilter: '' });
  const platform = providerId.toLowerCase();
  const isVirtual = VIRTUAL_PLATFORMS.some((name) => platform.includes(name));
  return (iface: InterfaceStatus): boolean =>
    matches(iface) &&
    (nics.hasModel(iface.vendor, iface.deviceID) ||
      (isVirtual &&
        nicSelector.netFilter !== '' &&
        nicSelector.netFilter === iface.netFilter &&
        nics.hasVfModel(iface.vendor, iface.deviceID)));
};

const tooMany = (numVfs: number, name: string, limit: number, iface: InterfaceStatus): Verdict =>
  refuse(
    `numVfs(${numVfs}) in CR ${name} exceed the maximum allowed value(${limit}) interface(${iface.name})`,
    'numVfs',
  );

const checkInterface = ({ name, spec }: SriovNetworkNodePolicy, iface: InterfaceStatus): Verdict | undefined => {
  const { numVfs, mtu, linkType } = spec;
  if (numVfs === 0 && !isIgnoredPolicy({ name })) return refuse(`numVfs(0) in CR ${name} is not allowed`, 'numVfs');
  if (numVfs > iface.totalvfs && iface.vendor === VENDOR_INTEL) return tooMany(numVfs, name, iface.totalvfs, iface);
  if (numVfs > NVIDIA_WEBHOOK_LIMIT && iface.vendor === VENDOR_NVIDIA)
    return tooMany(numVfs, name, NVIDIA_WEBHOOK_LIMIT, iface);
  if (spec.externallyManaged) {
    if (numVfs > iface.numVfs)
      return refuse(
        `numVfs(${numVfs}) in CR ${name} is higher than the virtual functions allocated for the PF externally value(${iface.numVfs})`,
        'numVfs',
      );
    if (mtu > iface.mtu)
      return refuse(
        `MTU(${mtu}) in CR ${name} is higher than the MTU for the PF externally value(${iface.mtu})`,
        'mtu',
      );
    if (linkType !== '' && linkType.toLowerCase() !== iface.linkType.toLowerCase())
      return refuse(
        `LinkType(${linkType}) in CR ${name} is not equal to the LinkType for the PF externally value(${iface.linkType})`,
        'linkType',
      );
  }
  if ((spec.vdpaType === 'virtio' || spec.vdpaType === 'vhost') && iface.vendor !== VENDOR_NVIDIA)
    return refuse(`vendor(${iface.vendor}) in CR ${name} not supported for vdpa interface(${iface.name})`, 'vdpaType');
  return undefined;
};

/** The first PF that is refused decides. That a policy selects no PF on any node is judged over all nodes (admit-policy.ts). */
export const validateOnNode = (policy: SriovNetworkNodePolicy, facts: NodeFacts): NodeVerdict => {
  const selects = selection(policy.spec, facts);
  let interfaceSelected = false;
  for (const iface of facts.interfaces) {
    if (!selects(iface)) continue;
    interfaceSelected = true;
    const verdict = checkInterface(policy, iface);
    if (verdict !== undefined) return { verdict, interfaceSelected };
  }
  return { verdict: ACCEPT, interfaceSelected };
};
