/** Which flows a deploy interface is made of, for each thing that can be asked of a node. */
import type { FlowName } from './flows.ts';
import type { FlowFamily } from './provision-state.ts';

export const FLOW_FAMILIES: readonly FlowFamily[] = [
  'deploy',
  'clean',
  'rescue',
  'unrescue',
  'tear-down',
  'inspect',
  'service',
];

type Parts = Readonly<Record<FlowFamily, readonly FlowName[]>>;

const DIRECT: Parts = {
  deploy: [
    'deploy.prepare',
    'deploy.deploy',
    'deploy.tear_down_agent',
    'deploy.switch_to_tenant_network',
    'deploy.boot_instance',
  ],
  clean: ['clean.prepare', 'clean.tear_down'],
  rescue: ['rescue.rescue', 'rescue.finalize'],
  unrescue: ['rescue.unrescue'],
  'tear-down': ['deploy.tear_down'],
  inspect: ['inspect.start', 'inspect.end'],
  service: ['service.prepare', 'service.tear_down'],
};

const NOTHING: Parts = { deploy: [], clean: [], rescue: [], unrescue: [], 'tear-down': [], inspect: [], service: [] };

export interface DeployInterface {
  readonly parts: Parts;
  /** A word that belongs to the answer. */
  readonly note?: string;
}

export const DEPLOY_INTERFACES: Readonly<Record<string, DeployInterface>> = {
  direct: { parts: DIRECT },
  'custom-agent': { parts: DIRECT },
  bootc: { parts: DIRECT },
  autodetect: {
    parts: DIRECT,
    note: 'autodetect picks another interface for each image; the steps shown are those of direct',
  },
  ansible: {
    parts: {
      ...DIRECT,
      deploy: [
        'ansible.prepare',
        'ansible.deploy',
        'deploy.tear_down_agent',
        'deploy.switch_to_tenant_network',
        'deploy.boot_instance',
      ],
      clean: ['ansible.prepare_cleaning', 'ansible.tear_down_cleaning'],
      'tear-down': ['ansible.tear_down'],
    },
  },
  ramdisk: { parts: { ...DIRECT, deploy: ['ramdisk.prepare', 'ramdisk.deploy'] } },
  anaconda: { parts: { ...DIRECT, deploy: ['anaconda.prepare', 'anaconda.deploy', 'anaconda.reboot_to_instance'] } },
  iscsi: {
    parts: DIRECT,
    note: 'Ironic removed the iscsi deploy interface in 18.0.0; it is shown as an alias of direct, whose steps are the same',
  },
  fake: { parts: NOTHING, note: 'fake does nothing at all: no power, no wiring' },
  noop: { parts: NOTHING, note: 'noop wires nothing: the node keeps the networks it has' },
};

export const deployInterface = (name: string): DeployInterface | undefined =>
  Object.hasOwn(DEPLOY_INTERFACES, name) ? DEPLOY_INTERFACES[name] : undefined;
