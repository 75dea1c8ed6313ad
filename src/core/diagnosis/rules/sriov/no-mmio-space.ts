/** VFs cannot be made since the platform gave the adapter no room for them in PCI address space or bus numbers. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isSyncOver, said, sayings, type Said } from '../../said.ts';
import { nodeState, pf, pod } from '../world.ts';

const RULE = 'no-mmio-space';

/** The kernel's own words prove it; the errno that a write of sriov_numvfs ends with is what follows from it. */
const KERNEL =
  /(?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7]): (?:SR-IOV: )?(?:not enough MMIO resources for SR-IOV|can't enable \d+ VFs \(bus \S+ out of range of|bus number out of range)/i;
const ERRNO =
  /(?:(?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7])\/sriov_numvfs|sriov_numvfs)[^\n]{0,200}cannot allocate memory/i;
const WORDS = new RegExp(`${KERNEL.source}|${ERRNO.source.replace('<pci>', '<pci2>')}`, 'i'); // prettier-ignore

const isKernel = ({ text }: Said): boolean => KERNEL.test(text);

const check = (facts: Facts): readonly Statement[] => {
  const all = said(facts, `${RULE}/said`, WORDS);
  const proven = new Set(all.filter(isKernel).map(({ node }) => node));
  return sayings(all, { over: isSyncOver(facts), clear: 'nodes made their VFs since' }, (one) => {
    const pci = one.groups['pci'] ?? one.groups['pci2'];
    const isProven = proven.has(one.node) || proven.has(undefined);
    return {
      because: `${one.node === undefined ? 'A node' : one.node} cannot make VFs${pci === undefined ? '' : ` of ${pci}`}: ${isProven ? 'the kernel has no PCI resources for them' : 'the kernel ends the write with "cannot allocate memory", which is PCI address space and not RAM'}`,
      confidence: isProven ? 'proven' : 'likely',
      sameAs: 'mmio',
      lacks: isProven
        ? []
        : [
            {
              what: `what the kernel says of it${one.node === undefined ? '' : ` on ${one.node}`}`,
              why: 'it names the resource that is missing: MMIO, or bus numbers',
              settle: `dmesg | grep -i -e 'not enough MMIO' -e 'out of range' -e 'BAR .* no space'   # on ${one.node ?? 'the node'}`,
            },
          ],
    };
  });
};

const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });
const ENOMEM = 'write /sys/bus/pci/devices/0000:18:00.0/sriov_numvfs: cannot allocate memory';

export const noMmioSpace = defineRule({
  id: RULE,
  title: 'The platform has no PCI resources for the VFs',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'Each VF needs memory-mapped address space and a PCI function number, and the platform firmware hands both out at boot, by the largest number of VFs that the adapter announces. Where it hands out too little, the kernel refuses sriov_numvfs with ENOMEM. ' +
    'SR-IOV, Above 4G Decoding and ARI in the BIOS decide; pci=realloc lets the kernel hand the space out again.',
  sources: ['reference sriov.md F14', 'sriov-network-operator #672', 'mstflint #736', 'openshift-docs #32619'],
  thenExpect: 'the config daemon makes the VFs by itself once the kernel accepts the number',
  check,
  remedy: (findings) => [
    { text: 'Switch SR-IOV and Above 4G Decoding on in the BIOS of the node, and restart it.', risk: 'ends every pod on the node' },
    { text: 'Where the BIOS has both, add pci=realloc to the kernel arguments (by hand on Ubuntu, where the operator does not), or lower NUM_OF_VFS of the adapters: space is handed out by it, and not by the policy.' },
    { text: 'See that it helped.', command: `cat /sys/bus/pci/devices/${findings[0]?.scope.pci ?? 'PCI'}/sriov_totalvfs; dmesg | grep -i mmio   # on ${findings[0]?.scope.node ?? 'the node'}` },
  ],
  cases: [
    { name: 'the last error of the node state', kind: 'broken', objects: [nodeState('a', { syncStatus: 'Failed', lastSyncError: ENOMEM, pfs: [pf({ seen: 0 })] })], says: 'cannot make VFs of 0000:18:00.0' },
    { name: 'the kernel says it', kind: 'broken', objects: [nodeState('a', { syncStatus: 'InProgress', pfs: [pf({ seen: 0 })] })], texts: { 'a/dmesg.txt': '[   12.1] mlx5_core 0000:18:00.0: not enough MMIO resources for SR-IOV\n' }, says: 'no PCI resources' },
    { name: 'in sync since', kind: 'healthy', objects: [nodeState('a'), daemon], texts: { 'sriov-network-config-daemon-x7k2p.log': `E1 ${ENOMEM}\n` } },
    { name: 'another program lacks memory', kind: 'look-alike', objects: [nodeState('a', { syncStatus: 'Failed', lastSyncError: 'fork/exec /usr/bin/mstconfig: cannot allocate memory' })] },
  ],
}); // prettier-ignore
