/**
 * The abstract actions of which every bare-metal flow is made, and the one word each has in plans, reports and cases.
 * What an action means on a BMC, in Neutron or in OVSDB is left to adapters.
 */

export type NetworkPurpose = 'cleaning' | 'provisioning' | 'rescuing' | 'servicing' | 'inspection';

/** The calls of Ironic's network interface, each of which stands for its steps at every port (wiring.ts). */
export type NetworkCall =
  `add_${NetworkPurpose}` | `remove_${NetworkPurpose}` | 'configure_tenant' | 'unconfigure_tenant';

export type BootCall = 'prepare_ramdisk' | 'clean_up_ramdisk' | 'prepare_instance' | 'clean_up_instance';

/** `verify_gone`: the port is neither in Neutron nor in the integration bridge. */
export type PortCall =
  'create' | 'bind' | 'wait_active' | 'delete' | 'verify_gone' | 'unbind' | 'reset_mac' | 'dhcp_opts';

export type Power = 'on' | 'off';

export type Action =
  | { readonly do: 'read-power' }
  | { readonly do: 'set-boot-device'; readonly persistent: boolean }
  | { readonly do: 'power'; readonly to: Power | 'reboot'; readonly noop?: true }
  /** `down` is satisfied by an agent that is gone, and by one that restarted since our power-on. */
  | { readonly do: 'wait-agent'; readonly host: string; readonly until: 'down' | 'up' }
  /** Time for the agent to apply what it was told, before its card may lose power. */
  | { readonly do: 'settle'; readonly seconds: number }
  | { readonly do: 'restore-power'; readonly to: Power }
  | { readonly do: 'network'; readonly call: NetworkCall }
  | { readonly do: 'port'; readonly call: PortCall; readonly port: string }
  | { readonly do: 'boot'; readonly call: BootCall };

export const wordOf = (action: Action): string => {
  switch (action.do) {
    case 'read-power':
      return 'get_power';
    case 'set-boot-device':
      return `set_boot_device:bios:${action.persistent ? 'persistent' : 'once'}`;
    case 'power':
      return action.noop === true ? `power:${action.to}-noop` : `power:${action.to}`;
    case 'wait-agent':
      return `wait_agent:${action.host}:${action.until}`;
    case 'settle':
      return 'sleep:settle';
    case 'restore-power':
      return `restore:${action.to}`;
    case 'network':
      return `net:${action.call}`;
    case 'port':
      return `port:${action.call}`;
    case 'boot':
      return `boot:${action.call}`;
  }
};
