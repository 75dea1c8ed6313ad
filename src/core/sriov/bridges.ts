/**
 * Software bridges of switchdev PFs (api/v1/helper.go, ApplyBridgeConfig). Only rendered where the feature gate
 * manageSoftwareBridges is on.
 */
import { fail } from '../result.ts';
import type { Fault } from '../result.ts';
import type { InterfaceStatus, OvsBridgeSpec } from './network-node-state.ts';
import { isEmptySelector } from './nic-selector.ts';
import type { PreparedPolicy } from './prepared-policy.ts';

/** By bridge name; upstream writes them sorted by it. */
export type BridgeDrafts = Map<string, OvsBridgeSpec>;

/** `br-0000_3b_00.0`. */
export const bridgeName = (pciAddress: string): string => `br-${pciAddress.replaceAll(':', '_')}`;

const problemOf = ({ policy: { name, spec } }: PreparedPolicy): string | undefined => {
  if (spec.ovs === undefined) return undefined;
  if (spec.eSwitchMode !== 'switchdev')
    return `policy ${name} has a bridge and no eSwitchMode: switchdev; set it, or drop the bridge`;
  if (spec.linkType !== '' && spec.linkType.toLowerCase() !== 'eth')
    return `policy ${name} has a bridge and linkType ${spec.linkType}; a bridge needs Ethernet`;
  if (spec.externallyManaged) return `policy ${name} has a bridge and externallyManaged: true; drop one of them`;
  return undefined;
};

/** Puts the policy's bridge on every PF that it selects, or takes the bridge of an earlier policy away where it has none. */
export const applyBridge = (
  drafts: BridgeDrafts,
  interfaces: readonly InterfaceStatus[],
  policy: PreparedPolicy,
): Fault | undefined => {
  if (isEmptySelector(policy.policy.spec.nicSelector)) return undefined;
  const problem = problemOf(policy);
  if (problem !== undefined) return fail('refused-bridge', problem).fault;
  const { ovs, mtu } = policy.policy.spec;
  for (const iface of interfaces) {
    if (!policy.selectsInterface(iface)) continue;
    const name = bridgeName(iface.pciAddress);
    if (ovs === undefined) drafts.delete(name);
    else
      drafts.set(name, {
        name,
        bridge: ovs.bridge,
        uplinks: [
          {
            pciAddress: iface.pciAddress,
            name: iface.name,
            interface: mtu > 0 ? { ...ovs.uplinkInterface, mtuRequest: mtu } : ovs.uplinkInterface,
          },
        ],
      });
  }
  return undefined;
};

export const bridgesOf = (drafts: BridgeDrafts): readonly OvsBridgeSpec[] =>
  [...drafts.values()].toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
