/** SR-IOV is off in the firmware of an adapter from which VFs are wanted: the kernel then offers none at all. */
import type { InventoryNode } from '../../../inventory/build-inventory.ts';
import type { HostReading } from '../../../inventory/readers/host-reading.ts';
import { sameValue, type FirmwareSetting } from '../../../model/firmware-setting.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Lack, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pf } from '../world.ts';

interface Card {
  /** As it is called in the input: a PCI address, or what a tool was given. */
  readonly device: string;
  readonly pci?: string;
  readonly settings: readonly FirmwareSetting[];
}

type SettingsReading = Extract<HostReading, { kind: 'settings' }>;

const cardsOf = (node: InventoryNode): readonly Card[] => [
  ...node.adapters.map(({ card, settings }) => ({ device: `${card}.0`, pci: card, settings })),
  ...node.unplaced
    .filter((reading): reading is SettingsReading => reading.kind === 'settings')
    .map(({ device, context, settings }) => ({ device: device ?? context.device ?? 'an adapter', settings })),
];

const setting = ({ settings }: Card, name: string): FirmwareSetting | undefined =>
  settings.find((one) => one.name === name);

/** Off now where the output shows it; else off at the next boot, which is as good where nothing is pending. */
const isOff = ({ current, next }: FirmwareSetting): boolean => {
  const value = current ?? next;
  return value !== undefined && sameValue(value, 'False(0)');
};

/** Why VFs are wanted there; without such a reason SR-IOV that is off is nobody's fault. */
const wantsOf = (facts: Facts, node: InventoryNode, { pci }: Card): readonly Evidence[] => {
  const wanted = (node.nodeState?.wanted ?? []).filter(
    ({ pci: address, numVfs }) => numVfs > 0 && (pci === undefined || address.startsWith(`${pci}.`)),
  );
  if (wanted.length > 0)
    return wanted.map(({ pci: address, numVfs, origin }) =>
      textEvidence(origin, `spec of ${node.name} wants ${String(numVfs)} VFs of ${address}`),
    );
  const isHost = !node.listed;
  return ['pool', 'sysfs'].flatMap((name) =>
    facts
      .lines(`sriov-disabled-in-firmware/${name}`)
      .filter(({ text }) => {
        const owner = facts.nodeOfText(text);
        return owner === undefined ? isHost : owner === node.name;
      })
      .slice(0, 2)
      .map(({ origin, line }) => textEvidence(origin, line)),
  );
};

const missingFacts = ({ device }: Card, off: FirmwareSetting, name: string): readonly Lack[] =>
  off.current === undefined
    ? [
        {
          what: `default and current values of ${device}`,
          why: 'the output shows the next boot only',
          settle: `mlxconfig -d ${device} -e q SRIOV_EN NUM_OF_VFS   # on ${name}`,
        },
      ]
    : [];

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  if (node === undefined) return [];
  return cardsOf(node).flatMap((card): readonly Statement[] => {
    const enabled = setting(card, 'SRIOV_EN');
    const vfs = setting(card, 'NUM_OF_VFS');
    if (enabled === undefined) return [];
    const scope = { node: name, ...(card.pci === undefined ? {} : { pci: `${card.pci}.0` }) };
    if (!isOff(enabled)) return [{ says: 'clear', scope, saw: 'SR-IOV is on in the firmware of adapters' }];
    const wants = wantsOf(facts, node, card);
    if (wants.length === 0) return [];
    const shown = [enabled, ...(vfs === undefined ? [] : [vfs])];
    return [
      {
        says: 'finding',
        scope: card.pci === undefined ? { node: name } : scope,
        because: `SR-IOV is switched off in the firmware of ${card.device} on ${name} (${shown.map((one) => `${one.name} ${one.current ?? one.next ?? '?'}`).join(', ')}), so the kernel offers no VFs of it`,
        confidence: 'proven',
        sameAs: 'off',
        evidence: [
          ...shown.map(({ origin, name: parameter, current, next }) =>
            textEvidence(origin, `${parameter} ${current ?? next ?? ''}`),
          ),
          ...wants,
        ],
        lacks: missingFacts(card, enabled, name),
      } satisfies Finding,
    ];
  });
};

const query = (value: string): string =>
  [
    '$ mstconfig -d 0000:18:00.0 -e q',
    'Device #1:',
    '----------',
    'Device type:    ConnectX7',
    'Device:         0000:18:00.0',
    'Configurations:                      Default         Current         Next Boot',
    `         SRIOV_EN                    False(0)        ${value}        ${value}`,
    '         NUM_OF_VFS                  0               0               0',
    '',
  ].join('\n');

export const sriovDisabledInFirmware = defineRule({
  id: 'sriov-disabled-in-firmware',
  title: 'SR-IOV is off in the firmware',
  severity: 'error',
  role: 'cause',
  needs: ['firmware'],
  lines: {
    pool: /no devices in device pool, skipping creating resource server for (?<resource>\S+)/,
    sysfs: /sriov_(?:totalvfs|numvfs): No such file or directory/,
  },
  explain:
    'With SRIOV_EN off the adapter has no SR-IOV capability in PCI configuration space: sysfs has no sriov_totalvfs, no VF can be made, and the device plugin finds nothing. ' +
    'The SR-IOV operator writes the setting by itself where its mellanox plugin runs; elsewhere a person has to. It takes a restart, on some platforms a cold one.',
  sources: ['reference sriov.md F15', 'sriov-network-device-plugin #601'],
  causedBy: ['cold-restart-pending', 'firmware-change-pending'],
  thenExpect: 'the VFs have to be made, and the device plugin restarted, before the resource is offered',
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  remedy: (findings) => {
    const [first] = findings;
    const device = first?.scope.pci ?? /firmware of (\S+)/.exec(first?.because ?? '')?.[1] ?? 'DEVICE';
    return [
      {
        text: 'Switch it on, with as many VFs as will ever be wanted.',
        command: `mstconfig -y -d ${device} set SRIOV_EN=1 NUM_OF_VFS=N   # on each adapter`,
      },
      {
        text: 'Activate it: drain the node, restart it, and read with -e again; where current still differs from next boot, only a cold restart helps.',
        risk: 'ends every pod on the node',
      },
      { text: 'Changing the policy or the configuration of the device plugin does not help: there is no VF to select.' },
    ];
  },
  cases: [
    { name: 'off, and the policy wants VFs', kind: 'broken', objects: [nodeState('a', { pfs: [pf({ seen: 0 })] })], texts: { 'a/mstconfig.txt': query('False(0)') }, says: 'SRIOV_EN False(0)' },
    { name: 'off, and the host shows what follows', kind: 'broken', objects: [], texts: { 'mstconfig.txt': query('False(0)'), 'host.txt': '# cat /sys/class/net/x/device/sriov_totalvfs\ncat: /sys/class/net/x/device/sriov_totalvfs: No such file or directory\n' }, says: 'switched off' },
    { name: 'on', kind: 'healthy', objects: [nodeState('a')], texts: { 'a/mstconfig.txt': query('True(1) ') } },
    { name: 'no settings were read', kind: 'lacking', objects: [nodeState('a', { pfs: [pf({ seen: 0 })] })], says: 'firmware settings' },
    { name: 'off, and nobody wants VFs', kind: 'look-alike', objects: [nodeState('a', { pfs: [] })], texts: { 'a/mstconfig.txt': query('False(0)') } },
  ],
}); // prettier-ignore
