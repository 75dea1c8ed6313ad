/** The script that restarts a host for DPF failed for good; its cards stay in Rebooting until its Job is deleted. */
import { objectPath } from '../../../model/kube-object.ts';
import { dpfNamespaceOf } from './dpf-estate.ts';
import { defineConditionCause } from './condition-cause.ts';
import { aDpu } from '../world-dpf.ts';

export const rebootScriptFailed = defineConditionCause({
  id: 'reboot-script-failed',
  title: 'The script that restarts the host failed',
  kinds: ['DPU', 'DPUNode'],
  reason: /^RebootScriptFailed$/,
  explain:
    'With nodeRebootMethod script the controller runs a Job NODE-script-job from the pod template in a ConfigMap, four tries at most. After that it writes RebootScriptFailed and does nothing more; deleting the Job starts it anew.',
  sources: ['reference dpf.md 2.4, 7.1 (17)'],
  affects: 'DPF 25.4 and later',
  because: (who, message) => `${who} waits: the script that restarts its host failed${message === '' ? '' : ` (${message})`}`,
  lacks: (facts, entry) => [
    {
      what: `the log of the script for ${objectPath(entry.object)}`,
      why: 'it says why the restart did not happen',
      settle: `${facts.cli} logs -n ${entry.object.metadata.namespace ?? 'NAMESPACE'} job/HOST-script-job`,
    },
  ],
  remedy: (findings, facts) => [
    {
      text: 'Mend the script or its ConfigMap, then delete the Job, so that it runs again.',
      command: findings.slice(0, 3).map(({ scope }) => `${facts.cli} delete job -n ${dpfNamespaceOf(facts)} ${scope.node ?? 'HOST'}-script-job`).join('\n'),
      risk: 'the host restarts at once when the script works: drain it first',
    },
  ],
  cases: [
    { name: 'the condition says it', kind: 'broken', objects: [aDpu('c', { node: 'h1', phase: 'Rebooting', conditions: [{ type: 'Rebooted', status: 'False', reason: 'RebootScriptFailed', message: 'job failed' }] })], says: 'failed' },
    { name: 'ready cards', kind: 'healthy', objects: [aDpu('c', { conditions: [{ type: 'Rebooted', status: 'True', reason: 'Rebooted' }] })] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpu('c', { phase: 'Rebooting' })], says: 'the conditions of' },
    { name: 'failed once, and ready', kind: 'look-alike', objects: [aDpu('c', { phase: 'Ready', conditions: [{ type: 'Rebooted', status: 'False', reason: 'RebootScriptFailed' }] })] },
  ],
}); // prettier-ignore
