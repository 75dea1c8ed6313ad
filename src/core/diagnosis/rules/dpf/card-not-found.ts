/** dms-init finds no BlueField on the PCI bus of the host. */
import { textEvidence } from '../../evidence.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { defineStartCause } from './start-cause.ts';

export const cardNotFound = defineStartCause({
  id: 'card-not-found',
  title: 'No BlueField is found on the host',
  line: /No DPUs? found|no BlueField (?:device|card)s? found|Failed to get serial number for PCI address/i,
  explain:
    'dms-init looks through /sys/bus/pci/devices for 0xa2dc (BlueField-3) and 0xa2d6 (BlueField-2). A host that has the label dpu-enabled and shows neither has lost its card from the bus, has another card, or was labelled by mistake.',
  sources: ['reference dpf.md 4, 7.1 (2)', 'internal/dmsinit/dmsinit.sh discover_dpu'],
  affects: 'DPF 25.4 to 25.7',
  because: (where) => `${where}: no BlueField-2 or -3 is on the PCI bus, so there is nothing to install`,
  more: (facts, { node }) =>
    facts
      .lines('card-not-found/line')
      .filter(({ text }) => text.kind === 'host' && facts.nodeOfText(text) === node)
      .slice(0, 1)
      .map(({ origin, line }) => textEvidence(origin, line)),
  remedy: (findings, facts) => [
    {
      text: 'Look whether the card stands on the bus at all.',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `lspci -nn | grep -E '15b3:a2d[6c]'   # on ${scope.node ?? 'the host'}`)
        .join('\n'),
    },
    { text: 'On the bus and not found: another BlueField, or a release of DPF that does not know it. Not on the bus: a cold restart of the host, then its slot.' , risk: 'a cold restart stops everything on the host: drain it first' },
    {
      text: 'A host without a card should not have the label.',
      command: findings
        .slice(0, 1)
        .map(({ scope }) => `${facts.cli} label node ${scope.node ?? 'NODE'} feature.node.kubernetes.io/dpu-enabled-`)
        .join('\n'),
    },
  ],
  cases: [
    { name: 'none on the bus', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': '[dmsinit] Total DPUs discovered: 0\n[dmsinit] No DPUs found on this system\n' }, says: 'nothing to install' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'found after a restart', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.previous.log': '[dmsinit] No DPUs found on this system\n' } },
    { name: 'cards are found', kind: 'look-alike', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': '[dmsinit] Total DPUs discovered: 2\n' } },
  ],
}); // prettier-ignore
