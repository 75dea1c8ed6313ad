/** Rules about bare metal: Ironic's nodes and ports, Neutron's bindings and agents, the BMC, and the card's bridge. */
import type { Rule } from '../rule.ts';
import { bootOverrideRefused } from './bare-metal/boot-override-refused.ts';
import { mechanismDriverMissing } from './bare-metal/mechanism-driver-missing.ts';

export const BARE_METAL_RULES: readonly Rule[] = [mechanismDriverMissing, bootOverrideRefused];
