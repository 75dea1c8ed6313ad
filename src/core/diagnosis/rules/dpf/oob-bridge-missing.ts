/** A card waits in Initializing because its host lacks the bridge to the out-of-band network of the card. */
import { defineConditionCause } from './condition-cause.ts';
import { aDpu } from '../world-dpf.ts';

const waiting = (status: string) => aDpu('c', { node: 'h1', phase: status === 'True' ? 'Node Effect' : 'Initializing', conditions: [{ type: 'Initialized', status, reason: status === 'True' ? 'Initialized' : 'DPUOOBBridgeNotConfigured', message: status === 'True' ? '' : 'DPU OOB bridge is not configured' }] }); // prettier-ignore

export const oobBridgeMissing = defineConditionCause({
  id: 'oob-bridge-missing',
  title: 'The host has no bridge for the card',
  kinds: ['DPU', 'DPUNode'],
  reason: /OOBBridgeNotConfigured/,
  words: /OOB bridge is not configured/,
  explain:
    'A card is taken on only where its host has the bridge br-dpu to the management network; dpu-detector then sets the label feature.node.kubernetes.io/dpu-oob-bridge-configured. Without the label the card waits in Initializing for ever, and nothing fails.',
  sources: ['reference dpf.md 2.1', 'doca-platform v24.10 internal/provisioning/controllers/dpu/state/initializing.go'],
  because: (who) => `${who} waits: its host lacks the label dpu-oob-bridge-configured, as the bridge br-dpu was not found there`,
  remedy: (findings, facts) => [
    {
      text: 'Make the bridge br-dpu on the host with the management interface in it, lasting over restarts; the label then comes by itself.',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `ip link show br-dpu   # on ${scope.node ?? 'the host'}\n${facts.cli} get node ${scope.node ?? 'NODE'} --show-labels | tr , '\\n' | grep dpu-`)
        .join('\n'),
      risk: 'a wrong bridge cuts the host off its management network',
    },
  ],
  cases: [
    { name: 'the condition says it', kind: 'broken', objects: [waiting('False')], says: 'br-dpu' },
    { name: 'the card goes on', kind: 'healthy', objects: [waiting('True')] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpu('c', { phase: 'Initializing' })], says: 'the conditions of' },
    { name: 'ready since', kind: 'look-alike', objects: [aDpu('c', { phase: 'Ready', conditions: [{ type: 'Initialized', status: 'False', reason: 'DPUOOBBridgeNotConfigured' }] })] },
  ],
}); // prettier-ignore
