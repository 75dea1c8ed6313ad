/** What is to be known of the node itself before anything is done with it: its holder, its BMC, its power. */
import { REPEATED } from '../ironic-client.ts';
import { factsOfState } from '../provision-state.ts';
import type { BareMetalFacts, NodeFacts, SystemFacts } from '../readers/bare-metal-facts.ts';
import type { Found, NodeFinding } from './finding.ts';

/** The node's system, by the path its driver_info names, or the only one that was read. */
export const systemOf = (node: NodeFacts, facts: BareMetalFacts): SystemFacts | undefined =>
  facts.systems.find(
    ({ id, uuid }) =>
      (node.redfishSystem !== undefined &&
        id !== undefined &&
        (node.redfishSystem === id || node.redfishSystem.endsWith(`/${id}`))) ||
      (uuid !== undefined && node.redfishSystem?.endsWith(uuid) === true),
  ) ?? (facts.systems.length === 1 && facts.nodes.length <= 1 ? facts.systems[0] : undefined);

const holders = (node: NodeFacts): readonly Found[] => [
  ...(node.reservation === undefined
    ? []
    : [
        {
          id: 'node-reserved',
          level: 'warning' as const,
          says: `it is held by conductor ${node.reservation}`,
          because: `one operation holds a node at a time: every other request gets 409, which the client repeats ${REPEATED.times} times`,
          wayOut: `wait; when the conductor ${node.reservation} is gone for good, its restart frees the node`,
        },
      ]),
  ...(node.maintenance === true
    ? [
        {
          id: 'node-in-maintenance',
          level: 'warning' as const,
          says: `it is in maintenance${node.maintenanceReason === undefined ? '' : `: ${node.maintenanceReason}`}`,
          because: 'Ironic starts nothing on it, and lets links and addresses of its ports be changed',
          wayOut: 'openstack baremetal node maintenance unset, once the reason is gone',
        },
      ]
    : []),
];

const state = (node: NodeFacts): readonly Found[] => {
  const known = factsOfState(node.provisionState ?? '');
  if (known?.phase !== 'failed') return [];
  return [
    {
      id: 'state-failed',
      level: 'problem',
      says: `it is ${node.provisionState ?? '?'}${node.lastError === undefined ? '' : `: ${node.lastError}`}`,
      because:
        node.powerState === 'power on'
          ? 'Ironic gives power back only after success, so the host may stand in its setup with its networks half changed'
          : 'the last flow ended with an error',
      wayOut: 'mend the cause below first, then repeat the operation; power stays as it is until then',
    },
  ];
};

const power = (node: NodeFacts, system: SystemFacts | undefined): readonly Found[] => {
  if (node.powerState === null || node.powerState === 'error')
    return [
      {
        id: 'power-unknown',
        level: 'problem',
        says: 'its power state is not known',
        because: 'a host that may be off has a card that may be dark, so nothing is wired',
        wayOut: 'make the BMC answer: openstack baremetal node validate NODE says what it lacks',
      },
    ];
  if (node.powerState === undefined)
    return [
      {
        id: 'power-not-read',
        level: 'unknown',
        says: 'its power state was not read',
        because: 'the record given has no power_state',
        wayOut: 'openstack baremetal node show NODE -f json',
      },
    ];
  const real = system?.powerState;
  const differs =
    real !== undefined && (real === 'On' || real === 'Off') && `power ${real.toLowerCase()}` !== node.powerState;
  return differs
    ? [
        {
          id: 'power-differs',
          level: 'problem',
          says: `Ironic says ${node.powerState}, and its BMC says ${real}`,
          because: 'somebody else switched the host, so what was proved before counts no more',
          wayOut: 'find out who did it, then prove the wiring again before the host boots',
        },
      ]
    : [];
};

const TRUE_WORDS = ['always', 'true', '1', 'on', 'yes'];

const bootDevice = (node: NodeFacts, system: SystemFacts | undefined, wakes: boolean): readonly Found[] => {
  const found: Found[] = [];
  const forced = node.forcePersistentBootDevice;
  if (forced === true || (typeof forced === 'string' && TRUE_WORDS.includes(forced.toLowerCase()))) {
    const refused = system?.enabledValues !== undefined && !system.enabledValues.includes('Continuous');
    found.push({
      id: 'persistent-boot-forced',
      level: wakes || refused ? 'problem' : 'warning',
      says: `driver_info.force_persistent_boot_device is ${typeof forced === 'string' ? forced : 'true'}`,
      because: refused
        ? `its BMC accepts only ${system.enabledValues?.join(', ') ?? ''} as override, so every change of boot device is refused`
        : 'the boot into setup that wakes the card would be permanent: the host would stop there at every boot',
      wayOut: 'openstack baremetal node unset NODE --driver-info force_persistent_boot_device',
    });
  }
  if (system === undefined) return found;
  if (wakes && system.bootTargets !== undefined && !system.bootTargets.includes('BiosSetup'))
    found.push({
      id: 'no-bios-setup',
      level: 'problem',
      says: `its BMC offers no boot into setup (only ${system.bootTargets.join(', ')})`,
      because:
        'the host is held there while its card is wired; Ironic fails with "Invalid boot device bios" before any power action',
      wayOut: 'a card with power of its own needs no such boot; else a BMC firmware that lists BiosSetup',
    });
  if (system.overrideTarget === 'BiosSetup' && system.overrideEnabled === 'Continuous')
    found.push({
      id: 'setup-at-every-boot',
      level: 'problem',
      says: 'its boot override is BiosSetup, for every boot',
      because: 'a boot into setup was made permanent and was not taken back',
      wayOut: 'PATCH the system: Boot.BootSourceOverrideEnabled Disabled',
    });
  return found;
};

/** `wakes`: the flow asked for boots the host into setup. */
export const nodeFindings = (node: NodeFacts, facts: BareMetalFacts, wakes: boolean): readonly NodeFinding[] => {
  const system = systemOf(node, facts);
  const about = `node ${node.name ?? node.uuid ?? '?'}`;
  const found = [...power(node, system), ...bootDevice(node, system, wakes), ...holders(node), ...state(node)];
  return found.map((each) => ({
    ...each,
    wayOut: each.wayOut.replaceAll('NODE', node.name ?? node.uuid ?? 'NODE'),
    about,
    origins: [
      node.origin,
      ...(system !== undefined && /power-differs|bios|setup|persistent/.test(each.id) ? [system.origin] : []),
    ],
  }));
};
