/** A NicClusterPolicy under a name that the operator does not look at. */
import { digText } from '../../../model/dig.ts';
import { POLICY_NAME } from '../../../nicpolicy/components.ts';
import { policyReport } from '../../../nicpolicy/policy-report.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aNicClusterPolicy } from '../world-operator.ts';

const RULE = 'nicclusterpolicy-name-ignored';

const check = (facts: Facts): readonly Statement[] => {
  const policies = facts.objects('NicClusterPolicy');
  if (policies.length === 0) return [];
  if (policies.some(({ object }) => object.metadata.name === POLICY_NAME))
    return [{ says: 'clear', scope: {}, saw: `the NicClusterPolicy ${POLICY_NAME} is there` }];
  return policies.map((entry): Statement => {
    const { name } = entry.object.metadata;
    const [remark = ''] = policyReport(facts.snapshot, entry.object, undefined, undefined).remarks;
    return {
      says: 'finding',
      scope: {},
      because: `NicClusterPolicy ${name}: ${remark}${digText(entry.object, 'status', 'state') === 'ignore' ? '; its state ignore says so, and not that components are switched off' : ''}`,
      confidence: 'proven',
      sameAs: name,
      evidence: [
        fieldEvidence(entry, ['metadata', 'name']),
        ...(['state', 'reason'] as const).flatMap((field) =>
          digText(entry.object, 'status', field) === undefined ? [] : [fieldEvidence(entry, ['status', field])],
        ),
        ...facts
          .lines(`${RULE}/unsupported`)
          .filter(({ line }) => line.includes(name))
          .slice(0, 1)
          .map(({ origin, line }) => textEvidence(origin, line)),
      ],
    };
  });
};

export const nicclusterpolicyNameIgnored = defineRule({
  id: RULE,
  title: 'The NicClusterPolicy has a name that the operator ignores',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  lines: { unsupported: /unsupported NicClusterPolicy instance name/i },
  explain: `The operator handles the one policy named ${POLICY_NAME}. Any other gets the state ignore and a reason, and nothing is deployed for it.`,
  sources: ['reference network-operator.md 1.1, 1.7', 'network-operator #17, #38'],
  check,
  remedy: (findings, facts) => {
    const name = findings[0]?.sameAs ?? 'NAME';
    return [
      {
        text: `Apply the same spec under the name ${POLICY_NAME}.`,
        command: `${facts.cli} get nicclusterpolicy ${name} -o yaml | sed 's/^  name: ${name}$/  name: ${POLICY_NAME}/' > policy.yaml; nicwright policy check policy.yaml`,
        risk: 'its components start, a driver section reloads the driver on every node with an adapter',
      },
      {
        text: 'Then delete the other one; it owns nothing.',
        command: `${facts.cli} delete nicclusterpolicy ${name}`,
      },
    ];
  },
  cases: [
    {
      name: 'another name',
      kind: 'broken',
      objects: [aNicClusterPolicy({}, { state: 'ignore' }, 'mine')],
      says: `only looks at the policy named ${POLICY_NAME}`,
    },
    { name: 'the right name', kind: 'healthy', objects: [aNicClusterPolicy()] },
    { name: 'nobody looked', kind: 'lacking', objects: [], says: 'NicClusterPolicy' },
    {
      name: 'a second policy beside the right one',
      kind: 'look-alike',
      objects: [aNicClusterPolicy(), aNicClusterPolicy({}, { state: 'ignore' }, 'mine')],
    },
  ],
});
