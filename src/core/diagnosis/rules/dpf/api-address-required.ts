/** From 26.4 on zero-trust installations need the address and the port of the API server stated. */
import { aDpfConfig } from '../world-dpf.ts';
import { defineConditionCause } from './condition-cause.ts';
import { dpfNamespaceOf } from './dpf-estate.ts';

const config = (status: string, message: string) => aDpfConfig({ status: { conditions: [{ type: 'SystemComponentsReconciled', status, reason: status === 'True' ? 'Success' : 'Error', message }] } }); // prettier-ignore

export const apiAddressRequired = defineConditionCause({
  id: 'api-address-required',
  title: 'DPF wants to know the address of the API server',
  kinds: ['DPFOperatorConfig'],
  words: /kubernetesAPIServer(?:VIP|Port)\b.*(?:must|required|not set|empty)|(?:must|required).*kubernetesAPIServer(?:VIP|Port)/i,
  explain:
    'With deploymentMode zero-trust release 26.4 checks that overrides.kubernetesAPIServerVIP and kubernetesAPIServerPort are both set, and installs nothing before. An installation that did well without them stops at the upgrade.',
  sources: ['reference dpf.md 7.1 (40)', 'DPF release notes 26.4'],
  affects: 'DPF 26.4 and later, zero-trust',
  because: (who, message) => `${who}: nothing is installed until address and port of the API server are stated (${message.slice(0, 160)})`,
  remedy: (_findings, facts) => [
    { text: 'State both.', command: `${facts.cli} patch dpfoperatorconfig dpfoperatorconfig -n ${dpfNamespaceOf(facts)} --type=merge -p '{"spec":{"overrides":{"kubernetesAPIServerVIP":"ADDRESS","kubernetesAPIServerPort":6443}}}'`, risk: 'every component of DPF is applied again with the new address' },
  ],
  cases: [
    { name: 'the condition says it', kind: 'broken', objects: [config('False', 'kubernetesAPIServerVIP and kubernetesAPIServerPort must be set')], says: 'address and port' },
    { name: 'reconciled', kind: 'healthy', objects: [config('True', '')] },
    { name: 'no conditions', kind: 'lacking', objects: [aDpfConfig()], says: 'the conditions of' },
    { name: 'another error', kind: 'look-alike', objects: [config('False', 'failed to apply dpuservice-controller')] },
  ],
}); // prettier-ignore
