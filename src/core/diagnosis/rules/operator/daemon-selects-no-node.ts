/** A DaemonSet of these operators that no node fits: nothing runs, and nothing fails either. */
import { objectPath } from '../../../model/kube-object.ts';
import { daemonPlacement, setterOf, waitsForDriver, type UnplacedDaemon } from '../../daemon-placement.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Lack, RemedyStep, Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { gpuNode } from '../world.ts';
import { aDaemonSet } from '../world-operator.ts';

const SELECTOR = ['spec', 'template', 'spec', 'nodeSelector'] as const;
const CONFIG_DAEMON = 'sriov-network-config-daemon';
const NIC_LABEL = 'feature.node.kubernetes.io/pci-15b3.present';

const blame = ({ missing, because, nodes }: UnplacedDaemon): string => {
  const count = nodes === 1 ? 'the one node does not' : `none of ${nodes} nodes does`;
  if (missing.length === 0) return `${count} fit: ${because.join('; ')}`;
  const labels = missing.map(
    ({ label, wanted, others }) =>
      `${label}=${wanted === '' ? '""' : wanted}${others.length > 0 ? ` (they have ${others.slice(0, 3).join(', ')})` : ''}, which is set by ${setterOf(label)}`,
  );
  return `${nodes === 1 ? 'the one node does not carry' : `none of ${nodes} nodes carries`} ${labels.join(', nor ')}`;
};

/** Labels of nodes show what is there instead, one node for an example of all. */
const nodeEvidence = (facts: Facts): readonly Evidence[] =>
  facts
    .objects('Node')
    .slice(0, SHOWN_NODES)
    .map((entry) =>
      fieldEvidence(
        entry,
        ['metadata', 'labels'],
        `labels of ${entry.object.metadata.name}: ${
          Object.keys(entry.object.metadata.labels ?? {})
            .filter((key) => !/^(?:beta\.)?kubernetes\.io\//.test(key))
            .join(', ') || '(none of its own)'
        }`,
      ),
    );
const SHOWN_NODES = 3;

const whereAreTheCards = (facts: Facts): readonly Lack[] =>
  facts.objects('Node').some(({ object }) => object.metadata.labels?.[NIC_LABEL] !== undefined)
    ? []
    : [
        {
          what: 'which nodes hold NVIDIA adapters',
          why: 'those are the nodes to label',
          settle: `${facts.cli} get nodes -L ${NIC_LABEL}; lspci -d 15b3: on the nodes`,
        },
      ];

const findingOf = (facts: Facts, daemon: UnplacedDaemon): Statement => {
  const { entry, isStated } = daemon;
  return {
    says: 'finding',
    scope: { object: objectPath(entry.object) },
    because: `DaemonSet ${entry.object.metadata.name} wants no pod: ${blame(daemon)}`,
    confidence: isStated ? 'proven' : 'likely',
    sameAs: objectPath(entry.object),
    evidence: [
      fieldEvidence(entry, SELECTOR),
      ...(isStated ? [fieldEvidence(entry, ['status', 'desiredNumberScheduled'])] : []),
      ...nodeEvidence(facts),
    ],
    lacks: whereAreTheCards(facts),
  };
};

const remedyFor = (facts: Facts, object: string): readonly RemedyStep[] => {
  const [namespace = 'NAMESPACE'] = facts.operators.namespaces;
  const daemon = daemonPlacement(facts).unplaced.find(({ entry }) => objectPath(entry.object) === object);
  const label = daemon?.missing[0];
  const byNfd = label !== undefined && label.label.startsWith('feature.node.kubernetes.io/');
  const set: RemedyStep = byNfd
    ? {
        text: 'See that node-feature-discovery runs on every node and finds the adapters; do not write its labels by hand, it takes them away again.',
        command: `${facts.cli} get pods -A -o wide | grep node-feature-discovery`,
      }
    : {
        text: 'Give the label to the nodes that hold the adapters.',
        command: `${facts.cli} label node NODE ${label === undefined ? 'LABEL=VALUE' : `${label.label}=${label.wanted}`}`,
        risk: 'what waited for the label starts: stored SR-IOV policies take effect and may drain and restart these nodes',
      };
  return [
    set,
    ...(object.endsWith(`/${CONFIG_DAEMON}`)
      ? [
          {
            text: 'Or select nodes by a label that they have.',
            command: `${facts.cli} patch sriovoperatorconfig default -n ${namespace} --type merge -p '{"spec":{"configDaemonNodeSelector":{"KEY":"VALUE"}}}'`,
          },
        ]
      : []),
    { text: 'Unsafe: an edit of the DaemonSet itself; its operator writes it back, or takes it for an upgrade.' },
  ];
};

const worker = { 'node-role.kubernetes.io/worker': '' };

export const daemonSelectsNoNode = defineRule({
  id: 'daemon-selects-no-node',
  title: 'A DaemonSet of the operators selects no node',
  severity: 'error',
  role: 'cause',
  needs: ['daemonSets', 'nodes'],
  explain:
    'A DaemonSet whose selector or tolerations fit no node wants 0 pods and reports no error. ' +
    'The config daemon of the SR-IOV operator selects node-role.kubernetes.io/worker unless spec.configDaemonNodeSelector says otherwise, and many installers set no such label; the components of the network operator select labels of node-feature-discovery.',
  sources: ['reference sriov.md F27', 'sriov-network-operator #417, #420', 'reference network-operator.md 1.12'],
  causedBy: ['nicclusterpolicy-missing', 'nicclusterpolicy-name-ignored'],
  check: (facts) => {
    const { unplaced, placed } = daemonPlacement(facts);
    return [
      ...unplaced.filter((daemon) => !waitsForDriver(daemon)).map((daemon) => findingOf(facts, daemon)),
      ...placed.map(({ object }): Statement => ({
        says: 'clear',
        scope: { object: objectPath(object) },
        saw: 'DaemonSets of the operators fit some node',
      })),
    ];
  },
  remedy: (findings, facts) => remedyFor(facts, findings[0]?.scope.object ?? ''),
  cases: [
    {
      name: 'no node has the worker label',
      kind: 'broken',
      objects: [aDaemonSet(CONFIG_DAEMON, { nodeSelector: worker }), gpuNode('a', {})],
      says: 'node-role.kubernetes.io/worker',
    },
    {
      name: 'no node has a label of node-feature-discovery',
      kind: 'broken',
      objects: [aDaemonSet('nv-ipam-node', { nodeSelector: { [NIC_LABEL]: 'true' } }), gpuNode('a', {})],
      says: 'node-feature-discovery',
    },
    {
      name: 'the worker label is there',
      kind: 'healthy',
      objects: [aDaemonSet(CONFIG_DAEMON, { nodeSelector: worker }), gpuNode('a', {}, { labels: worker })],
    },
    { name: 'nodes were not looked at', kind: 'lacking', objects: [aDaemonSet(CONFIG_DAEMON)], says: 'nodes' },
    {
      name: 'the status counts nodes that are not in the input',
      kind: 'look-alike',
      objects: [aDaemonSet(CONFIG_DAEMON, { nodeSelector: worker, desired: 3 }), gpuNode('a', {})],
    },
    {
      name: 'the device plugin where no policy wants it',
      kind: 'look-alike',
      objects: [
        aDaemonSet('sriov-device-plugin', { nodeSelector: { 'sriovnetwork.openshift.io/device-plugin': 'Enabled' } }),
        gpuNode('a', {}),
      ],
    },
    {
      name: 'a DaemonSet of somebody else',
      kind: 'look-alike',
      objects: [aDaemonSet('node-exporter', { nodeSelector: worker }), gpuNode('a', {})],
    },
  ],
});
