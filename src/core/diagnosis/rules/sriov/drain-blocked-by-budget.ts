/** A drain that a PodDisruptionBudget refuses, now or for ever: by the budgets themselves, or by what the drain logged. */
import { askBudgets } from '../../../drain/budgets.ts';
import { podName } from '../../../drain/pod-facts.ts';
import { budgetsIn, drainingNodes, isOver, nodeOfLine, podsToGo } from '../../draining-nodes.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pod } from '../world.ts';
import { anObject } from '../world-operator.ts';

const BUDGETS = 'PodDisruptionBudget.policy';

const areBudgetsKnown = ({ objects, snapshot }: Facts): boolean =>
  snapshot.listed.has(BUDGETS) || objects('PodDisruptionBudget').length > 0;

const fromObjects = (facts: Facts): readonly Statement[] => {
  const book = budgetsIn(facts);
  return drainingNodes(facts).flatMap((draining): readonly Statement[] => {
    const { node } = draining;
    const going = podsToGo(facts, draining);
    if (going.length === 0) return [];
    if (!areBudgetsKnown(facts))
      return [
        {
          says: 'unknown',
          scope: { node },
          lack: {
            what: 'disruption budgets',
            why: `whether one holds the drain of ${node}`,
            settle: `${facts.cli} get pdb -A -o yaml`,
          },
        },
      ];
    const held = going.flatMap((entry) => {
      const answer = askBudgets(book, entry.object);
      return answer.allows ? [] : [{ entry, answer }];
    });
    const [first] = held;
    if (first === undefined)
      return [{ says: 'clear', scope: { node }, saw: 'budgets let the pods of nodes being drained go' }];
    const isForever = held.some(({ answer }) => answer.blocks === 'never');
    const budgets = facts
      .objects('PodDisruptionBudget')
      .filter(({ object }) => held.some(({ answer }) => answer.budgets.includes(object)));
    return [
      {
        says: 'finding',
        scope: { node },
        because: `The drain of ${node} by ${draining.by} ${isForever ? 'can never end' : 'waits'}: ${held
          .map(({ entry }) => podName(entry.object))
          .slice(0, 3)
          .join(
            ', ',
          )}${held.length > 3 ? ` and ${held.length - 3} more pods are` : held.length === 1 ? ' is' : ' are'} held by ${first.answer.because}; ${first.answer.wayOut}`,
        confidence: 'proven',
        sameAs: first.answer.because,
        evidence: [...budgets.slice(0, 3).map((entry): Evidence => fieldEvidence(entry, ['spec'])), draining.evidence],
      },
    ];
  });
};

const fromLog = (facts: Facts): readonly Finding[] => {
  const byNode = Map.groupBy(facts.lines('drain-blocked-by-budget/refused'), (line) => nodeOfLine(facts, line));
  return [...byNode].flatMap(([node, lines]) => {
    const last = lines.at(-1);
    if (last === undefined || isOver(facts, node)) return [];
    const pods = [
      ...new Set(
        lines.flatMap(({ groups: { ns, pod: name } }) => (name === undefined ? [] : [[ns, name].filter(Boolean).join('/')])),
      ),
    ];
    return [
      {
        says: 'finding',
        scope: node === undefined ? {} : { node },
        because: `The drain of ${node ?? 'a node'} is refused by a disruption budget of ${pods.length === 0 ? 'a pod' : pods.slice(0, 3).join(', ')}`,
        confidence: 'proven',
        sameAs: pods.join(' '),
        evidence: [textEvidence(last.origin, last.line)],
        ...(areBudgetsKnown(facts)
          ? {}
          : {
              lacks: [
                {
                  what: 'disruption budgets',
                  why: 'whether the budget ever lets the pod go',
                  settle: `${facts.cli} get pdb -A -o yaml`,
                },
              ],
            }),
      },
    ];
  });
}; // prettier-ignore

const app = (() => {
  const one = pod('app-1', { namespace: 'jobs', node: 'a', requests: { 'nvidia.com/res': '1' }, labels: { app: 'x' } });
  return { ...one, status: { ...(one['status'] as object), conditions: [{ type: 'Ready', status: 'True' }] } };
})();
const budget = (minAvailable: number, disruptionsAllowed: number) =>
  anObject(
    'policy/v1',
    'PodDisruptionBudget',
    'x',
    {
      spec: { minAvailable, selector: { matchLabels: { app: 'x' } } },
      status: { expectedPods: 2, currentHealthy: 2, desiredHealthy: minAvailable, disruptionsAllowed },
    },
    'jobs',
  );
const draining = nodeState('a', { syncStatus: 'InProgress', desired: 'Drain_Required', current: 'Draining' });
const LOG = 'sriov-network-config-daemon-x7k2p.log';
const REFUSED =
  'I0518 06:55:20 drain.go:1] error when evicting pods/"app-1" -n "jobs" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\n';

export const drainBlockedByBudget = defineRule({
  id: 'drain-blocked-by-budget',
  title: 'A disruption budget holds a drain',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    refused:
      /(?:error when evicting pods?\/?\\*"?(?<pod>[^"\\\s]+)\\*"? -n \\*"?(?<ns>[^"\\\s]+)\\*"?.*)?Cannot evict pod as it would violate the pod's disruption budget/,
  },
  explain:
    'Operators drain by eviction, and the API server refuses an eviction that a PodDisruptionBudget forbids. The drain asks again; a budget that wants as many pods as there are never gives way, and two budgets on one pod are refused with an error of the server.',
  sources: ['reference ipam-maintenance-power.md 5.1', 'reference sriov.md F40', 'sriov-network-operator #429, #537'],
  check: (facts) => {
    const stated = fromObjects(facts);
    const known = new Set(stated.flatMap(({ says, scope }) => (says === 'finding' ? [scope.node] : [])));
    const logged = fromLog(facts).filter(({ scope }) => !known.has(scope.node));
    const spokenOf = new Set(logged.map(({ scope }) => scope.node));
    // What the drain was told counts more than what the budgets would answer now.
    return [...stated.filter(({ says, scope }) => says === 'finding' || !spokenOf.has(scope.node)), ...logged];
  },
  remedy: (_findings, facts) => [
    {
      text: 'Let the owner of the workload add a replica, mend the unhealthy pods, or relax the budget; the drain goes on by itself.',
      command: `${facts.cli} get pdb -A`,
    },
    { text: 'Unsafe: deleting the pod or the budget without its owner; the budget is there to keep a service up.' },
  ],
  cases: [
    { name: 'a budget that wants all pods', kind: 'broken', objects: [draining, app, budget(2, 0)], says: 'can never end' },
    { name: 'a budget that allows none now', kind: 'broken', objects: [draining, app, budget(1, 0)], says: 'waits' },
    { name: 'the drain was refused', kind: 'broken', objects: [pod('sriov-network-config-daemon-x7k2p', { node: 'a' })], texts: { [LOG]: REFUSED }, says: 'jobs/app-1' },
    { name: 'a budget that allows one', kind: 'healthy', objects: [draining, app, budget(1, 1)] },
    { name: 'budgets were not listed', kind: 'lacking', objects: [draining, app], says: 'disruption budgets' },
    { name: 'a tight budget on a node that nobody drains', kind: 'look-alike', objects: [nodeState('a'), app, budget(2, 0)] },
    { name: 'the pod asks for no resource of the operator', kind: 'look-alike', objects: [draining, pod('web', { namespace: 'jobs', node: 'a', labels: { app: 'x' } }), budget(2, 0)] },
  ],
}); // prettier-ignore
