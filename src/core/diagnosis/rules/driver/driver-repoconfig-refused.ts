/** The operator cannot mount an own repository or certificate for this distribution, and stops updating the driver. */
import { dig } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { aNicClusterPolicy } from '../world-operator.ts';

const RULE = 'driver-repoconfig-refused';
const FIELDS = { repo: 'repoConfig', cert: 'certConfig' } as const;

const check = (facts: Facts): readonly Statement[] => {
  const last = facts.lines(`${RULE}/refused`).at(-1);
  if (last === undefined) return [];
  const field = /cert/i.test(last.groups['what'] ?? '') ? FIELDS.cert : FIELDS.repo;
  const policies = [...facts.objects('NicClusterPolicy'), ...facts.objects('NicNodePolicy')];
  const holding = policies.filter(({ object }) => dig(object, 'spec', 'ofedDriver', field) !== undefined);
  const [policy] = holding;
  if (policies.length > 0 && policy === undefined)
    return [{ says: 'clear', scope: {}, saw: `no policy asks for the ${field} that was once refused` }];
  const release = operatorRelease(facts)?.version;
  return [
    {
      says: 'finding',
      scope: policy === undefined ? {} : { object: objectPath(policy.object) },
      because: `The operator${release === undefined ? '' : ` ${release}`} does not know where to mount spec.ofedDriver.${field} on this distribution and gives up the whole driver section: its DaemonSet is not updated any more`,
      confidence: 'proven',
      sameAs: field,
      evidence: [
        textEvidence(last.origin, last.line),
        ...holding.map((entry) => fieldEvidence(entry, ['spec', 'ofedDriver', field])),
      ],
    },
  ];
};

const LOG = 'network-operator-6fd8c7d9b5-t2wqz.log';
const LINE =
  'ERROR Error while syncing state {"error": "failed to create k8s objects from manifest: failed to get destination directory for custom repo config: distribution not supported"}\n';

export const driverRepoconfigRefused = defineRule({
  id: RULE,
  title: 'An own repository is refused for this distribution',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { refused: /failed to get destination directory for custom (?<what>[\w ]+): distribution not supported/ },
  explain:
    'repoConfig and certConfig are mounted to a path that depends on the distribution, and a release knows only some of them: RHEL for repoConfig from 24.4 on. An unknown one fails the whole state, so that other changes of the driver section do not reach the nodes either.',
  sources: ['network-operator #888, #933', 'reference network-operator.md 1.2'],
  affects: 'before 24.4 for RHEL',
  check,
  remedy: (findings, facts) => [
    {
      text: `Take ${findings[0]?.sameAs ?? 'repoConfig'} out of the policy again; the DaemonSet is then kept up to date.`,
      command: `${facts.cli} patch nicclusterpolicy nic-cluster-policy --type json -p '[{"op":"remove","path":"/spec/ofedDriver/${findings[0]?.sameAs ?? 'repoConfig'}"}]'`,
    },
    { text: 'Or move to a release that knows the distribution (24.4 and later for RHEL).', risk: 'an upgrade of the operator reloads the driver on most hops' },
  ],
  cases: [
    { name: 'RHEL and repoConfig', kind: 'broken', objects: [aNicClusterPolicy({ ofedDriver: { repoConfig: { name: 'r' } } })], texts: { [LOG]: LINE }, says: 'spec.ofedDriver.repoConfig' },
    { name: 'taken out since', kind: 'healthy', objects: [aNicClusterPolicy({ ofedDriver: {} })], texts: { [LOG]: LINE } },
    { name: 'a policy with repoConfig that works', kind: 'look-alike', objects: [aNicClusterPolicy({ ofedDriver: { repoConfig: { name: 'r' } } })], texts: { [LOG]: 'INFO Sync Custom resource {"State:": "state-OFED"}\n' } },
  ],
}); // prettier-ignore
