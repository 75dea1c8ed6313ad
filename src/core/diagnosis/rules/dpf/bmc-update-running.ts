/** The card's BMC says that an update runs already, of which the controller lost the task when it restarted (ref 4723795). */
import { aDpu } from '../world-dpf.ts';
import { defineConditionCause } from './condition-cause.ts';
import { dpfNamespaceOf } from './dpf-estate.ts';

const failed = (message: string, phase = 'Error') => aDpu('c', { node: 'h1', phase, conditions: [{ type: 'OSInstalled', status: 'False', reason: 'InstallationFailed', message }] }); // prettier-ignore

export const bmcUpdateRunning = defineConditionCause({
  id: 'bmc-update-running',
  title: 'The card’s BMC is still busy with an update',
  kinds: ['DPU'],
  words: /update (?:is )?(?:already )?in progress|UpdateInProgress|another update/i,
  explain:
    'In zero-trust mode cards are installed over the Redfish service of their own BMC. A controller that restarts meanwhile loses the task; its next request is answered with 400 "update in progress", and the card goes to Error though the update goes on.',
  sources: ['reference dpf.md 7.1 (36)', 'DPF release notes, ref 4723795'],
  affects: 'DPF 25.10 and later, zero-trust',
  because: (who, message) => `${who}: the card's BMC still has an update running (${message.slice(0, 140)})`,
  remedy: (_findings, facts) => [
    { text: 'Wait until the update on the BMC is over (half an hour), then delete the DPU object: it is made and tried again.', command: `${facts.cli} get dpus -n ${dpfNamespaceOf(facts)} -o wide`, risk: 'the card is installed anew, and its host restarts; a reset of the BMC during an update can leave the card dead' },
  ],
  cases: [
    { name: '400, update in progress', kind: 'broken', objects: [failed('redfish: 400: An update is in progress')], says: 'update running' },
    { name: 'ready', kind: 'healthy', objects: [aDpu('c', { conditions: [{ type: 'OSInstalled', status: 'True', reason: 'OSInstalled' }] })] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpu('c', { phase: 'Error' })], says: 'the conditions of' },
    { name: 'another answer of the BMC', kind: 'look-alike', objects: [failed('redfish: 401 Unauthorized')] },
  ],
}); // prettier-ignore
