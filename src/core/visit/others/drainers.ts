/**
 * All that drain, restart or remediate nodes beside us, one family a file, and whether they are waited for. Keys and kinds are
 * upstream's (reference: sriov.md 2.6, network-operator.md 3.2, ipam-maintenance-power.md 2 and 5.4).
 */
import { clusterAutoscaler, karpenter } from './autoscalers.ts';
import { kueue } from './kueue.ts';
import { clusterApi, machineApi } from './machines.ts';
import { nodeHealthCheck, nodeMaintenanceOperator } from './medik8s.ts';
import { nvsentinel } from './nvsentinel.ts';
import {
  driverUpgrades,
  loneTaints,
  machineConfig,
  maintenanceOperator,
  nodeDeletion,
  sriovOperator,
} from './operators.ts';
import type { OtherAtWork, OtherToQuiet } from './other.ts';
import { flatcarUpdate, kured } from './reboot-daemons.ts';
import type { Family, Surroundings } from './surroundings.ts';

const FAMILIES: readonly Family[] = [
  sriovOperator,
  driverUpgrades,
  maintenanceOperator,
  kured,
  flatcarUpdate,
  nvsentinel,
  machineApi,
  clusterApi,
  nodeHealthCheck,
  nodeMaintenanceOperator,
  clusterAutoscaler,
  karpenter,
  loneTaints,
  machineConfig,
  nodeDeletion,
  kueue,
];

export const othersAtWork = (around: Surroundings): readonly OtherAtWork[] =>
  FAMILIES.flatMap(({ atWork }) => atWork(around));

export const othersToQuiet = (around: Surroundings): readonly OtherToQuiet[] =>
  FAMILIES.flatMap(({ toQuiet }) => toQuiet?.(around) ?? []);
