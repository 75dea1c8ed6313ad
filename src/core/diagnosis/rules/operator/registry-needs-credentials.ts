/** The registry wants credentials that the pods do not have. */
import { FAILED_PULL, refusalFindings } from '../../image-pulls.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';

const RULE = 'registry-needs-credentials';
const isStaging = (image: string): boolean => /\/nvstaging\//.test(image);
const waiting = (image: string, message: string) => pod('network-operator-x', { node: 'a', image, waiting: { reason: 'ErrImagePull', message } }); // prettier-ignore
const STAGING = 'nvcr.io/nvstaging/mellanox/network-operator:v24.7.0';

export const registryNeedsCredentials = defineRule({
  id: RULE,
  title: 'A registry asks for credentials',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { pull: FAILED_PULL },
  explain:
    'With 401 the registry says nothing about the image: it lets nobody look who has not signed in. The staging registry of NVIDIA (nvstaging) is closed to customers; a chart whose defaults point there was released too early. imagePullSecrets of the policy reach the components, those of the chart the operator and its sub-charts.',
  sources: ['reference network-operator.md 2.1, 2.8', 'network-operator #1052'],
  check: (facts) => {
    const found = refusalFindings(facts, `${RULE}/pull`, 'credentials', (image) => `${image} is not let out without credentials (401)${isStaging(image) ? ': nvstaging is NVIDIA\'s staging registry, and the released image stands under nvidia' : ''}`);
    return found.length > 0 || facts.objects('Pod').length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'no pod of the operators waits for credentials of a registry' }];
  },
  remedy: (findings, facts) => [
    isStaging(findings[0]?.scope.image ?? '')
      ? { text: 'Take the released repository instead (nvcr.io/nvidia/cloud-native for the operator, nvcr.io/nvidia/mellanox for components), or a chart of the line that has it.', command: `helm get values network-operator -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} -a | grep -n repository` }
      : { text: 'Make a pull Secret in the namespace of the pods and name it in imagePullSecrets of the component.', command: `${facts.cli} create secret docker-registry NAME -n ${facts.operators.namespaces[0] ?? 'NAMESPACE'} --docker-server=REGISTRY --docker-username=USER --docker-password=...` },
  ],
  cases: [
    { name: 'the staging registry', kind: 'broken', objects: [waiting(STAGING, 'failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized')], says: 'staging registry' },
    { name: 'a private mirror', kind: 'broken', objects: [waiting('registry.example.net/nic/network-operator:v25.7.0', 'pull access: authentication required')], says: 'without credentials' },
    { name: 'pods that run', kind: 'healthy', objects: [pod('network-operator-x', { node: 'a' })] },
    { name: 'no such tag', kind: 'look-alike', objects: [waiting('nvcr.io/nvidia/cloud-native/network-operator:v0', 'manifest unknown: not found')] },
  ],
}); // prettier-ignore
