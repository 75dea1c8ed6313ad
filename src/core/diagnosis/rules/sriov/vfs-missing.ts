/** PFs that a policy gives VFs and that have none, or fewer. */
import { digList } from '../../../model/dig.ts';
import { daemonLogCommand } from '../../commands.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { distinct } from '../../distinct.ts';
import { someNames } from '../../some-names.ts';
import { nodeState, pf } from '../world.ts';

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const entry = facts.object('SriovNetworkNodeState', name);
  const state = facts.node(name)?.nodeState;
  if (entry === undefined || state === undefined) return [];
  const seenList = digList(entry.object, 'status', 'interfaces');
  const statements = state.wanted
    .filter(({ numVfs, externallyManaged }) => numVfs > 0 && !externallyManaged)
    .map((wanted): Statement => {
      const label = `${wanted.name ?? wanted.pci} (${wanted.pci})`;
      const at = state.seen.findIndex(({ pci }) => pci === wanted.pci);
      const seen = state.seen[at];
      if (seen === undefined)
        return {
          says: 'unknown',
          scope: { node: name, pci: wanted.pci },
          lack: {
            what: `VFs of ${label} on ${name}`,
            why: 'the node state has a policy for this PF and no status of it',
            settle: `cat /sys/bus/pci/devices/${wanted.pci}/sriov_numvfs   # on ${name}`,
          },
        };
      const count = seen.numVfs ?? seen.vfs.length;
      if (count >= wanted.numVfs)
        return {
          says: 'clear',
          scope: { node: name, pci: wanted.pci },
          saw: 'PFs have the VFs that their policies want',
        };
      const index = seenList.findIndex((value) => (value as { pciAddress?: unknown }).pciAddress === wanted.pci);
      return {
        says: 'finding',
        scope: { node: name, pci: wanted.pci },
        because: `${name}: ${label} has ${count === 0 ? 'no VFs' : `${count} VFs`}, and its policy wants ${wanted.numVfs}`,
        confidence: 'proven',
        sameAs: count === 0 ? 'none' : 'fewer',
        evidence: [
          fieldEvidence(
            entry,
            ['status', 'interfaces', index, 'numVfs'],
            count === 0 ? `${wanted.pci} has no numVfs` : `numVfs: ${count}`,
          ),
        ],
      };
    });
  return statements;
};

const count = (values: readonly (string | undefined)[]): number => new Set(values).size;

export const vfsMissing = defineRule({
  id: 'vfs-missing',
  title: 'PFs lack the VFs that their policies want',
  severity: 'error',
  role: 'symptom',
  needs: ['nodeStates'],
  explain:
    'The config daemon makes VFs only in a pass that needs no restart: while it wants one, no VF is made. ' +
    'A missing numVfs in the status means 0; a missing status of the PF means that nobody looked.',
  sources: ['reference sriov.md 2.2', 'sriov-network-operator pkg/daemon/daemon.go'],
  causedBy: [
    'no-mmio-space',
    'vfs-above-total',
    'link-type-mismatch',
    'pf-unbound-by-daemon',
    'node-state-not-synced',
    'firmware-change-pending',
    'sriov-disabled-in-firmware',
  ],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  summarise: (findings) => {
    const [first] = findings;
    if (first === undefined || findings.length === 1) return first?.because ?? '';
    const nodes = distinct(findings.map(({ scope }) => scope.node));
    return `${count(findings.map(({ scope }) => `${scope.node} ${scope.pci}`))} PFs have ${first.sameAs === 'none' ? 'no VFs' : 'fewer VFs than wanted'} on ${someNames(nodes)}`;
  },
  remedy: (findings: readonly Finding[], facts) => [
    {
      text: 'Read why the config daemon makes no VFs on this node.',
      command: daemonLogCommand(facts, findings[0]?.scope.node ?? 'NODE', 100),
    },
  ],
  cases: [
    {
      name: 'eight wanted, none seen',
      kind: 'broken',
      objects: [nodeState('a', { pfs: [pf({ seen: 0 })] })],
      says: 'has no VFs',
    },
    {
      name: 'eight wanted, five seen',
      kind: 'broken',
      objects: [nodeState('a', { pfs: [pf({ seen: 5 })] })],
      says: '5 VFs',
    },
    { name: 'all there', kind: 'healthy', objects: [nodeState('a')] },
    { name: 'no node state was looked at', kind: 'lacking', objects: [], says: 'SR-IOV node states' },
    { name: 'a PF without policy', kind: 'look-alike', objects: [nodeState('a', { pfs: [pf({ vfs: 0 })] })] },
  ],
});
