/** Rules about bare metal: Ironic's nodes and ports, Neutron's bindings and agents, the BMC, and the card's bridge. */
import type { Rule } from '../rule.ts';
import { agentCannotBind } from './bare-metal/agent-cannot-bind.ts';
import { agentDeadAtBinding } from './bare-metal/agent-dead-at-binding.ts';
import { agentNeverDown } from './bare-metal/agent-never-down.ts';
import { bmcNotReached } from './bare-metal/bmc-not-reached.ts';
import { bootOverrideIgnored } from './bare-metal/boot-override-ignored.ts';
import { bootOverrideRefused } from './bare-metal/boot-override-refused.ts';
import { mechanismDriverMissing } from './bare-metal/mechanism-driver-missing.ts';
import { nodeNotProvisioned } from './bare-metal/node-not-provisioned.ts';
import { openstackRequestDenied } from './bare-metal/openstack-request-denied.ts';
import { portBoundWrongly } from './bare-metal/port-bound-wrongly.ts';
import { portDataWrong } from './bare-metal/port-data-wrong.ts';
import { portLeftBehind } from './bare-metal/port-left-behind.ts';
import { portNotWired } from './bare-metal/port-not-wired.ts';
import { ramdiskNetworkNotFound } from './bare-metal/ramdisk-network-not-found.ts';
import { setupAtEveryBoot } from './bare-metal/setup-at-every-boot.ts';

export const BARE_METAL_RULES: readonly Rule[] = [
  mechanismDriverMissing,
  bootOverrideRefused,
  agentDeadAtBinding,
  agentNeverDown,
  agentCannotBind,
  portDataWrong,
  portLeftBehind,
  portBoundWrongly,
  portNotWired,
  bmcNotReached,
  openstackRequestDenied,
  ramdiskNetworkNotFound,
  setupAtEveryBoot,
  bootOverrideIgnored,
  nodeNotProvisioned,
];
