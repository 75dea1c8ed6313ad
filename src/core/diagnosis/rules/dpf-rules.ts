/** Rules about DPF: pods that install cards, their rights and secrets, images of cards, and the cards' own way to Ready. */
import type { Rule } from '../rule.ts';
import { sccDenied } from './dpf/scc-denied.ts';
import { pfNetdeviceMissing } from './dpf/pf-netdevice-missing.ts';

export const DPF_RULES: readonly Rule[] = [pfNetdeviceMissing, sccDenied];
