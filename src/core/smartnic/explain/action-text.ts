/** Each abstract action in words for a person. */
import type { Action, NetworkCall } from '../action.ts';

const PURPOSES: Readonly<Record<string, string>> = {
  cleaning: 'the cleaning network',
  provisioning: 'the provisioning network',
  rescuing: 'the rescue network',
  servicing: 'the servicing network',
  inspection: 'the inspection network',
};

const networkText = (call: NetworkCall): string => {
  if (call === 'configure_tenant') return "wire the tenant's networks";
  if (call === 'unconfigure_tenant') return "cut the tenant's networks";
  const [verb, purpose = ''] = call.split('_');
  return `${verb === 'add' ? 'wire' : 'cut'} ${PURPOSES[purpose] ?? purpose}`;
};

const PORT_TEXT = {
  create: 'create its Neutron port',
  bind: 'bind it to the card',
  wait_active: 'wait until it is ACTIVE and plugged',
  delete: 'delete its Neutron port',
  verify_gone: 'prove that it is gone from Neutron and from the bridge',
  unbind: 'unbind it',
  reset_mac: 'give its MAC back',
  dhcp_opts: 'write its DHCP options',
} as const;

const BOOT_TEXT = {
  prepare_ramdisk: 'make the next boot the ramdisk',
  clean_up_ramdisk: 'offer the ramdisk no longer',
  prepare_instance: 'make the next boot the instance',
  clean_up_instance: 'offer the instance no longer',
} as const;

export const actionText = (action: Action): string => {
  switch (action.do) {
    case 'read-power':
      return 'read the power state';
    case 'set-boot-device':
      return `set the next boot to BIOS setup, ${action.persistent ? 'for every boot' : 'once'}`;
    case 'power':
      if (action.to === 'reboot') return 'reboot the host';
      return action.noop === true ? 'power the host off (it is off)' : `power the host ${action.to}`;
    case 'wait-agent':
      return action.until === 'up'
        ? `wait until the agent of ${action.host} is alive`
        : `wait until the agent of ${action.host} is gone or has restarted`;
    case 'settle':
      return `wait ${action.seconds} s`;
    case 'restore-power':
      return `give power back: ${action.to}`;
    case 'network':
      return networkText(action.call);
    case 'port':
      return PORT_TEXT[action.call];
    case 'boot':
      return BOOT_TEXT[action.call];
  }
};
