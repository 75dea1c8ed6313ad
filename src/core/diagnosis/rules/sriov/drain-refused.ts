/** A drain that ends before it begins: kubectl's pre-check meets a pod for whose loss nobody gave consent. */
import { isOver, nodeOfLine } from '../../draining-nodes.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { nodeState, pod } from '../world.ts';

const check = (facts: Facts): readonly Statement[] => {
  const byNode = Map.groupBy(facts.lines('drain-refused/refused'), (line) => nodeOfLine(facts, line));
  return [...byNode].flatMap(([node, lines]): readonly Statement[] => {
    const last = lines.at(-1);
    if (last === undefined) return [];
    if (isOver(facts, node))
      return [{ says: 'clear', scope: { node: node ?? '' }, saw: 'drains that once refused are over' }];
    const { what, flag, pods } = last.groups;
    return [
      {
        says: 'finding',
        scope: node === undefined ? {} : { node },
        because: `The drain of ${node ?? 'a node'} ends before any pod is evicted: it refuses ${(what ?? 'pods').trim()}${pods === undefined ? '' : ` (${pods.split(/[;\]"\\]/)[0]?.trim() ?? ''})`} unless ${flag ?? 'a flag'} consents`,
        confidence: 'proven',
        sameAs: `${node ?? ''} ${flag ?? ''}`,
        evidence: [textEvidence(last.origin, last.line)],
      },
    ];
  });
};

const LOG = 'sriov-network-config-daemon-x7k2p.log';
const daemon = pod('sriov-network-config-daemon-x7k2p', { node: 'a' });

export const drainRefused = defineRule({
  id: 'drain-refused',
  title: 'A drain refuses pods before it begins',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    refused: /cannot delete (?<what>[^("]{3,80})\(use (?<flag>--[\w-]+)[^)]*\)(?::\s*(?<pods>[^\n]{0,200}))?/,
  },
  explain:
    'Before the first eviction kubectl looks for pods that would be lost: those without a controller (--force), with emptyDir volumes (--delete-emptydir-data), or of a DaemonSet (--ignore-daemonsets). One of them ends the drain, and nothing is evicted. ' +
    'The driver upgrade takes its consents from drain.force and drain.deleteEmptyDir of the policy; the SR-IOV operator always consents.',
  sources: ['reference ipam-maintenance-power.md 5.2', 'reference network-operator.md 3.11, 3.15'],
  check,
  remedy: (findings) => [
    { text: 'Let the owners of these pods move or end them; then the drain goes through.' },
    {
      text: `Or consent to their loss${/force/.test(findings[0]?.because ?? '') ? ' (spec.ofedDriver.upgradePolicy.drain.force for the driver upgrade)' : ''}.`,
      risk: 'a pod without a controller is not made again; the content of emptyDir volumes is gone',
    },
  ],
  cases: [
    {
      name: 'a pod without a controller',
      kind: 'broken',
      objects: [daemon],
      texts: {
        [LOG]: 'E0518 drain: cannot delete Pods declare no controller (use --force to override): jobs/bare-1\n',
      },
      says: 'jobs/bare-1',
    },
    {
      name: 'local storage',
      kind: 'broken',
      objects: [],
      texts: {
        'drain.txt':
          '$ kubectl drain a\nerror: unable to drain node "a" due to error:[cannot delete Pods with local storage (use --delete-emptydir-data to override): jobs/x], continuing command...\n',
      },
      says: '--delete-emptydir-data',
    },
    {
      name: 'the drain of that log is over',
      kind: 'healthy',
      objects: [daemon, nodeState('a')],
      texts: { [LOG]: 'cannot delete Pods declare no controller (use --force to override): jobs/bare-1\n' },
    },
    {
      name: 'a refusal by the API server that is no pre-check',
      kind: 'look-alike',
      objects: [daemon],
      texts: { [LOG]: 'E0518 cannot delete resource "pods" in API group "" in the namespace "jobs"\n' },
    },
  ],
});
