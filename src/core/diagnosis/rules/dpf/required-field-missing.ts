/** After an upgrade an object lacks fields that the new release requires, so its controller cannot write what it makes of it. */
import { anObject } from '../world-operator.ts';
import { dpfNamespace } from '../world-dpf.ts';
import { defineConditionCause } from './condition-cause.ts';

const deployment = (status: string, message: string) => anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace }, status: { conditions: [{ type: 'DPUSetsReconciled', status, reason: status === 'True' ? 'Success' : 'Error', message }] } }); // prettier-ignore

export const requiredFieldMissing = defineConditionCause({
  id: 'required-field-missing',
  title: 'An object lacks a field that this release requires',
  kinds: ['DPUDeployment', 'DPUSet', 'DPFOperatorConfig', 'DPUService', 'DPUCluster'],
  words: /(?:spec\.[\w.[\]]+): Required value|is invalid: .*Required value|missing required field|unknown field "spec\.|must be specified/,
  explain:
    'DPF 26.4 made fields of DPUDeployment required (dpuSetStrategy, nodeEffect). Objects of before stay as they are, but whatever is written from them is refused: DPUSetsReconciled is then False with "Required value".',
  sources: ['reference dpf.md 1, 7.1 (41)', 'DPF release notes 26.4'],
  because: (who, message) => `${who} lacks what this release requires (${message.slice(0, 200)})`,
  remedy: (findings, facts) => [
    { text: 'Add the fields that the message names; for DPUDeployment dpuSetStrategy and nodeEffect.', command: findings.slice(0, 3).map(({ scope }) => { const [kind = 'DPUDeployment', namespace = 'NAMESPACE', name = 'NAME'] = (scope.object ?? '').split('/'); return `${facts.cli} edit ${kind.toLowerCase()} -n ${namespace} ${name}`; }).join('\n'), risk: 'another nodeEffect than before may drain hosts' },
  ],
  cases: [
    { name: 'after the upgrade to 26.4', kind: 'broken', objects: [deployment('False', 'DPUSet.provisioning.dpu.nvidia.com "hbn-a" is invalid: spec.strategy: Required value')], says: 'Required value' },
    { name: 'reconciled', kind: 'healthy', objects: [deployment('True', '')] },
    { name: 'no conditions', kind: 'lacking', objects: [anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace } })], says: 'the conditions of' },
    { name: 'cards that are not ready yet', kind: 'look-alike', objects: [deployment('False', 'waiting for DPUs')] },
  ],
}); // prettier-ignore
