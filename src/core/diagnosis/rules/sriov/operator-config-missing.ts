/** There is no SriovOperatorConfig named default: the SR-IOV operator then makes no daemon and renders nothing. */
import { ABSENT_KINDS, absence } from '../../absence.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { isSriovOperator } from '../../operators.ts';
import { defineRule } from '../../rule.ts';
import { valueLines } from '../../values-text.ts';
import { anOperatorConfig, anSriovPolicy } from '../world-operator.ts';

const NAME = 'default';

/** What would be served by the configuration, so that its absence matters. */
const isWanted = (facts: Facts): boolean =>
  facts.objects('SriovNetworkNodePolicy').length > 0 ||
  [...facts.objects('Pod'), ...facts.objects('Deployment')].some(({ object }) => isSriovOperator(object));

const notDeployed = (facts: Facts): readonly Evidence[] =>
  valueLines(facts.snapshot, 'sriovOperatorConfig.deploy')
    .filter(({ value }) => value === 'false')
    .map(({ origin, line }) => textEvidence(origin, line));

const check = (facts: Facts): readonly Statement[] => {
  const configs = facts.objects('SriovOperatorConfig');
  if (configs.some(({ object }) => object.metadata.name === NAME))
    return [{ says: 'clear', scope: {}, saw: 'the SriovOperatorConfig default is there' }];
  const refusals = facts.lines('operator-config-missing/refusal').slice(0, 2);
  const absent = absence(facts, ABSENT_KINDS.operatorConfig);
  const [misnamed] = configs;
  const consequence = 'so the operator makes no config daemon and renders no policy';
  const values = notDeployed(facts);
  if (misnamed !== undefined)
    return [
      {
        says: 'finding',
        scope: {},
        because: `The only SriovOperatorConfig is named ${misnamed.object.metadata.name}; the operator reads the name ${NAME} alone, ${consequence}`,
        confidence: 'proven',
        evidence: [fieldEvidence(misnamed, ['metadata', 'name'])],
      },
    ];
  if (refusals.length === 0 && (absent === undefined || !isWanted(facts)))
    return isWanted(facts)
      ? [
          {
            says: 'unknown',
            scope: {},
            lack: {
              what: 'the SR-IOV operator configuration',
              why: 'without one named default nothing is done at all',
              settle: `${facts.cli} get sriovoperatorconfigs -A -o yaml`,
            },
          },
        ]
      : [];
  return [
    {
      says: 'finding',
      scope: {},
      because: `There is no SriovOperatorConfig named ${NAME}${values.length > 0 ? ' (the chart value sriovOperatorConfig.deploy is false)' : ''}, ${consequence}`,
      confidence: 'proven',
      evidence: [...refusals.map(({ origin, line }) => textEvidence(origin, line)), ...values, ...(absent ?? [])],
    },
  ];
};

const LOG = 'sriov-network-operator-845dc5dffc-k8p2w.log';
const REFUSAL =
  'INFO controller/controller.go:119 default SriovOperatorConfig object not found, cannot reconcile SriovNetworkNodePolicies. Requeue.\n';

export const operatorConfigMissing = defineRule({
  id: 'operator-config-missing',
  title: 'The SR-IOV operator has no configuration',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { refusal: /default SriovOperatorConfig object not found/ },
  explain:
    'The operator acts only on the SriovOperatorConfig named default in its own namespace. Without it there is no config daemon, no device plugin and no rendered policy, and nothing fails visibly. ' +
    'The chart makes the object only with sriovOperatorConfig.deploy=true.',
  sources: ['reference sriov.md 1.3, F27', 'sriov-network-operator #584, #672'],
  thenExpect:
    'the daemons start and the policies that are stored take effect at once: drains, firmware changes and restarts on every node that they select',
  check,
  remedy: (_findings, facts) => {
    const [namespace = 'NAMESPACE'] = facts.operators.namespaces;
    const policies = facts.objects('SriovNetworkNodePolicy');
    return [
      {
        text: `Look first at what would take effect: ${policies.map(({ object }) => object.metadata.name).join(', ') || 'the stored policies'}.`,
        command: `${facts.cli} get sriovnetworknodepolicies -n ${namespace} -o yaml`,
        risk: 'with a configuration in place these policies may write firmware, drain nodes and restart them',
      },
      {
        text: 'Then create it, by the chart or by hand.',
        command: `helm upgrade RELEASE CHART -n ${namespace} --version INSTALLED --reuse-values --set sriovOperatorConfig.deploy=true`,
      },
    ];
  },
  cases: [
    { name: 'the operator says it', kind: 'broken', objects: [anSriovPolicy('p')], texts: { [LOG]: REFUSAL }, says: 'named default' },
    {
      name: 'listed, and none is there',
      kind: 'broken',
      objects: [anSriovPolicy('p')],
      listed: ['SriovOperatorConfig.sriovnetwork.openshift.io'],
      says: 'no SriovOperatorConfig',
    },
    {
      name: 'a pasted command found none, and the values say why',
      kind: 'broken',
      objects: [anSriovPolicy('p')],
      texts: {
        'get.txt': '$ kubectl get sriovoperatorconfigs -n nic-operator\nNo resources found in nic-operator namespace.\n',
        'values.yaml': 'sriovOperatorConfig:\n  deploy: false\n',
      },
      says: 'deploy is false',
    },
    { name: 'another name', kind: 'broken', objects: [anOperatorConfig('mine')], says: 'named mine' },
    { name: 'it is there', kind: 'healthy', objects: [anOperatorConfig(), anSriovPolicy('p')], texts: { [LOG]: REFUSAL } },
    { name: 'policies, and nobody looked', kind: 'lacking', objects: [anSriovPolicy('p')], says: 'SR-IOV operator configuration' },
    {
      name: 'looked for in another namespace',
      kind: 'lacking',
      objects: [anSriovPolicy('p')],
      texts: { 'get.txt': '$ kubectl get sriovoperatorconfigs -n other\nNo resources found in other namespace.\n' },
    },
    {
      name: 'a cluster without the SR-IOV operator',
      kind: 'look-alike',
      objects: [],
      listed: ['SriovOperatorConfig.sriovnetwork.openshift.io', 'Pod'],
    },
  ],
}); // prettier-ignore
