/** What the upgrade means for the NicClusterPolicy, what it deploys, and the drivers that would reload. */
import { dig, digFlag, digText, digTexts } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { objectsOf, type Snapshot } from '../snapshot/snapshot.ts';
import { isHelmOwned } from './check-crds.ts';
import { driverTemplateChanges } from './history.ts';
import { policyFate, rendersPolicy } from './policy-fate.ts';
import { requestorChanges, requestorIds } from './requestor.ts';
import type { UpgradeFinding } from './upgrade-finding.ts';
import { valuesAfter, valuesBefore, type UpgradeQuestion } from './upgrade-question.ts';
import { valueAt } from './values.ts';
import { compareVersions } from './version.ts';

const policies = (cluster: Snapshot | undefined): readonly KubeObject[] =>
  cluster === undefined ? [] : objectsOf(cluster, 'NicClusterPolicy').map(({ object }) => object);

const POLICY_KEY = 'NicClusterPolicy.mellanox.com';
const LOST_POLICY = '24.10.0';

const checkFate = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const { from, to, cluster } = question;
  const found = policies(cluster);
  const owned =
    found.some(isHelmOwned) || (cluster === undefined && rendersPolicy(from, valuesBefore(question).parent));
  const fate = policyFate(to, valuesAfter(question).parent, owned);
  if (fate.deleted)
    return [
      {
        severity: 'stops',
        about: 'NicClusterPolicy',
        because: `the upgrade deletes it, with everything it owns (drivers, nv-ipam and every pool): ${fate.because}`,
        wayOut: 'kubectl annotate nicclusterpolicy nic-cluster-policy helm.sh/resource-policy=keep first',
      },
    ];
  if (owned && compareVersions(from, LOST_POLICY) < 0 && compareVersions(to, LOST_POLICY) >= 0)
    return [
      {
        severity: 'tells',
        about: 'NicClusterPolicy',
        because: `it survives: ${fate.because}; helm uninstall of ${from} would delete it instead, and every IPPool with it`,
        wayOut: 'upgrade in place; never uninstall first',
      },
    ];
  const listed = cluster?.listed.has(POLICY_KEY) === true;
  return listed && found.length === 0 && compareVersions(to, LOST_POLICY) >= 0
    ? [
        {
          severity: 'warns',
          about: 'NicClusterPolicy',
          because: `there is none, and from 24.10 on the chart makes none: nothing deploys drivers, nv-ipam, multus or device plugins`,
          wayOut: 'write a NicClusterPolicy named nic-cluster-policy and check it with nicwright policy check',
        },
      ]
    : [];
};

const driverNodes = (cluster: Snapshot): number =>
  new Set(
    objectsOf(cluster, 'Pod')
      .filter(({ object }) => 'nvidia.com/ofed-driver' in digTexts(object, 'metadata', 'labels'))
      .map(({ object }) => digText(object, 'spec', 'nodeName'))
      .filter((node) => node !== undefined),
  ).size;

const checkDriverReload = ({ from, to, cluster }: UpgradeQuestion): readonly UpgradeFinding[] => {
  const changes = driverTemplateChanges(from, to);
  const policy = policies(cluster).find((object) => dig(object, 'spec', 'ofedDriver') !== undefined);
  if (changes.length === 0 || (cluster !== undefined && policies(cluster).length > 0 && policy === undefined))
    return [];
  const why = changes.map(({ release, driverTemplate }) => `${release}: ${driverTemplate ?? ''}`).join('; ');
  const auto =
    policy === undefined ? undefined : digFlag(policy, 'spec', 'ofedDriver', 'upgradePolicy', 'autoUpgrade') === true;
  const nodes = cluster === undefined ? undefined : driverNodes(cluster);
  const where = nodes === undefined ? 'every node with a driver pod' : `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`;
  return [
    {
      severity: auto === true ? 'warns' : 'tells',
      about: 'driver pods',
      because: `their template changes although the driver version stays (${why}); ${
        auto === true
          ? `autoUpgrade is on, so the driver reloads on ${where}`
          : auto === false
            ? `autoUpgrade is off, so state-OFED stays notReady until each pod on ${where} is deleted by hand`
            : `with autoUpgrade on the driver reloads on ${where}`
      }`,
      wayOut:
        'set autoUpgrade false during the operator upgrade, or label nodes with nvidia.com/ofed-driver-upgrade.skip=true, and reload in your own window',
    },
  ];
};

const checkRequestor = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const before = requestorIds(question.from, valuesBefore(question).parent);
  const after = requestorIds(question.to, valuesAfter(question).parent);
  const objects = question.cluster === undefined ? undefined : objectsOf(question.cluster, 'NodeMaintenance');
  return requestorChanges(before, after).flatMap(({ from, to, because }) => {
    const flying = objects?.filter(({ object }) => digText(object, 'spec', 'requestorID') === from);
    return [
      {
        severity: flying === undefined || flying.length === 0 ? ('tells' as const) : ('warns' as const),
        about: `requestor ${from} -> ${to}`,
        because: flying === undefined ? because : `${because}; ${flying.length} of them are there now`,
        wayOut: 'upgrade while no NodeMaintenance of the old requestor exists',
      },
    ];
  });
};

const WHEREABOUTS_GONE = '25.10.0';
const SUBCHART_GONE = '25.10.0';

const crosses = ({ from, to }: UpgradeQuestion, release: string): boolean =>
  compareVersions(from, release) < 0 && compareVersions(to, release) >= 0;

const checkRemoved = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const findings: UpgradeFinding[] = [];
  const usesWhereabouts = policies(question.cluster).some(
    (object) => dig(object, 'spec', 'secondaryNetwork', 'ipamPlugin') !== undefined,
  );
  if (usesWhereabouts && crosses(question, WHEREABOUTS_GONE))
    findings.push({
      severity: 'warns',
      about: 'whereabouts',
      because: 'from 25.10 on the operator strips its owner: its pods run on, and nobody manages or upgrades them',
      wayOut: 'move the networks to nv-ipam first, or take its objects over',
    });
  if (
    crosses(question, SUBCHART_GONE) &&
    valueAt(valuesBefore(question).parent, 'nicConfigurationOperator.enabled') === true
  )
    findings.push({
      severity: 'warns',
      about: 'nic-configuration-operator-chart',
      because:
        'the sub-chart is gone in 25.10: Helm removes its objects, its CRDs and NicConfigurationTemplates stay without an operator',
      wayOut:
        'move to spec.nicConfigurationOperator of the NicClusterPolicy between 25.4 and 25.7, sub-chart off first: both make a DaemonSet of the same name',
    });
  return findings;
};

export const checkPolicyObjects = (question: UpgradeQuestion): readonly UpgradeFinding[] => [
  ...checkFate(question),
  ...checkDriverReload(question),
  ...checkRequestor(question),
  ...checkRemoved(question),
];
