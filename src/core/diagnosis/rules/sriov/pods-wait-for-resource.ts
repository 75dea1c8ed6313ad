/** Pods that cannot be scheduled because they ask for a resource that policies promise and no node offers. */
import { digList, digText } from '../../../model/dig.ts';
import { objectPath, type KubeObject } from '../../../model/kube-object.ts';
import { quantityMilli } from '../../../model/quantity.ts';
import { podRequests, type Amounts } from '../../../placement/pod-demand.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { someNames } from '../../some-names.ts';
import { gpuNode, nodeState, pf, pod } from '../world.ts';

const isWaiting = (object: KubeObject): boolean =>
  digText(object, 'status', 'phase') === 'Pending' &&
  digText(object, 'spec', 'nodeName') === undefined &&
  digList(object, 'status', 'conditions').some(
    (condition) => digText(condition, 'type') === 'PodScheduled' && digText(condition, 'status') === 'False',
  );

interface Lacking {
  /** Promised resources of which no node offers enough for this request. */
  readonly resources: readonly string[];
  /** The nodes that promise one of them. */
  readonly nodes: readonly string[];
}

const findLacking = (facts: Facts, requests: Amounts): Lacking => {
  const resources: string[] = [];
  const nodes = new Set<string>();
  for (const [resource, wanted] of requests) {
    const promising = facts.nodes.filter((node) => facts.promised(node)?.has(resource) === true);
    const isOffered = facts.nodes.some(
      (node) => (quantityMilli(facts.node(node)?.allocatable[resource] ?? 0) ?? 0n) >= wanted,
    );
    if (promising.length === 0 || isOffered) continue;
    resources.push(resource);
    for (const node of promising) nodes.add(node);
  }
  return { resources, nodes: [...nodes] };
};

const asked = new WeakMap<Facts, Map<string, Lacking>>();

/** Thousands of pods ask for the same: every node is looked at once for each kind of request. */
const lackingFor = (facts: Facts, requests: Amounts): Lacking => {
  const known = asked.get(facts) ?? new Map<string, Lacking>();
  asked.set(facts, known);
  const key = [...requests].map(([resource, wanted]) => `${resource} ${wanted}`).join('\n');
  const lacking = known.get(key) ?? findLacking(facts, requests);
  known.set(key, lacking);
  return lacking;
};

const checkPod = (facts: Facts, entry: SnapshotObject): readonly Statement[] => {
  const { object } = entry;
  if (!isWaiting(object)) return [];
  const { resources, nodes } = lackingFor(facts, podRequests(object));
  if (resources.length === 0) return [];
  const name = objectPath(object);
  return [
    {
      says: 'finding',
      scope: { object: name },
      because: `${name} waits for ${resources.join(', ')}; it could run on ${someNames(nodes)} once they are offered`,
      confidence: 'proven',
      evidence: [
        fieldEvidence(
          entry,
          ['status', 'conditions'],
          digText(
            digList(object, 'status', 'conditions').find((condition) => digText(condition, 'type') === 'PodScheduled'),
            'message',
          ),
        ),
      ],
    },
  ];
};

export const podsWaitForResource = defineRule({
  id: 'pods-wait-for-resource',
  title: 'Pods wait for a resource that no node offers',
  severity: 'error',
  role: 'symptom',
  needs: ['pods', 'nodes', 'nodeStates'],
  explain:
    'The scheduler says "Insufficient RESOURCE" or, where the nodes are cordoned as well, only that they are unschedulable. ' +
    'This rule goes by what the pod asks for, not by the words: a pod that waits for another reason is not counted here.',
  sources: ['seeds/000 symptoms', 'kubernetes pkg/scheduler/framework/plugins/noderesources'],
  causedBy: ['resource-missing'],
  check: (facts) => {
    const waiting = facts.objects('Pod').flatMap((entry) => checkPod(facts, entry));
    return waiting.length > 0 || facts.objects('Pod').length === 0
      ? waiting
      : [{ says: 'clear', scope: {}, saw: 'no pod waits for a resource that policies promise' }];
  },
  summarise: (findings) =>
    findings.length === 1
      ? (findings[0]?.because ?? '')
      : `${findings.length} pods wait for these resources: ${findings
          .slice(0, 3)
          .map(({ scope }) => scope.object)
          .join(', ')}${findings.length > 3 ? ' and more' : ''}`,
  remedy: () => [{ text: 'Nothing to do at the pods: they are scheduled once a node offers what they ask for.' }],
  cases: [
    {
      name: 'an NCCL pod that asks for a promised and absent resource (000-07)',
      kind: 'broken',
      objects: [
        gpuNode('a', {}),
        nodeState('a', { pfs: [pf({ resource: 'resx' })] }),
        pod('nccl-0', {
          phase: 'Pending',
          unschedulable: '0/1 nodes are available: 1 Insufficient nvidia.com/resx.',
          requests: { 'nvidia.com/resx': '1' },
        }),
      ],
      says: 'nvidia.com/resx',
    },
    {
      name: 'a pod that waits for memory',
      kind: 'look-alike',
      objects: [
        gpuNode('a', {}),
        nodeState('a', { pfs: [pf({ resource: 'resx' })] }),
        pod('big', {
          phase: 'Pending',
          unschedulable: '0/1 nodes are available: 1 Insufficient memory.',
          requests: { memory: '9Ti' },
        }),
      ],
    },
    {
      name: 'a pod that runs',
      kind: 'healthy',
      objects: [
        gpuNode('a', { 'nvidia.com/resx': '8' }),
        nodeState('a'),
        pod('nccl-0', { node: 'a', requests: { 'nvidia.com/resx': '1' } }),
      ],
    },
    {
      name: 'pods were not looked at',
      kind: 'lacking',
      objects: [gpuNode('a', {}), nodeState('a', { pfs: [pf({ resource: 'resx' })] })],
      says: 'pods',
    },
  ],
});
