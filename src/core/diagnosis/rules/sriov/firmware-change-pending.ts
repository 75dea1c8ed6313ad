/** Settings that are written to an adapter and not active: current differs from next boot. */
import type { Facts } from '../../facts.ts';
import type { Finding, Statement } from '../../finding.ts';
import { textEvidence } from '../../evidence.ts';
import { pendingFirmware, showChange } from '../../pending-firmware.ts';
import { defineRule } from '../../rule.ts';
import { someNames } from '../../some-names.ts';
import { nodeState } from '../world.ts';

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const node = facts.node(name);
  if (node === undefined) return [];
  const pending = pendingFirmware(node);
  const statements: Statement[] = [];
  for (const adapter of node.adapters) {
    const pci = adapter.functions[0]?.pci ?? `${adapter.card}.0`;
    const own = pending?.adapters.find((one) => one.adapter === adapter);
    if (own !== undefined) {
      const changes = own.settings.map(showChange).join(', ');
      statements.push({
        says: 'finding',
        scope: { node: name, pci },
        because: `${name}: ${pci} has ${changes} at next boot, and nothing has made it current`,
        confidence: 'proven',
        sameAs: changes,
        evidence: own.settings.map((setting) =>
          textEvidence(
            setting.origin,
            `${setting.name}  default ${setting.default ?? '?'}  current ${setting.current ?? '?'}  next boot ${setting.next ?? '?'}`,
          ),
        ),
      });
    } else if (adapter.settings.some(({ current, next }) => current !== undefined && next !== undefined))
      statements.push({ says: 'clear', scope: { node: name, pci }, saw: 'adapters have no pending firmware setting' });
  }
  const wanted = new Set(node.nodeState?.wanted.map(({ pci }) => pci));
  for (const gap of node.gaps.filter(({ what }) => /^(?:firmware settings|current values) of/.test(what))) {
    const card = /of (\S+) on/.exec(gap.what)?.[1] ?? '';
    // Only adapters that a policy configures matter here; the others are listed by the inventory.
    if (![...wanted].some((pci) => pci.startsWith(card))) continue;
    statements.push({
      says: 'unknown',
      scope: { node: name, pci: `${card}.0` },
      lack: {
        what: `firmware settings of the adapters on ${name}`,
        why: `whether a firmware change is pending (${gap.because})`,
        settle: `mstconfig -d PCI -e q   # on ${name}, for each adapter`,
      },
    });
  }
  return statements;
};

const countOf = (findings: readonly Finding[]): string => {
  const nodes = new Set(findings.flatMap(({ scope }) => scope.node ?? []));
  return `${findings.length} adapter${findings.length > 1 ? 's' : ''} of ${someNames([...nodes])}`;
};

export const firmwareChangePending = defineRule({
  id: 'firmware-change-pending',
  title: 'A firmware change is written and not active',
  severity: 'error',
  role: 'cause',
  needs: ['firmware'],
  explain:
    'A firmware setting has three values: default, current and next boot. A change is written to next boot and becomes current when the firmware boots again. ' +
    'Pending means that current differs from next boot and nothing else; the asterisk that the tool prints says something different. ' +
    'The SR-IOV operator wants NUM_OF_VFS equal to the numVfs of its policy, compares it with current, and asks for a restart until they are equal.',
  sources: [
    'seeds/000 root cause 2',
    'reference sriov.md 2.4, 3.3',
    'sriov-network-operator pkg/vendors/mellanox/mellanox.go',
  ],
  causedBy: ['cold-restart-pending'],
  thenExpect: 'the config daemon makes the VFs, the device plugin registers them, and the waiting pods are scheduled.',
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  summarise: (findings) =>
    `${findings[0]?.sameAs ?? ''} waits for the next boot of the firmware on ${countOf(findings)}`,
  remedy: (findings, facts) => {
    const name = findings[0]?.scope.node ?? 'NODE';
    const node = facts.node(name);
    const first = node === undefined ? undefined : pendingFirmware(node)?.adapters[0];
    return [
      {
        text: `Drain one node and restart it once; ${first?.activation.because ?? 'the firmware reads its settings when it boots'}.`,
        command: `${facts.cli} drain ${name} --ignore-daemonsets --delete-emptydir-data`,
        risk: 'evicts what runs on the node',
      },
      {
        text: 'Read the settings again: current must be equal to next boot. If it is not, a cold restart is needed.',
        command: `mstconfig -d ${findings[0]?.scope.pci ?? 'PCI'} -e q NUM_OF_VFS   # on ${name}`,
      },
    ];
  },
  cases: [
    {
      name: 'current differs from next boot',
      kind: 'broken',
      objects: [nodeState('a')],
      texts: {
        'host/a/mstconfig.txt':
          '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n*   NUM_OF_VFS   16   16   8\n',
      },
      says: 'NUM_OF_VFS 16 -> 8',
    },
    {
      name: 'an asterisk on an equal pair (000-55)',
      kind: 'look-alike',
      objects: [nodeState('a')],
      texts: {
        'host/a/mstconfig.txt':
          '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n*   KEEP_IB_LINK_UP_P2   False(0)   True(1)   True(1)\n',
      },
    },
    {
      name: 'all equal',
      kind: 'healthy',
      objects: [nodeState('a')],
      texts: {
        'host/a/mstconfig.txt':
          '=== 0000:18:00.0 ===\nConfigurations:   Default   Current   Next Boot\n    NUM_OF_VFS   16   8   8\n',
      },
    },
    { name: 'no firmware settings at all', kind: 'lacking', objects: [nodeState('a')], says: 'firmware settings' },
    {
      name: 'next boot only',
      kind: 'lacking',
      objects: [nodeState('a')],
      texts: { 'host/a/mstconfig.txt': '=== 0000:18:00.0 ===\nConfigurations:   Next Boot\n    NUM_OF_VFS   8\n' },
      says: 'firmware settings of the adapters on a',
    },
  ],
});
