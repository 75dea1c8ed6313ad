/** A policy without a priority, which counts as the strongest, takes the VFs of one that has a priority. */
import { dig } from '../../../model/dig.ts';
import type { TrapName } from '../../../sriov/check/traps.ts';
import { defineRule } from '../../rule.ts';
import { trapName, trapStatements } from '../../sriov-traps.ts';
import { anSriovPolicy } from '../world-operator.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const TRAPS = ['overridden', 'overlap-unseen'] as const satisfies readonly TrapName[];
const none = { priority: undefined };
const here = [gpuNode('a', {}), nodeState('a', { pfs: [pf({ vfs: 0, seen: 0 })] })];
const wide = (extra: Readonly<Record<string, unknown>>) =>
  anSriovPolicy('wide', { resourceName: 'wide', nicSelector: { vendor: '15b3' }, ...extra });
const meant = anSriovPolicy('meant', { resourceName: 'meant', priority: 10 });

export const policyPriorityMissing = defineRule({
  id: 'policy-priority-missing',
  title: 'A policy without a priority beats one that has a priority',
  severity: 'error',
  role: 'cause',
  needs: ['policies'],
  explain:
    'The smaller number is the stronger one. The mutating webhook makes 99, the weakest, of a missing priority; the chart leaves that webhook off, and then it stays 0, the strongest. A policy that was meant for what is left takes everything.',
  sources: ['reference sriov.md 1.1, F23'],
  check: (facts) =>
    trapStatements(facts, TRAPS, {
      clear: 'no policy without a priority beats another one',
      isFault: (trap) => {
        const policy = facts.object('SriovNetworkNodePolicy', trapName(trap));
        return policy !== undefined && dig(policy.object, 'spec', 'priority') === undefined;
      },
    }),
  remedy: (findings, facts) => [
    {
      text: 'Write priority: 99 into the policy that is meant for the rest.',
      command: `${facts.cli} patch sriovnetworknodepolicy -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} ${findings[0]?.sameAs?.split(' ').at(-1) ?? 'POLICY'} --type merge -p '{"spec":{"priority":99}}'`,
      risk: 'VFs change their resource: nodes may be drained',
    },
  ],
  cases: [
    { name: 'the wide policy has none', kind: 'broken', objects: [wide(none), meant, ...here], says: 'wide' },
    { name: 'it has one', kind: 'healthy', objects: [wide({ priority: 99 }), meant, ...here] },
    { name: 'policies were not looked at', kind: 'lacking', objects: here, says: 'SR-IOV policies' },
    { name: 'it meets no other policy', kind: 'look-alike', objects: [wide(none), ...here] },
  ],
}); // prettier-ignore
