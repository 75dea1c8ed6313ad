/** `explain safe-load`: what safe driver loading is for, what it costs, and where it gets stuck. */
import type { Topic } from './topic.ts';

export const safeLoad: Topic = {
  id: 'safe-load',
  title: 'Safe driver loading',
  answer:
    'With safeLoad a driver pod waits before it loads the driver until the node has been cordoned and drained, so that no workload lands on the node while the driver is compiled and loaded.',
  because: [
    'A driver container that starts has to build or unpack the driver first, which takes minutes. Until then the node runs the inbox driver and takes pods; when the container driver is loaded, their network devices go.',
    'With safeLoad an init container sets the annotation nvidia.com/ofed-driver-upgrade.driver-wait-for-safe-load and blocks. The upgrade flow takes that as a wish to upgrade: cordon, drain, take the annotation away, load, check, uncordon.',
    'It needs upgradePolicy.autoUpgrade: true and an operator that adds the init container (operator.ofedDriver.initContainer; it is empty when the value is lost). A NicNodePolicy has its own upgrade flow and its own limits.',
    'What it costs: every restart of a node goes through the whole cycle and takes a slot of maxParallelUpgrades, and a first roll-out drains node after node instead of all at once. Rolling out without it and switching it on afterwards is quicker; the switch takes effect at the next start of each pod.',
    'Where it gets stuck: upgrade-failed does not unblock the pod (take the annotation away by hand), a node with the skip label never loads its driver, and switching autoUpgrade off leaves the pods waiting that wait.',
  ],
  look: [
    {
      text: 'Where each node stands in the driver upgrade, and what holds it',
      command: 'nicwright driver explain NODE --from DUMP',
    },
    { text: 'What the next pass does', command: 'nicwright driver next --from DUMP' },
    {
      text: 'Nodes that wait',
      command:
        'kubectl get nodes -o json | jq -r \'.items[] | select(.metadata.annotations["nvidia.com/ofed-driver-upgrade.driver-wait-for-safe-load"]) | .metadata.name\'',
    },
  ],
  rules: ['driver-still-building', 'driver-pod-failing', 'driver-module-in-use', 'daemon-waits-for-driver'],
  sources: ['seeds/002 safe driver loading', 'reference network-operator.md 3.13, 4.3 (D6)', 'docs/driver-upgrades.md'],
};
