/** All kinds of the field that a twin serves, as its people installed them: those of the network operator's release 25.7.0. */
import type { FieldKind } from './field-kind.ts';
import { IPAM_KINDS } from './ipam-kinds.ts';
import { MAINTENANCE_KINDS } from './maintenance-kinds.ts';
import { NETWORK_KINDS } from './network-kinds.ts';
import { NIC_CLUSTER_POLICY } from './nic-cluster-policy.ts';
import { NIC_CONFIGURATION_KINDS } from './nic-configuration-kinds.ts';
import { SRIOV_KINDS } from './sriov-kinds.ts';

export const FIELD_KINDS: readonly FieldKind[] = [
  NIC_CLUSTER_POLICY,
  ...SRIOV_KINDS,
  ...NETWORK_KINDS,
  ...IPAM_KINDS,
  ...MAINTENANCE_KINDS,
  ...NIC_CONFIGURATION_KINDS,
];
