/** The kernel does not put an adapter into switchdev mode; the errno says little about why. */
import { candidatesBy, type Candidate } from '../../candidates.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isSyncOver, said, sayings } from '../../said.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'switchdev-refused';
const WORDS =
  /(?:can't set eSwitch mode to \[switchdev\] on device \[(?<pci>[\da-f:.]+)\]|eswitch mode[^\n]{0,80}switchdev)[^\n]*(?<why>invalid argument|operation not supported|device or resource busy|bad resource state|input\/output error)/i;

const candidates = (node: string, pci: string): readonly Candidate[] => [
  ...candidatesBy({ fact: `what the kernel says on ${node}`, settle: `dmesg | grep -i -e mlx5_core -e eswitch; devlink dev eswitch show pci/${pci}   # on ${node}` }, [
    ['VFs exist or are in use', 'sriov_numvfs above 0, or a VF bound in a pod, while the mode is set', 'no VF'],
    ['the firmware does not allow it', 'dmesg has a syndrome for the command of the eSwitch', 'no such line'],
    ['a bond or another eSwitch setting holds it', 'the port is member of a bond (LAG) or of a bridge', 'neither'],
  ]),
  ...candidatesBy({ fact: `model and driver on ${node}`, settle: `lspci -s ${pci} -nn; modinfo -F version mlx5_core; uname -r   # on ${node}` }, [
    ['model or driver know no switchdev', 'ConnectX-4, or a kernel without CONFIG_MLX5_ESWITCH', 'ConnectX-5 or later with such a kernel'],
  ]),
]; // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const found = sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: isSyncOver(facts), clear: 'nodes came into sync since' },
    (one) => ({
      because: `${one.node ?? 'A node'}: the kernel refuses switchdev mode${one.groups['pci'] === undefined ? '' : ` of ${one.groups['pci']}`} (${one.groups['why'] ?? ''})`,
      sameAs: one.groups['why'] ?? '',
      candidates: candidates(one.node ?? 'the node', one.groups['pci'] ?? 'PCI'),
    }),
  );
  return found;
};

const SAID = `can't set eSwitch mode to [switchdev] on device [0000:18:00.0]: invalid argument`;

export const switchdevRefused = defineRule({
  id: RULE,
  title: 'The kernel refuses switchdev mode',
  severity: 'error',
  role: 'symptom',
  needs: [],
  lines: { said: WORDS },
  explain:
    'The mode of the eSwitch can only change while nothing uses it: many driver releases want no VF at that moment. The kernel answers with an errno and writes the firmware\'s syndrome to its log.',
  sources: ['reference sriov.md F62', 'sriov-network-operator #40, #1015, #1017'],
  check,
  remedy: () => [{ text: 'Read the kernel log first. With VFs in the way: drain the node, set sriov_numvfs to 0, and let the daemon try again.', risk: 'pods that use these VFs lose them' }],
  cases: [
    { name: 'the last error of the node state', kind: 'broken', objects: [nodeState('a', { syncStatus: 'Failed', lastSyncError: SAID, pfs: [pf({ seen: 0 })] })], says: 'refuses switchdev mode' },
    { name: 'in sync since', kind: 'healthy', objects: [nodeState('a', { lastSyncError: SAID })] },
    { name: 'legacy mode', kind: 'look-alike', objects: [nodeState('a', { syncStatus: 'Failed', lastSyncError: `can't set eSwitch mode to [legacy] on device [0000:18:00.0]: invalid argument` })] },
  ],
}); // prettier-ignore
