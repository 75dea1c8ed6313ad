/** Components of another release than the operator: allowed, tested by nobody, and worth saying. */
import { checkComponentImages } from '../../../nicpolicy/check-component-images.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { RELEASES } from '../../../release/chart-facts.ts';
import { aNicClusterPolicy, anObject } from '../world-operator.ts';

const RULE = 'component-skewed';

const check = (facts: Facts): readonly Statement[] => {
  const policy = facts.object('NicClusterPolicy', 'nic-cluster-policy');
  const release = operatorRelease(facts);
  if (policy === undefined) return [];
  if (release?.version === undefined)
    return [{ says: 'unknown', scope: {}, lack: { what: 'the release of the network operator', why: 'whether the components of the policy are of the same one', settle: `${facts.cli} get deployment -A -l app.kubernetes.io/name=network-operator -o yaml` } }];
  if (!RELEASES.includes(release.version)) return [];
  const skewed = checkComponentImages(policy.object, release.version).filter(({ because, severity }) => severity === 'warning' && /version|it is what/.test(because));
  if (skewed.length === 0) return [{ says: 'clear', scope: {}, saw: 'components are of the release of their operator' }];
  return [
    {
      says: 'finding',
      scope: {},
      because: `The operator is of ${release.version}, and ${skewed.length === 1 ? 'one component is' : `${skewed.length} components are`} not: ${skewed.slice(0, 3).map(({ path, because }) => `${path.slice(1).join('.')} (${because})`).join('; ')}${skewed.length > 3 ? ' and more' : ''}`,
      confidence: 'proven',
      sameAs: 'skew',
      evidence: [...skewed.slice(0, 4).map(({ path }) => fieldEvidence(policy, path)), ...release.evidence.slice(0, 1)],
    },
  ];
}; // prettier-ignore

const operator = anObject('v1', 'Pod', 'network-operator-x', { spec: { containers: [{ name: 'network-operator', image: 'nvcr.io/nvidia/cloud-native/network-operator:v25.4.0' }] } }); // prettier-ignore
const policy = (version: string) =>
  aNicClusterPolicy({ nvIpam: { image: 'nvidia-k8s-ipam', repository: 'ghcr.io/mellanox', version } });

export const componentSkewed = defineRule({
  id: RULE,
  title: 'Components are of another release than their operator',
  severity: 'warning',
  role: 'observation',
  needs: ['nicClusterPolicy'],
  explain:
    'Since release 24.10 the policy is written by hand, and an upgrade of the chart leaves its versions as they are. The operator runs what it is told; only the combination of one release is tested, and fields that the old component does not know have no effect.',
  sources: ['reference network-operator.md 2.8'],
  check,
  remedy: (_, facts) => [{ text: 'Set the versions of the installed release, one component after the other.', command: `${facts.cli} edit nicclusterpolicy nic-cluster-policy`, risk: 'a new driver version starts an upgrade of every node' }],
  cases: [
    { name: 'an older nv-ipam', kind: 'broken', objects: [policy('v0.1.2'), operator], says: 'one component is' },
    { name: 'of the same release', kind: 'healthy', objects: [policy('v0.3.7'), operator] },
    { name: 'the release is not known', kind: 'lacking', objects: [policy('v0.1.2')], says: 'release of the network operator' },
    { name: 'an operator that is in no table', kind: 'look-alike', objects: [policy('v0.1.2'), anObject('v1', 'Pod', 'network-operator-x', { spec: { containers: [{ name: 'network-operator', image: 'nvcr.io/nvidia/cloud-native/network-operator:v23.4.0' }] } })] },
  ],
}); // prettier-ignore
