/** The services of a DPUDeployment, or what a flavor reserves, ask for more than the flavor says that a card has. */
import { dig } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import { defineConditionCause } from './condition-cause.ts';
import { anObject } from '../world-operator.ts';
import { aDpu, dpfNamespace } from '../world-dpf.ts';

const deployment = (status: string, message: string) => anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace }, status: { conditions: [{ type: 'ResourceFittingReady', status, reason: status === 'True' ? 'Success' : 'Error', message }] } }); // prettier-ignore
const flavor = anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPUFlavor', 'flavor', { metadata: { name: 'flavor', namespace: dpfNamespace }, spec: { dpuResources: { memory: '16Gi' } } }); // prettier-ignore

export const flavorLacksResources = defineConditionCause({
  id: 'flavor-lacks-resources',
  title: 'The flavor does not have what is to run on the card',
  kinds: ['DPUDeployment', 'DPUSet', 'DPU'],
  words: /not enough resources for DPUServices|Additional resources needed|reserved resource specified in spec\.systemReservedResources exceed|bf\.cfg for \S+ size \(\d+\) exceeds/,
  line: /(?:not enough resources for DPUServices to fit in this DPUDeployment|systemReservedResources exceed the ones defined|bf\.cfg for \S+ size \(\d+\) exceeds the maximum limit)/,
  explain:
    'A DPUFlavor states the resources of a card (dpuResources) and what its system keeps (systemReservedResources). A DPUDeployment whose services ask for more than the rest is held, and nothing is deployed. A flavor whose files make bf.cfg larger than 128 KiB cannot be sent to the card either.',
  sources: ['reference dpf.md 1, 2.1 (5)', 'doca-platform v24.10 dpudeployment_controller.go verifyResourceFitting, dpuflavor_webhook.go, installing.go'],
  because: (who, message) => `${who}: the flavor does not fit (${message.trim().slice(0, 200)})`,
  more: (facts) =>
    facts
      .objects('DPUFlavor')
      .filter(({ object }) => dig(object, 'spec', 'dpuResources') !== undefined)
      .slice(0, 2)
      .map((entry) => fieldEvidence(entry, ['spec', 'dpuResources'])),
  remedy: () => [
    { text: 'Let the services ask for less, run fewer of them on the card, or write a flavor that states the larger card; flavors cannot be changed, so make a new one and point the DPUSet at it.', risk: 'another flavor installs every card of the DPUSet anew' },
  ],
  cases: [
    { name: 'services beyond the flavor', kind: 'broken', objects: [deployment('False', 'there are not enough resources for DPUServices to fit in this DPUDeployment:  Additional resources needed: map[memory:{{2147483648 0} {<nil>} 2Gi BinarySI}]'), flavor], says: 'does not fit' },
    { name: 'bf.cfg too large', kind: 'broken', objects: [aDpu('c', { phase: 'Error', conditions: [{ type: 'OSInstalled', status: 'False', reason: 'InstallationFailed', message: 'bf.cfg for c size (140000) exceeds the maximum limit (131072)' }] })], says: 'bf.cfg' },
    { name: 'they fit', kind: 'healthy', objects: [deployment('True', ''), flavor] },
    { name: 'no conditions', kind: 'lacking', objects: [anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace } })], says: 'the conditions of' },
    { name: 'another condition is false', kind: 'look-alike', objects: [anObject('svc.dpu.nvidia.com/v1alpha1', 'DPUDeployment', 'hbn', { metadata: { name: 'hbn', namespace: dpfNamespace }, status: { conditions: [{ type: 'DPUSetsReady', status: 'False', reason: 'Pending', message: 'cards are not ready' }] } })] },
  ],
}); // prettier-ignore
