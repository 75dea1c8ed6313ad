/**
 * Every flow as an ordered list, told once: what Ironic's deploy, rescue, inspect and service code calls, in its order.
 * Sources are files of ironic under drivers/modules. What the lists become for one node is plan-flow.ts.
 */
import type { BootCall, NetworkCall } from './action.ts';
import type { FlowFamily, ProvisionState } from './provision-state.ts';

export type FlowCondition =
  'fast-track' | 'boot-from-volume' | 'clean-failure' | 'service-failure' | 'disable-power-off' | 'no-clean-steps';

export type FlowElement =
  | { readonly off: 'hard' | 'soft'; readonly unless?: readonly FlowCondition[] }
  /** A reboot where the node may not be powered off. */
  | { readonly on: true; readonly unless?: readonly FlowCondition[] }
  | { readonly reboot: true; readonly unless?: readonly FlowCondition[]; readonly onlyWhen?: FlowCondition }
  | { readonly boot: BootCall; readonly unless?: readonly FlowCondition[] }
  | {
      readonly wire: readonly NetworkCall[];
      readonly unless?: readonly FlowCondition[];
      /** Wired without asking for power. */
      readonly asIsWhen?: readonly FlowCondition[];
      /** Ironic forgot the power helper here. */
      readonly unwrappedByIronic?: true;
      /** Ironic does not restore power then. */
      readonly leftAwakeByIronicWhen?: FlowCondition;
    };

export interface Flow {
  readonly family: FlowFamily;
  readonly source: string;
  readonly elements: readonly FlowElement[];
  readonly nextState?: ProvisionState;
  /** Then the flow is over at once, and the state does not change. */
  readonly nextStateUnless?: readonly FlowCondition[];
  /** What follows, where another step of the same flow goes on. */
  readonly continues?: string;
  /** What Ironic's conductor runs when the flow fails. */
  readonly recoversBy?: string;
}

const PREPARE: readonly FlowElement[] = [
  { off: 'hard', unless: ['fast-track', 'disable-power-off'] },
  { wire: ['unconfigure_tenant', 'add_provisioning'], unless: ['boot-from-volume'], asIsWhen: ['fast-track'] },
  { boot: 'prepare_ramdisk', unless: ['fast-track', 'boot-from-volume'] },
];
const SWITCH: readonly FlowElement[] = [{ wire: ['remove_provisioning', 'configure_tenant'] }];
const TEAR_DOWN: readonly FlowElement[] = [
  { off: 'hard', unless: ['disable-power-off'] },
  { wire: ['unconfigure_tenant', 'remove_provisioning'] },
];
const CLEAN_TEAR_DOWN: readonly FlowElement[] = [
  { off: 'hard', unless: ['fast-track', 'clean-failure', 'disable-power-off'] },
  { boot: 'clean_up_ramdisk' },
  { wire: ['remove_cleaning'], leftAwakeByIronicWhen: 'clean-failure' },
  { reboot: true, onlyWhen: 'disable-power-off', unless: ['fast-track', 'clean-failure'] },
];
const RESCUE_CLEAN_UP: readonly FlowElement[] = [{ boot: 'clean_up_ramdisk' }, { wire: ['remove_rescuing'] }];

export const FLOWS = {
  'deploy.prepare': { family: 'deploy', source: 'agent.py prepare', elements: PREPARE },
  'deploy.deploy': {
    family: 'deploy',
    source: 'agent.py deploy (step 100)',
    elements: [{ reboot: true, unless: ['fast-track', 'boot-from-volume'] }],
    nextState: 'wait call-back',
    nextStateUnless: ['fast-track', 'boot-from-volume'],
  },
  'deploy.tear_down_agent': {
    family: 'deploy',
    source: 'agent.py tear_down_agent (step 40)',
    elements: [{ off: 'soft', unless: ['disable-power-off'] }],
  },
  'deploy.switch_to_tenant_network': {
    family: 'deploy',
    source: 'agent_base.py switch_to_tenant_network (step 30)',
    elements: SWITCH,
    continues: 'boot_instance powers on',
  },
  'deploy.boot_instance': {
    family: 'deploy',
    source: 'agent_base.py boot_instance (step 20)',
    elements: [{ on: true }],
    nextState: 'active',
  },
  // Until 15.2.0 one method; the seed names it, and it is the three steps above in a row.
  'deploy.reboot_and_finish': {
    family: 'deploy',
    source: 'agent_base.py reboot_and_finish_deploy',
    elements: [{ off: 'soft', unless: ['disable-power-off'] }, ...SWITCH, { on: true }],
    nextState: 'active',
  },
  'deploy.tear_down': { family: 'tear-down', source: 'agent_base.py tear_down', elements: TEAR_DOWN },
  'clean.prepare': {
    family: 'clean',
    source: 'deploy_utils.py prepare_inband_cleaning',
    elements: [
      { wire: ['add_cleaning'], asIsWhen: ['fast-track'] },
      { boot: 'prepare_ramdisk' },
      { reboot: true, unless: ['fast-track'] },
    ],
    nextState: 'clean wait',
    nextStateUnless: ['fast-track'],
    recoversBy: 'clean.tear_down',
  },
  'clean.tear_down': {
    family: 'clean',
    source: 'deploy_utils.py tear_down_inband_cleaning',
    elements: CLEAN_TEAR_DOWN,
  },
  'rescue.rescue': {
    family: 'rescue',
    source: 'agent.py rescue',
    elements: [
      { off: 'hard', unless: ['disable-power-off'] },
      { boot: 'clean_up_instance' },
      { wire: ['unconfigure_tenant', 'add_rescuing'] },
      { boot: 'prepare_ramdisk' },
      { on: true },
    ],
    nextState: 'rescue wait',
    recoversBy: 'rescue.abort',
  },
  'rescue.clean_up': { family: 'rescue', source: 'agent.py clean_up (rescue)', elements: RESCUE_CLEAN_UP },
  'rescue.abort': {
    family: 'rescue',
    source: 'conductor/utils.py rescuing_error_handler',
    elements: [{ off: 'hard' }, ...RESCUE_CLEAN_UP],
    nextState: 'rescue failed',
  },
  'rescue.finalize': {
    family: 'rescue',
    source: 'agent_base.py _finalize_rescue',
    elements: [...RESCUE_CLEAN_UP, { wire: ['configure_tenant'] }],
    nextState: 'rescue',
  },
  'rescue.unrescue': {
    family: 'unrescue',
    source: 'agent.py unrescue',
    elements: [
      { off: 'hard', unless: ['disable-power-off'] },
      ...RESCUE_CLEAN_UP,
      { wire: ['configure_tenant'] },
      { boot: 'prepare_instance' },
      { on: true },
    ],
    nextState: 'active',
  },
  'ramdisk.prepare': { family: 'deploy', source: 'ramdisk.py prepare', elements: [{ off: 'hard' }] },
  'ramdisk.deploy': {
    family: 'deploy',
    source: 'ramdisk.py deploy',
    elements: [{ off: 'hard' }, { wire: ['configure_tenant'] }, { boot: 'prepare_instance' }, { on: true }],
    nextState: 'active',
  },
  'anaconda.prepare': {
    family: 'deploy',
    source: 'pxe.py prepare',
    elements: [{ off: 'hard' }, { wire: ['unconfigure_tenant', 'add_provisioning'] }],
  },
  'anaconda.deploy': {
    family: 'deploy',
    source: 'pxe.py deploy',
    elements: [{ off: 'hard' }, { boot: 'prepare_instance' }, { on: true }],
    nextState: 'wait call-back',
  },
  'anaconda.reboot_to_instance': {
    family: 'deploy',
    source: 'pxe.py reboot_to_instance',
    elements: [
      { off: 'hard' },
      { wire: ['remove_provisioning', 'configure_tenant'], unwrappedByIronic: true },
      { on: true },
    ],
    nextState: 'active',
  },
  'ansible.prepare': {
    family: 'deploy',
    source: 'ansible/deploy.py prepare',
    elements: [
      { off: 'hard', unless: ['fast-track'] },
      { wire: ['add_provisioning'], asIsWhen: ['fast-track'] },
      { boot: 'prepare_ramdisk' },
    ],
  },
  'ansible.deploy': {
    family: 'deploy',
    source: 'ansible/deploy.py deploy (step 100)',
    elements: [{ reboot: true }],
    nextState: 'wait call-back',
  },
  'ansible.tear_down': {
    family: 'tear-down',
    source: 'ansible/deploy.py tear_down',
    elements: [{ off: 'hard' }, { wire: ['unconfigure_tenant'] }],
  },
  'ansible.prepare_cleaning': {
    family: 'clean',
    source: 'ansible/deploy.py prepare_cleaning',
    elements: [
      { wire: ['add_cleaning'], unless: ['no-clean-steps'], asIsWhen: ['fast-track'] },
      { boot: 'prepare_ramdisk', unless: ['no-clean-steps'] },
      { reboot: true, unless: ['no-clean-steps', 'fast-track'] },
    ],
    nextState: 'clean wait',
    nextStateUnless: ['no-clean-steps'],
    recoversBy: 'ansible.tear_down_cleaning',
  },
  'ansible.tear_down_cleaning': {
    family: 'clean',
    source: 'ansible/deploy.py tear_down_cleaning',
    elements: [
      { off: 'hard', unless: ['fast-track', 'clean-failure'] },
      { boot: 'clean_up_ramdisk' },
      { wire: ['remove_cleaning'], leftAwakeByIronicWhen: 'clean-failure' },
    ],
  },
  'inspect.start': {
    family: 'inspect',
    source: 'inspector/interface.py prepare_managed_inspection, inspector/agent.py',
    elements: [
      { off: 'hard', unless: ['disable-power-off'] },
      { wire: ['add_inspection'] },
      { boot: 'prepare_ramdisk' },
      { on: true },
    ],
    nextState: 'inspect wait',
    recoversBy: 'inspect.end',
  },
  'inspect.end': {
    family: 'inspect',
    source: 'inspector/interface.py tear_down_managed_boot',
    elements: [
      { boot: 'clean_up_ramdisk' },
      { wire: ['remove_inspection'] },
      { off: 'hard', unless: ['fast-track', 'disable-power-off'] },
      { reboot: true, onlyWhen: 'disable-power-off', unless: ['fast-track'] },
    ],
    nextState: 'manageable',
  },
  'service.prepare': {
    family: 'service',
    source: 'deploy_utils.py prepare_inband_service',
    elements: [
      { off: 'hard', unless: ['disable-power-off'] },
      { boot: 'clean_up_instance' },
      { wire: ['unconfigure_tenant', 'add_servicing'] },
      { boot: 'prepare_ramdisk' },
      { on: true },
    ],
    nextState: 'service wait',
    recoversBy: 'service.tear_down',
  },
  'service.tear_down': {
    family: 'service',
    source: 'deploy_utils.py tear_down_inband_service',
    elements: [
      { off: 'hard', unless: ['service-failure', 'disable-power-off'] },
      { boot: 'clean_up_ramdisk' },
      { wire: ['remove_servicing', 'configure_tenant'], unless: ['service-failure'] },
      { boot: 'prepare_instance', unless: ['service-failure'] },
      { on: true, unless: ['service-failure'] },
    ],
    nextState: 'active',
  },
  'service.reattach_networking': {
    family: 'service',
    source: 'network/neutron.py reattach_networking (step, no ramdisk)',
    elements: [{ wire: ['unconfigure_tenant', 'configure_tenant'], unwrappedByIronic: true }],
    nextState: 'active',
  },
} as const satisfies Readonly<Record<string, Flow>>;

export type FlowName = keyof typeof FLOWS;

export const flowNamed = (name: string): Flow | undefined =>
  Object.hasOwn(FLOWS, name) ? FLOWS[name as FlowName] : undefined;
