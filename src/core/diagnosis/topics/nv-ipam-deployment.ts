/** `explain nv-ipam-deployment`: who deploys nv-ipam, from which release on, and what goes when it goes. */
import type { Topic } from './topic.ts';

export const nvIpamDeployment: Topic = {
  id: 'nv-ipam-deployment',
  title: 'Who deploys nv-ipam',
  answer:
    'From chart 24.10 on the section spec.nvIpam of the NicClusterPolicy named nic-cluster-policy; the chart itself deploys it only up to 24.7 with deployCR.',
  because: [
    'The operator makes a Deployment nv-ipam-controller and a DaemonSet nv-ipam-node from that section, and the CRDs IPPool and CIDRPool. Pools are objects of your own; without them no address is given out.',
    'Taking spec.nvIpam out of the policy, or deleting the policy, removes the CRDs, and with them every pool. Save the pools first.',
    'The state of the policy looks at DaemonSets only: a controller that crashes leaves state-nv-ipam-cni at ready. Look at the pod of nv-ipam-controller too.',
    "Pools are read in one namespace only, the operator's own. A pool elsewhere is never served.",
  ],
  corrected: [
    { said: 'nv-ipam left the chart in 25.7', holds: 'it left in 24.10, with all sections of the NicClusterPolicy' },
    { said: 'the pods are called nv-ipam-xxxxx', holds: 'nv-ipam-node-xxxxx and nv-ipam-controller-xxxxx' },
    { said: 'the NicClusterPolicy has a namespace', holds: 'it is cluster-scoped, and only one name is served' },
  ],
  look: [
    { text: 'State of each component, and what it leaves out', command: 'nicwright policy status --from DUMP' },
    { text: 'Are the pools valid and large enough?', command: 'nicwright ipam check --from DUMP' },
    {
      text: 'Live',
      command: 'kubectl get nicclusterpolicies,ippools.nv-ipam.nvidia.com,cidrpools.nv-ipam.nvidia.com -A',
    },
  ],
  rules: ['nicclusterpolicy-missing', 'nicclusterpolicy-name-ignored', 'component-image-wrong'],
  sources: [
    'seeds/000 key learning 4',
    'reference network-operator.md 1.5, 1.7, 2.2, 2.11',
    'reference ipam-maintenance-power.md 1.1',
  ],
};
