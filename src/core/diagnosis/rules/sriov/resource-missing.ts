/**
 * A resource that the policies promise on a node and the node does not offer in that number. Absent, 0 and short are three
 * sentences, since they have different causes: no pool was registered, the pool lost its devices, part of it is gone.
 */
import { verifyResources } from '../../../sriov/extended-resources.ts';
import { distinct } from '../../distinct.ts';
import { candidatesBy, type Candidate } from '../../candidates.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Finding, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { someNames } from '../../some-names.ts';
import { gpuNode, nodeState, pf } from '../world.ts';

const sentenceOf = (resource: string, wanted: number, offered: string | undefined): string => {
  if (offered === undefined)
    return `${resource} is absent: the policies promise ${wanted}, and no pool of that name was ever registered`;
  if (Number(offered) === 0)
    return `${resource} is 0: the policies promise ${wanted}, and the pool has lost its devices`;
  return `${resource} is ${offered}, and the policies promise ${wanted}`;
};

/** Why a resource is not there or too small, where no rule could say it (diagnosis-ux.md 3.3). */
const candidatesOf = ({ cli, operators }: Facts, node: string): readonly Candidate[] => {
  const namespace = operators.namespaces[0] ?? 'NAMESPACE';
  return [
    ...candidatesBy({ fact: `the device plugin's log on ${node}`, settle: `${cli} logs -n ${namespace} $(${cli} get pods -n ${namespace} -l app=sriov-device-plugin --field-selector spec.nodeName=${node} -o name)` }, [
      ['the selectors take no VF', '"no devices in device pool"', '"New resource server is created" for it', 'device-plugin-selector-wrong'],
      ['a VF had no driver when the plugin looked', '"error getting driver info"', 'the pool has as many devices as VFs', 'vf-without-driver-at-start'],
      ['the plugin runs with an old configuration', 'the list that it read lacks the resource', 'the list has it', 'device-plugin-config-stale'],
      ['no plugin runs on the node', 'no pod is found', 'a pod is Running', 'daemon-selects-no-node'],
    ]),
    ...candidatesBy({ fact: `VFs of the ports on ${node}`, settle: `${cli} get sriovnetworknodestate -n ${namespace} ${node} -o yaml` }, [
      ['the VFs were not made', 'numVfs of the status is smaller than in the spec', 'they are equal', 'vfs-missing'],
    ]),
  ];
}; // prettier-ignore

const kindOf = (finding: Finding): string => finding.sameAs ?? '';

const checkNode = (facts: Facts, name: string): readonly Statement[] => {
  const promised = facts.promised(name);
  const node = facts.object('Node', name);
  if (promised === undefined || promised.size === 0) return [];
  if (node === undefined)
    return [
      {
        says: 'unknown',
        scope: { node: name },
        lack: {
          what: `what ${name} offers`,
          why: 'whether the promised resources are there',
          settle: `${facts.cli} get node ${name} -o yaml`,
        },
      },
    ];
  const allocatable = facts.node(name)?.allocatable ?? {};
  const { missing, short } = verifyResources(promised, allocatable);
  const wrong = [...missing, ...short];
  if (wrong.length === 0)
    return [{ says: 'clear', scope: { node: name }, saw: 'nodes offer the resources that their policies promise' }];
  return wrong.map((resource): Finding => {
    const offered = allocatable[resource];
    return {
      says: 'finding',
      scope: { node: name, resource },
      because: `${name}: ${sentenceOf(resource, promised.get(resource) ?? 0, offered)}`,
      confidence: 'proven',
      candidates: candidatesOf(facts, name),
      sameAs: offered === undefined ? 'absent' : Number(offered) === 0 ? 'none' : 'short',
      evidence: [
        fieldEvidence(
          node,
          ['status', 'allocatable', resource],
          offered === undefined ? `${resource} is not among allocatable` : undefined,
        ),
      ],
    };
  });
};

export const resourceMissing = defineRule({
  id: 'resource-missing',
  title: 'A promised resource is not offered',
  severity: 'error',
  role: 'symptom',
  needs: ['nodeStates', 'nodes'],
  explain:
    'A policy promises VFs of a PF under a resource name; the device plugin registers them with the kubelet, and pods ask for them. ' +
    'A resource that is absent was never registered, because its pool had no device when the plugin started. A resource at 0 was there and lost its devices. A short one has fewer VFs than wanted.',
  sources: ['seeds/000 symptoms', 'reference sriov.md 1.7', 'sriov-network-device-plugin pkg/resources'],
  causedBy: [
    'vfs-missing',
    'device-plugin-pool-empty',
    'vf-without-driver-at-start',
    'device-plugin-config-stale',
    'daemon-selects-no-node',
    'daemon-waits-for-driver',
    'node-state-not-synced',
    'policies-overlap',
    'policy-priority-missing',
    'policy-selects-nothing',
    'two-owners-of-daemonset',
  ],
  check: (facts) => facts.nodes.flatMap((name) => checkNode(facts, name)),
  summarise: (findings) => {
    const nodes = distinct(findings.map(({ scope }) => scope.node));
    const resources = distinct(findings.map(({ scope }) => scope.resource));
    const [first] = findings;
    if (first === undefined || findings.length === 1) return first?.because ?? '';
    const state =
      kindOf(first) === 'absent' ? 'absent' : kindOf(first) === 'none' ? 'at 0' : 'short of what the policies promise';
    const shown =
      resources.length <= 3
        ? resources.join(', ')
        : `${resources.slice(0, 2).join(', ')} and ${resources.length - 2} more`;
    return `${resources.length} resources (${shown}) are ${state} on ${someNames(nodes)}`;
  },
  remedy: (findings, facts) => [
    {
      text: 'See what the device plugin says of the pool; it names the selector that found no device.',
      command: `${facts.cli} logs -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -l app=sriov-device-plugin --tail=-1 | grep -i pool`,
    },
    ...(findings.some((finding) => kindOf(finding) === 'short')
      ? [{ text: 'Compare sriov_numvfs of the PF with the number of VFs that the plugin registered.' }]
      : []),
  ],
  cases: [
    {
      name: 'absent, none and short are told apart (000-05, 000-06)',
      kind: 'broken',
      objects: [
        gpuNode('a', { 'nvidia.com/resx': undefined }),
        nodeState('a', { pfs: [pf({ resource: 'resx', vfs: 8 })] }),
      ],
      says: 'was ever registered',
    },
    {
      name: 'a pool at 0 has lost its devices',
      kind: 'broken',
      objects: [gpuNode('a', { 'nvidia.com/resx': '0' }), nodeState('a', { pfs: [pf({ resource: 'resx', vfs: 8 })] })],
      says: 'lost its devices',
    },
    {
      name: 'a short pool',
      kind: 'broken',
      objects: [gpuNode('a', { 'nvidia.com/resx': '5' }), nodeState('a', { pfs: [pf({ resource: 'resx', vfs: 8 })] })],
      says: 'is 5, and the policies promise 8',
    },
    {
      name: 'all there',
      kind: 'healthy',
      objects: [gpuNode('a', { 'nvidia.com/resx': '8' }), nodeState('a', { pfs: [pf({ resource: 'resx', vfs: 8 })] })],
    },
    {
      name: 'the Node object is not in the input',
      kind: 'lacking',
      objects: [gpuNode('b', {}), nodeState('a', { pfs: [pf({ resource: 'resx', vfs: 8 })] })],
      says: 'what a offers',
    },
    {
      name: 'a node without policies promises nothing',
      kind: 'look-alike',
      objects: [gpuNode('a', {}), nodeState('a', { pfs: [] })],
    },
  ],
});
