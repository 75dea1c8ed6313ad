/** `explain chart-compatibility`: which upgrades of the network operator chart go through, and what fails in the others. */
import type { Topic } from './topic.ts';

export const chartCompatibility: Topic = {
  id: 'chart-compatibility',
  title: 'Upgrading the network operator chart in place',
  answer:
    'An upgrade in place works from 24.7 on with fresh values (-f) or --reset-then-reuse-values; what fails is --reuse-values, since it leaves out every key that the new chart added.',
  because: [
    '--reuse-values lays your values over the defaults of the OLD chart. Keys that are new do not exist, and a template that reads a field of a missing map ends with "nil pointer evaluating interface {}".',
    '".enabled" of nicConfigurationOperator is 24.7 to 24.10 or 25.1. ".pvcName" is 24.7 to 25.4 or 25.7; that one is a defect of the sub-chart, and a fresh install with nicConfigurationOperator.enabled=true meets it too: set nic-configuration-operator-chart.nicFirmwareStorage to {}.',
    'From 24.10 the chart makes no NicClusterPolicy. ofedDriver, nvIpam, secondaryNetwork, rdmaSharedDevicePlugin, sriovDevicePlugin and deployCR are silently ignored in its values: they belong in a NicClusterPolicy that you write.',
    'Where --reuse-values does render (25.4 and later) the images stay those of the old release. Compare the images, not only the exit code.',
    'Uninstalling 24.7 deletes the NicClusterPolicy that Helm made, and with it the IPPool CRD and every pool. Upgrade in place, or annotate the policy with helm.sh/resource-policy: keep first.',
  ],
  corrected: [
    { said: '24.7 cannot be upgraded in place', holds: 'only with --reuse-values it cannot' },
    {
      said: 'nicConfigurationOperator is deprecated',
      holds: 'its sub-chart is; the component lives on in the NicClusterPolicy',
    },
    {
      said: 'conflicts when backups are applied again are harmless',
      holds:
        'they come from resourceVersion and uid in the backup: take those out, and see that every object was applied',
    },
  ],
  look: [
    {
      text: 'What a hop does, before it is made',
      command: 'nicwright release check --from DUMP --to 25.7.0 --values values.yaml',
    },
    { text: 'Which release is installed', command: 'helm list -n NAMESPACE; helm get values RELEASE -n NAMESPACE' },
  ],
  rules: ['helm-values-of-old-chart', 'helm-lacks-crd', 'crd-upgrade-refused', 'nicclusterpolicy-missing'],
  sources: ['seeds/000 key learning 3', 'reference network-operator.md 2.2, 2.9 to 2.11'],
};
