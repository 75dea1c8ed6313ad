/** The network operator runs and there is no NicClusterPolicy: it then deploys nothing, and says nothing either. */
import { COMPONENTS } from '../../../nicpolicy/components.ts';
import { POLICY_NAME } from '../../../nicpolicy/components.ts';
import { RELEASES } from '../../../release/chart-facts.ts';
import { ignoredKeys } from '../../../release/ignored-keys.ts';
import { compareVersions, lineOf } from '../../../release/version.ts';
import { ABSENT_KINDS, absence } from '../../absence.ts';
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { valueLines, type ValueLine } from '../../values-text.ts';
import { pod } from '../world.ts';
import { aNicClusterPolicy, anOperatorConfig } from '../world-operator.ts';

const RULE = 'nicclusterpolicy-missing';

/** The first release whose chart makes no NicClusterPolicy (network-operator.md 2.2). */
const WITHOUT_POLICY_SINCE = '24.10.0';

const POLICY_KEYS = [...new Set(['deployCR', ...COMPONENTS.map(({ field }) => field.split('.')[0] ?? '')])];

/** Lines of values files that once were turned into a policy; only those that the release ignores, where it is known. */
const deadKeys = (facts: Facts, version: string | undefined): readonly (ValueLine & { readonly key: string })[] => {
  const lines = POLICY_KEYS.flatMap((key) => valueLines(facts.snapshot, key).map((line) => ({ ...line, key })));
  if (version === undefined || !RELEASES.includes(version)) return lines;
  const ignored = ignoredKeys(version, Object.fromEntries(lines.map(({ key }) => [key, true])));
  return ignored === undefined ? lines : lines.filter(({ key }) => ignored.some(([top]) => top === key));
};

/** Who waits for what a policy would deploy. */
const waiting = (facts: Facts): readonly Evidence[] =>
  facts
    .lines(`${RULE}/waiting`)
    .slice(0, 1)
    .map(({ origin, line }) => textEvidence(origin, line));

const ALSO_ALONE = ['SriovOperatorConfig', 'SriovNetworkNodePolicy', 'NicNodePolicy'];

const check = (facts: Facts): readonly Statement[] => {
  const release = operatorRelease(facts);
  const policies = facts.objects('NicClusterPolicy');
  if (policies.some(({ object }) => object.metadata.name === POLICY_NAME))
    return [{ says: 'clear', scope: {}, saw: 'a NicClusterPolicy of the right name is there' }];
  if (release === undefined || policies.length > 0) return [];
  const absent = absence(facts, ABSENT_KINDS.nicClusterPolicy);
  if (absent === undefined)
    return [
      {
        says: 'unknown',
        scope: {},
        lack: {
          what: 'the NicClusterPolicy',
          why: 'without one the network operator deploys nothing',
          settle: `${facts.cli} get nicclusterpolicies -o yaml`,
        },
      },
    ];
  const keys = deadKeys(facts, release.version);
  const waits = waiting(facts);
  // An install that only serves SR-IOV, or whose components stand in node policies, has no need of one.
  if (keys.length === 0 && waits.length === 0 && ALSO_ALONE.some((kind) => facts.objects(kind).length > 0)) return [];
  const makesNone = release.version !== undefined && compareVersions(release.version, WITHOUT_POLICY_SINCE) >= 0;
  return [
    {
      says: 'finding',
      scope: {},
      because:
        `There is no NicClusterPolicy, so the network operator${release.version === undefined ? '' : ` ${release.version}`} deploys nothing` +
        (makesNone ? `: charts from ${lineOf(WITHOUT_POLICY_SINCE)} on make none` : '') +
        (makesNone && keys.length > 0
          ? ` and ignore ${[...new Set(keys.map(({ key }) => key))].join(', ')} of the values file without a word`
          : ''),
      confidence: 'proven',
      evidence: [
        ...absent,
        ...facts.lines(`${RULE}/served`).slice(0, 1).map(({ origin, line }) => textEvidence(origin, line)),
        ...keys.slice(0, 3).map(({ origin, line }) => textEvidence(origin, line)),
        ...release.evidence,
        ...waits,
      ],
      ...(facts.lines(`${RULE}/served`).length === 0
        ? {}
        : { against: ['the kind is served and could be read, so it is not merely hidden by missing rights'] }),
      lacks: [
        {
          what: 'the policy that the site had before',
          why: 'it says which components are wanted',
          settle: `a backup of ${facts.cli} get nicclusterpolicies -o yaml, or helm get manifest of the last revision before ${lineOf(WITHOUT_POLICY_SINCE)}`,
        },
      ],
    },
  ];
}; // prettier-ignore

const operator = pod('network-operator-6fd8c7d9b5-t2wqz', {
  container: 'network-operator',
  image: 'nvcr.io/nvidia/cloud-native/network-operator:v24.10.1',
});
const LISTED = ['NicClusterPolicy.mellanox.com'];
const VALUES = 'deployCR: true\nofedDriver:\n  deploy: true\n';

export const nicclusterpolicyMissing = defineRule({
  id: RULE,
  title: 'There is no NicClusterPolicy',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    waiting: /waiting for mellanox ofed/,
    served: /^nicclusterpolicies\s.*\bNicClusterPolicy\s*$/,
  },
  explain:
    'Everything that the network operator deploys stands in the one NicClusterPolicy. Charts up to 24.7 made it from values (deployCR, ofedDriver, rdmaSharedDevicePlugin, secondaryNetwork ...); from 24.10 on they do not, and ignore those keys without a word. ' +
    'A GPU driver with RDMA then waits for an OFED driver that nobody installs.',
  sources: ['reference network-operator.md 2.2, 2.3, diagnosis-ux.md 3.2 (8)', 'NVIDIA/cloud-native-stack #95'],
  affects: 'chart 24.10 and later',
  thenExpect: 'the components start; a driver section cordons, drains and reloads the nodes one by one as its upgrade policy says',
  check,
  remedy: (findings, facts) => [
    {
      text: `Write a NicClusterPolicy named ${POLICY_NAME} with the images of the installed release and an explicit upgradePolicy (the defaults of the CRD are not those of the old chart), look at it, apply it.`,
      command: `nicwright policy check FILE; ${facts.cli} apply -f FILE`,
      risk: 'the driver is loaded on every node with an NVIDIA adapter',
    },
    ...(findings.some(({ because }) => because.includes('ignore'))
      ? [{ text: 'Take the dead keys out of the values file, so that nobody relies on them again.' }]
      : []),
    { text: 'Restarting pods or installing the chart again changes nothing.' },
  ],
  cases: [
    { name: 'listed, none, and values of an old chart', kind: 'broken', objects: [operator], listed: LISTED, texts: { 'values.yaml': VALUES }, says: 'ignore deployCR, ofedDriver' },
    { name: 'a collector found no instance', kind: 'broken', objects: [operator], texts: { 'errors.log': '[2026-03-02 09:15:51] crds/instances/nicclusterpolicies/all.yaml: no instances found\n' }, says: 'deploys nothing' },
    { name: 'it is there', kind: 'healthy', objects: [operator, aNicClusterPolicy()] },
    { name: 'nobody looked', kind: 'lacking', objects: [operator], texts: { 'values.yaml': VALUES }, says: 'NicClusterPolicy' },
    { name: 'an install that only serves SR-IOV', kind: 'look-alike', objects: [operator, anOperatorConfig()], listed: LISTED },
    { name: 'no network operator at all', kind: 'look-alike', objects: [], listed: LISTED, texts: { 'values.yaml': VALUES } },
  ],
}); // prettier-ignore
