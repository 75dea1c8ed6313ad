/** On OpenShift the driver is built in an image of the release (driver toolkit), and the operator finds none. */
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { said, sayings } from '../../said.ts';
import { aNicClusterPolicy } from '../world-operator.ts';

const RULE = 'driver-toolkit-missing';
const WORDS =
  /(?:failed to (?:find|get)|no|cannot find|could not find)[^\n]{0,60}(?:driver[- ]?toolkit|DTK)[^\n]{0,120}|imagestream[^\n]{0,80}driver-toolkit[^\n]{0,80}not found/i;

const check = (facts: Facts): readonly Statement[] => {
  const found = sayings(said(facts, `${RULE}/said`, WORDS), { over: () => false, clear: '' }, (one) => ({
    scope: {},
    because: `The operator finds no driver toolkit image for the nodes' OpenShift release, so no driver can be built: ${(WORDS.exec(one.text)?.[0] ?? '').trim()}`,
    sameAs: 'dtk',
  }));
  return found.length > 0 || facts.objects('NicClusterPolicy').length === 0
    ? found
    : [{ says: 'clear', scope: {}, saw: 'the operator misses no driver toolkit' }];
};

const status = (message: string) =>
  aNicClusterPolicy({ ofedDriver: {} }, { appliedStates: [{ name: 'state-OFED', state: 'error', message }] });

export const driverToolkitMissing = defineRule({
  id: RULE,
  title: 'The driver toolkit of OpenShift is not found',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  lines: { said: WORDS },
  explain:
    'OpenShift publishes for each release an image with the kernel headers, named by the ImageStream driver-toolkit in namespace openshift. A node whose OSTREE version has no tag there (during an upgrade, in a disconnected mirror, with the samples operator removed) gets no driver.',
  sources: ['reference network-operator.md 1.8', 'network-operator #720, #2471'],
  check,
  remedy: () => [{ text: 'Compare the tags with the nodes, and mirror or import the missing one.', command: 'oc get imagestream -n openshift driver-toolkit -o yaml; oc get nodes -L feature.node.kubernetes.io/system-os_release.OSTREE_VERSION' }],
  cases: [
    { name: 'no image for the release', kind: 'broken', objects: [status('failed to create k8s objects from manifest: failed to find DTK image for OSTREE version 412.86.202301311551-0')], says: 'no driver toolkit' },
    { name: 'ready', kind: 'healthy', objects: [aNicClusterPolicy({ ofedDriver: {} }, { appliedStates: [{ name: 'state-OFED', state: 'ready' }] })] },
    { name: 'no policy was looked at', kind: 'lacking', objects: [], says: 'NicClusterPolicy' },
    { name: 'a log that names the toolkit', kind: 'look-alike', objects: [status('')], texts: { 'network-operator-x.log': 'INFO using driver toolkit image quay.io/a@sha256:1\n' } },
  ],
}); // prettier-ignore
