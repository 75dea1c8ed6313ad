/** Settings that render well and still leave something without its nodes or its operator. */
import { digTexts, isMap } from '../model/dig.ts';
import { MOFED_WAIT_LABEL } from '../nicpolicy/mofed-wait.ts';
import { objectsOf } from '../snapshot/snapshot.ts';
import type { UpgradeFinding } from './upgrade-finding.ts';
import { valuesAfter, type UpgradeQuestion } from './upgrade-question.ts';
import { valueAt } from './values.ts';
import { compareVersions } from './version.ts';

const NFD_LABELS = ['feature.node.kubernetes.io/pci-15b3.present', 'feature.node.kubernetes.io/system-os_release.ID'];

const nodeLabels = ({ cluster }: UpgradeQuestion): readonly Readonly<Record<string, string>>[] =>
  cluster === undefined ? [] : objectsOf(cluster, 'Node').map(({ object }) => digTexts(object, 'metadata', 'labels'));

const checkNfd = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  if (valueAt(valuesAfter(question).parent, 'nfd.enabled') !== false) return [];
  const labels = nodeLabels(question);
  if (labels.some((node) => NFD_LABELS.every((label) => label in node))) return [];
  return [
    {
      severity: 'warns',
      about: 'nfd.enabled',
      because: `it is off, and ${labels.length === 0 ? 'no node is known to carry' : 'no node carries'} the labels that driver pods select on (${NFD_LABELS.join(', ')})`,
      wayOut: 'switch it on, or run another Node Feature Discovery with the rule for vendor 15b3',
      path: ['nfd', 'enabled'],
    },
  ];
};

const SRIOV = 'sriov-network-operator';

const checkSriovConfig = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const sriov = valuesAfter(question).subcharts.get(SRIOV);
  if (sriov === undefined) return [];
  const { cluster } = question;
  const exists =
    cluster !== undefined &&
    objectsOf(cluster, 'SriovOperatorConfig').some(({ object }) => object.metadata.name === 'default');
  if (valueAt(sriov, 'sriovOperatorConfig.deploy') !== true)
    return exists
      ? []
      : [
          {
            severity: 'warns',
            about: `${SRIOV}.sriovOperatorConfig.deploy`,
            because:
              'it is off and no SriovOperatorConfig "default" is known: no config daemon will exist, and no policy is applied',
            wayOut: 'set it to true, or write the object yourself',
            path: [SRIOV, 'sriovOperatorConfig', 'deploy'],
          },
        ];
  const selector = valueAt(sriov, 'sriovOperatorConfig.configDaemonNodeSelector');
  return isMap(selector) ? checkSelector(question, selector) : [];
};

const SETS_WAIT_WITHOUT_POLICY = '26.4.0';

const checkSelector = (
  question: UpgradeQuestion,
  selector: Readonly<Record<string, unknown>>,
): readonly UpgradeFinding[] => {
  const labels = nodeLabels(question);
  const wanted = Object.entries(selector);
  const about = `${SRIOV}.sriovOperatorConfig.configDaemonNodeSelector`;
  const path = [SRIOV, 'sriovOperatorConfig', 'configDaemonNodeSelector'];
  const missing = wanted
    .filter(([key, value]) => labels.every((node) => node[key] !== value))
    .map(([key, value]) => `${key}=${String(value)}`);
  const matches = labels.some((node) => wanted.every(([key, value]) => node[key] === value));
  if (labels.length > 0 && !matches)
    return [
      {
        severity: 'warns',
        about,
        because: `no node matches it${missing.length === 0 ? '' : `: none carries ${missing.join(', ')}`}, so no config daemon runs`,
        wayOut: missing.some((label) => label.startsWith(MOFED_WAIT_LABEL))
          ? 'the operator sets that label once a NicClusterPolicy exists; create it before you wait for the daemon'
          : 'label the nodes or change the selector',
        path,
      },
    ];
  if (labels.length === 0 && MOFED_WAIT_LABEL in selector && compareVersions(question.to, SETS_WAIT_WITHOUT_POLICY) < 0)
    return [
      {
        severity: 'tells',
        about,
        because: `it selects ${MOFED_WAIT_LABEL}, which releases before 26.4 set only once a NicClusterPolicy exists`,
        wayOut: 'create the NicClusterPolicy before you wait for the config daemon',
        path,
      },
    ];
  return [];
};

const checkMaintenance = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const { parent } = valuesAfter(question);
  const wanted = ['useRequestor', 'useDrainControllerRequestor'].filter(
    (flag) => valueAt(parent, `operator.maintenanceOperator.${flag}`) === true,
  );
  if (wanted.length === 0 || valueAt(parent, 'maintenanceOperator.enabled') === true) return [];
  const { cluster } = question;
  if (cluster !== undefined && objectsOf(cluster, 'MaintenanceOperatorConfig').length > 0) return [];
  return [
    {
      severity: 'warns',
      about: 'maintenanceOperator.enabled',
      because: `it is off while ${wanted.map((flag) => `operator.maintenanceOperator.${flag}`).join(' and ')} is on: nobody would answer the NodeMaintenance objects, and nodes wait for ever`,
      wayOut: 'switch the maintenance operator on, or requestor mode off',
      path: ['maintenanceOperator', 'enabled'],
    },
  ];
};

export const checkSettings = (question: UpgradeQuestion): readonly UpgradeFinding[] => [
  ...checkNfd(question),
  ...checkSriovConfig(question),
  ...checkMaintenance(question),
];
