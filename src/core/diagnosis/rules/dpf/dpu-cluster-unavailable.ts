/** No DPUCluster takes the card: there is none, it is not ready, or it is full. */
import { digNumber, digText } from '../../../model/dig.ts';
import { fieldEvidence } from '../../evidence.ts';
import { defineConditionCause } from './condition-cause.ts';
import { anObject } from '../world-operator.ts';
import { aDpu, dpfNamespace } from '../world-dpf.ts';

const waiting = (message: string, phase = 'Initializing') => aDpu('c', { node: 'h1', phase, conditions: [{ type: 'Initialized', status: phase === 'Initializing' ? 'False' : 'True', reason: 'DPUClusterNotReady', message }] }); // prettier-ignore
const cluster = (phase: string) => anObject('provisioning.dpu.nvidia.com/v1alpha1', 'DPUCluster', 'cp', { metadata: { name: 'cp', namespace: dpfNamespace }, spec: { type: 'kamaji', maxNodes: 10 }, status: { phase } }); // prettier-ignore

export const dpuClusterUnavailable = defineConditionCause({
  id: 'dpu-cluster-unavailable',
  title: 'No DPUCluster takes the card',
  kinds: ['DPU'],
  reason: /^DPUClusterNotReady$/,
  words: /no cluster available|cluster \S+ is (?:not ready|full)/,
  explain:
    'Each card joins a DPUCluster, which the allocator chooses: it must be Ready and below its maxNodes. The condition of the card says which of the three is not so.',
  sources: ['reference dpf.md 1, 2.1', 'doca-platform v24.10 internal/provisioning/controllers/allocator/allocator.go'],
  because: (who, message) =>
    /is full/.test(message)
      ? `${who} waits: ${message}`
      : /no cluster/.test(message)
        ? `${who} waits: there is no DPUCluster that it could join`
        : `${who} waits for its DPUCluster${message === '' ? '' : `: ${message}`}`,
  more: (facts) =>
    facts
      .objects('DPUCluster')
      .filter(({ object }) => digText(object, 'status', 'phase') !== 'Ready' || digNumber(object, 'spec', 'maxNodes') !== undefined)
      .slice(0, 2)
      .map((entry) => fieldEvidence(entry, ['status', 'phase'])),
  remedy: (_findings, facts) => [
    {
      text: 'Look at the DPUCluster and its conditions; a kamaji cluster also needs its control plane pods and its VIP.',
      command: `${facts.cli} get dpuclusters -A; ${facts.cli} describe dpucluster -A | tail -30`,
    },
    { text: 'A full cluster: raise maxNodes, or add a DPUCluster.' },
  ],
  cases: [
    { name: 'it is full', kind: 'broken', objects: [waiting('cluster dpf-ns/cp is full, max node: 10'), cluster('Ready')], says: 'is full' },
    { name: 'there is none', kind: 'broken', objects: [waiting('no cluster available')], says: 'no DPUCluster' },
    { name: 'it is not ready', kind: 'broken', objects: [waiting('cluster cp is not ready, phase: Creating'), cluster('Creating')], says: 'not ready' },
    { name: 'cards go on', kind: 'healthy', objects: [aDpu('c', { phase: 'Ready', conditions: [{ type: 'Initialized', status: 'True', reason: 'Initialized' }] })] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpu('c', { phase: 'Initializing' })], says: 'the conditions of' },
    { name: 'it was so once', kind: 'look-alike', objects: [waiting('no cluster available', 'Rebooting')] },
  ],
}); // prettier-ignore
