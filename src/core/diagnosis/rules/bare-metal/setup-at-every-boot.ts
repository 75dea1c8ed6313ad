/** A boot override of BiosSetup was made to last: the host stops in its setup at every boot. */
import { nodeText, portText, systemText } from '../world-bare-metal.ts';
import { defineNodeCause } from './node-cause.ts';

export const setupAtEveryBoot = defineNodeCause({
  id: 'setup-at-every-boot',
  title: 'The host stops in its setup at every boot',
  found: ['setup-at-every-boot'],
  shownBy: /BootSourceOverride(?:Enabled|Target)"/,
  because: (node) => `Node ${node}: its boot override is BiosSetup, for every boot`,
  lack: { what: 'the boot override of NODE', why: 'a lasting one keeps the host in its setup', settle: 'curl -sku USER https://BMC/redfish/v1/Systems/1   # Boot' },
  explain: 'A smart NIC that shares its host’s power is woken by a boot into setup, for once. force_persistent_boot_device Always, or a BMC that turns Once into Continuous, makes it last: the host then never boots its system, powered on and without an error.',
  sources: ['reference smartnic-baremetal.md 1.6, 7.1', 'kubevirtbmc/kubevirtbmc #165'],
  remedy: (findings) => [
    { text: 'Take the override back, and force_persistent_boot_device with it.', command: findings.slice(0, 3).map(({ scope }) => `openstack baremetal node boot device set ${scope.node ?? 'NODE'} disk; openstack baremetal node unset ${scope.node ?? 'NODE'} --driver-info force_persistent_boot_device`).join('\n') },
  ],
  cases: [
    { name: 'BiosSetup, Continuous', kind: 'broken', objects: [], texts: { 'node.json': nodeText(), 'port.json': portText(), 'system.json': systemText({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Continuous' }, 'On') }, says: 'for every boot' },
    { name: 'no override', kind: 'healthy', objects: [], texts: { 'node.json': nodeText(), 'system.json': systemText() } },
    { name: 'a failed node without its BMC', kind: 'lacking', objects: [], texts: { 'node.json': nodeText({ provision_state: 'clean failed' }) }, says: 'the boot override of bm-1' },
    { name: 'BiosSetup, once', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'system.json': systemText({ BootSourceOverrideTarget: 'BiosSetup', BootSourceOverrideEnabled: 'Once' }) } },
    { name: 'Pxe, Continuous', kind: 'look-alike', objects: [], texts: { 'node.json': nodeText(), 'system.json': systemText({ BootSourceOverrideTarget: 'Pxe', BootSourceOverrideEnabled: 'Continuous' }) } },
  ],
}); // prettier-ignore
