/** A policy also takes adapters that serve the machine itself, or that do not belong to the host: worth saying before it hurts. */
import type { TrapName } from '../../../sriov/check/traps.ts';
import { defineRule } from '../../rule.ts';
import { trapStatements, trapWaysOut } from '../../sriov-traps.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const TRAPS = ['takes-unwanted'] as const satisfies readonly TrapName[];
const dpu = nodeState('a', {
  pfs: [pf({ vfs: 0, seen: 0 }), pf({ vfs: 0, seen: 0, pci: '0000:2c:00.0', name: 'ens2f0np0', deviceID: 'a2dc' })],
});
const policy = (nicSelector: Readonly<Record<string, unknown>>) => anSriovPolicy('p', { nicSelector });

export const policyTakesUnwanted = defineRule({
  id: 'policy-takes-unwanted',
  title: 'A policy takes adapters that it should not',
  severity: 'warning',
  role: 'observation',
  needs: ['policies', 'nodeStates'],
  explain:
    'A selector by vendor takes every adapter of that vendor: BlueField cards, soldered adapters of the machine, the one that carries the node\'s own connection. Their firmware is changed and their driver reset like that of the others.',
  sources: ['reference sriov.md F29', 'seeds/000'],
  check: (facts) => trapStatements(facts, TRAPS, { clear: 'policies take no adapter that serves the machine itself' }),
  remedy: (_, facts) => trapWaysOut(facts, TRAPS).map((text) => ({ text, command: 'nicwright sriov generate --from DUMP   # a policy with names' })),
  cases: [
    { name: 'a BlueField by its vendor', kind: 'broken', objects: [policy({ vendor: '15b3' }), gpuNode('a', {}), dpu], says: '0000:2c:00.0' },
    { name: 'named ports', kind: 'healthy', objects: [policy({ pfNames: ['ibp24s0'] }), gpuNode('a', {}), dpu] },
    { name: 'policies were not looked at', kind: 'lacking', objects: [dpu], says: 'SR-IOV policies' },
    { name: 'a BlueField on a node that the policy does not take', kind: 'look-alike', objects: [anSriovPolicy('p', { nodeSelector: { rack: '1' }, nicSelector: { vendor: '15b3' } }), gpuNode('a', {}), dpu] },
  ],
}); // prettier-ignore
