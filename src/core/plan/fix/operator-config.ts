/** The configuration of the SR-IOV operator and its pools: what keeps its daemon from the nodes, or drains from beginning. */
import { daemonPlacement } from '../../diagnosis/daemon-placement.ts';
import type { Facts } from '../../diagnosis/facts.ts';
import { isSriovOperator } from '../../diagnosis/operators.ts';
import { sriovTraps, trapName } from '../../diagnosis/sriov-traps.ts';
import { digFlag, digTexts } from '../../model/dig.ts';
import { objectPath, type KubeObject } from '../../model/kube-object.ts';
import { SRIOV_OPERATOR_CONFIGS, SRIOV_POOL_CONFIGS } from '../../model/kube-resource.ts';
import { ok, type Result } from '../../result.ts';
import { createStep } from './create-step.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';
import { patchStep } from './patch-step.ts';

const CONFIG_DAEMON = 'sriov-network-config-daemon';
/** Set by node-feature-discovery on nodes with an adapter of NVIDIA. */
const NIC_LABEL = 'feature.node.kubernetes.io/pci-15b3.present';
const WORKER_LABEL = 'node-role.kubernetes.io/worker';

const configOf = (facts: Facts): KubeObject | undefined => facts.object('SriovOperatorConfig', 'default')?.object;

const nodesWith = (facts: Facts, label: string, value?: string): readonly string[] =>
  facts.objects('Node').flatMap(({ object: { metadata } }) => {
    const found = metadata.labels?.[label];
    return found === undefined || (value !== undefined && found !== value) ? [] : [metadata.name];
  });

/** What the daemon does once it runs: stored policies take effect at once. */
const startsAtOnce = (facts: Facts, nodes: readonly string[]): readonly string[] => {
  const policies = facts.objects('SriovNetworkNodePolicy').map(({ object }) => object.metadata.name);
  const start = `the config daemon starts on ${nodes.join(', ')}`;
  return policies.length === 0
    ? [`${start}; no policy is stored, so it changes nothing`]
    : [
        `${start}, and the stored policies (${policies.join(', ')}) take effect at once: VFs are made, firmware may be written, and nodes may be drained and restarted, as many at once as their pool allows`,
        'the way back stops the daemon; VFs and firmware settings that were made meanwhile stay',
      ];
};

const RESTS_ON = ['SriovNetworkNodePolicy', 'SriovNetworkPoolConfig'];

export const fixDaemonSelector = (asked: FixAsked): Result<Fix> => {
  const { facts, problem } = asked;
  const daemon = daemonPlacement(facts).unplaced.find(({ entry }) =>
    problem.scopes.some(({ object }) => object === objectPath(entry.object)),
  );
  const name = daemon?.entry.object.metadata.name ?? '';
  if (daemon === undefined || name !== CONFIG_DAEMON)
    return cannot(
      `${name === '' ? 'The DaemonSet' : name} is rendered by its operator with labels that others set; an edit of it is written back. ${daemon?.missing.some(({ label }) => label.startsWith('feature.node')) === true ? 'See that node-feature-discovery runs on the nodes.' : 'Give the nodes the label that it selects.'}`,
    );
  const config = configOf(facts);
  if (config === undefined)
    return cannot(
      'The input does not show the SriovOperatorConfig default, in which the selector stands; kubectl get sriovoperatorconfigs -A -o yaml does.',
    );
  const missing = daemon.missing.map(({ label }) => label);
  const nodes = nodesWith(facts, NIC_LABEL, 'true');
  if (nodes.length === 0)
    return cannot(
      `No node carries ${NIC_LABEL}=true, so which nodes hold the adapters is not told; label those that do, or see that node-feature-discovery runs.`,
    );
  if (missing.length === 0)
    return cannot('The labels are there and taints keep the daemon away; taints are not taken off unseen.');
  const present = digTexts(config, 'spec', 'configDaemonNodeSelector');
  // Labels of the operator's own default are in no config: any selector replaces them all.
  const gone = Object.fromEntries(missing.filter((label) => label in present).map((label) => [label, null]));
  return ok({
    steps: [
      patchStep(
        config,
        SRIOV_OPERATOR_CONFIGS.plural,
        { spec: { configDaemonNodeSelector: { ...gone, [NIC_LABEL]: 'true' } } },
        {
          id: 'daemon-selector',
          title: `Select the nodes that hold adapters (${NIC_LABEL}=true) in SriovOperatorConfig default`,
          because: problem.summary,
        },
      ),
    ],
    effects: startsAtOnce(facts, nodes),
    restsOn: RESTS_ON,
  });
};

/** Where the operator runs: it reads its configuration in its own namespace only. */
const operatorNamespaces = (facts: Facts): readonly string[] => [
  ...new Set(
    [...facts.objects('Deployment'), ...facts.objects('Pod')].flatMap(({ object }) =>
      isSriovOperator(object) && object.metadata.namespace !== undefined ? [object.metadata.namespace] : [],
    ),
  ),
];

export const fixMissingConfig = (asked: FixAsked): Result<Fix> => {
  const { facts, problem } = asked;
  const [misnamed] = facts.objects('SriovOperatorConfig');
  const [namespace, second] = operatorNamespaces(facts);
  if (namespace === undefined || second !== undefined)
    return cannot(
      `${second === undefined ? 'The input does not show the pod of the SR-IOV operator' : 'The SR-IOV operator runs in several namespaces'}, and it reads its configuration in its own namespace only; kubectl get deployment -A | grep sriov-network-operator tells which.`,
    );
  const holders = nodesWith(facts, NIC_LABEL, 'true');
  const workers = nodesWith(facts, WORKER_LABEL);
  const nodes = holders.length > 0 ? holders : workers;
  if (nodes.length === 0 && misnamed === undefined)
    return cannot(
      `No node carries ${NIC_LABEL}=true or ${WORKER_LABEL}, so on which nodes the daemon belongs is not told; create the object with a configDaemonNodeSelector of your own.`,
    );
  const spec = misnamed?.object['spec'] ?? {
    enableInjector: false,
    enableOperatorWebhook: false,
    logLevel: 2,
    configDaemonNodeSelector: holders.length > 0 ? { [NIC_LABEL]: 'true' } : { [WORKER_LABEL]: '' },
  };
  const object: KubeObject = {
    apiVersion: 'sriovnetwork.openshift.io/v1',
    kind: 'SriovOperatorConfig',
    metadata: { name: 'default', namespace },
    spec,
  };
  return ok({
    steps: [
      createStep(object, SRIOV_OPERATOR_CONFIGS.plural, asked.planName, {
        id: 'operator-config',
        title: `Create SriovOperatorConfig default in ${namespace}${misnamed === undefined ? '' : ` with the spec of ${misnamed.object.metadata.name}`}`,
        because: problem.summary,
      }),
    ],
    effects: [
      ...startsAtOnce(facts, nodes.length > 0 ? nodes : ['the nodes that it selects']),
      'the chart does not own this object: to let it, take the plan back and set sriovOperatorConfig.deploy=true instead',
    ],
    restsOn: RESTS_ON,
  });
};

export const fixDisabledDrain = ({ facts, problem }: FixAsked): Result<Fix> => {
  const config = configOf(facts);
  if (config === undefined || digFlag(config, 'spec', 'disableDrain') !== true)
    return cannot(
      'Drains are off without disableDrain in the SriovOperatorConfig of the input: the operator does so by itself on what it takes for a cluster of one node, and would do it again. Uncordon the node by hand once its VFs are right.',
    );
  return ok({
    steps: [
      patchStep(
        config,
        SRIOV_OPERATOR_CONFIGS.plural,
        { spec: { disableDrain: false } },
        {
          id: 'drains-on',
          title: 'Switch drains on again (disableDrain: false), so that the operator ends the drain that it left',
          because: problem.summary,
        },
      ),
    ],
    effects: [
      `the operator finishes the drain of ${problem.nodes.join(', ')}, which evicts pods that use its VFs, and takes its cordon back`,
      'later changes of policies drain nodes again; to have disableDrain back once the node is free, apply the plan with --rollback',
    ],
    restsOn: RESTS_ON,
  });
};

export const fixPoolSlots = ({ facts, problem }: FixAsked): Result<Fix> => {
  const never = sriovTraps(facts).filter(({ trap }) => trap === 'pool-never-drains');
  const pools = never.flatMap((trap) => {
    const found = facts.object('SriovNetworkPoolConfig', trapName(trap))?.object;
    return found === undefined ? [] : [{ found, says: trap.says }];
  });
  if (pools.length === 0)
    return cannot(
      'The operator refuses the pool for another reason than its count of slots; the field that is at fault has to be written by whoever knows what was meant.',
    );
  return ok({
    steps: pools.map(({ found, says }) =>
      patchStep(
        found,
        SRIOV_POOL_CONFIGS.plural,
        { spec: { maxUnavailable: 1 } },
        {
          id: `slots-of-${found.metadata.name}`,
          title: `Let pool ${found.metadata.name} drain one node at a time (maxUnavailable: 1)`,
          because: says,
        },
      ),
    ),
    effects: [
      `nodes that wait are drained, one after the other${problem.nodes.length > 0 ? `: ${problem.nodes.join(', ')}` : ''}; where their change needs it, they are restarted`,
    ],
    restsOn: ['SriovNetworkNodePolicy'],
  });
};
