/** A policy takes a BlueField whose ports belong to its own processor: the daemon refuses the whole node. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { isSyncOver, said, sayings } from '../../said.ts';
import { nodeState, pf } from '../world.ts';

const RULE = 'dpu-mode-selected';
const WORDS = /(?:NIC|device|card)?\s*(?<pci>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}\.[0-7])?\s*is in DPU mode/i;

const check = (facts: Facts): readonly Statement[] =>
  sayings(
    said(facts, `${RULE}/said`, WORDS),
    { over: isSyncOver(facts), clear: 'nodes came into sync since' },
    (one) => {
      const pci = one.groups['pci'];
      const wanted = facts.node(one.node ?? '')?.nodeState?.wanted.find((each) => each.pci === pci);
      const policies = wanted?.groups.map(({ policyName }) => policyName) ?? [];
      return {
        because: `${one.node ?? 'A node'}: ${policies.length === 0 ? 'a policy' : `policy ${policies.join(', ')}`} selects ${pci ?? 'a BlueField'}, which is in DPU mode: the host does not own its ports, and the daemon configures nothing on the node`,
        sameAs: `${pci ?? ''}`,
      };
    },
  );

const SAID = 'NIC 0000:18:00.0 is in DPU mode, and is not supported by the mellanox plugin';

export const dpuModeSelected = defineRule({
  id: RULE,
  title: 'A policy takes a DPU',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'A BlueField in DPU mode is configured from its own Arm side. The mellanox plugin refuses such a card, and an error of a plugin stops every other adapter of the node too. Selectors by vendor alone take it along.',
  sources: ['reference sriov.md F06, F29', 'sriov-network-operator #816', 'mstflint #830'],
  check,
  remedy: (_, facts) => [
    { text: 'Name the wanted ports in the policy (pfNames or rootDevices), so that the BlueField is left out.', command: `${facts.cli} get sriovnetworknodepolicies -A -o yaml` },
    { text: 'Or switch the card to NIC mode, if its Arm side is not used.', risk: 'takes a power cycle, and ends what runs on the DPU' },
  ],
  cases: [
    { name: 'the last error of the node state', kind: 'broken', objects: [nodeState('a', { syncStatus: 'InProgress', lastSyncError: SAID, pfs: [pf({ seen: 0 })] })], says: 'policy policy-ibp24s0 selects 0000:18:00.0' },
    { name: 'in sync since', kind: 'healthy', objects: [nodeState('a', { lastSyncError: SAID })] },
    { name: 'a DPU that no policy takes', kind: 'look-alike', objects: [nodeState('a')], texts: { 'a/host.txt': '$ mlxconfig -d 0000:2c:00.0 q INTERNAL_CPU_OFFLOAD_ENGINE\n INTERNAL_CPU_OFFLOAD_ENGINE ENABLED(0)\n' } },
  ],
}); // prettier-ignore
