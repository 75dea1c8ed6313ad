/** A kind of DPF is not served, or not in that version: its CRD is absent or of another release. */
import { explainDenial } from '../../../rbac/explain-denial.ts';
import { aCrashingDmsPod, aDmsPod, aDpfConfig } from '../world-dpf.ts';
import { isDmsPod, isFieldName } from './dpf-estate.ts';
import { defineStartCause } from './start-cause.ts';

const KIND =
  /(?:the server doesn't have a resource type \\?"(?<type>[^"\\]+)|no matches for kind \\?"(?<kind>[^"\\]+)\\?" in version \\?"(?<version>[^"\\]+))/;

export const definitionMissing = defineStartCause({
  id: 'definition-missing',
  title: 'A kind that DPF needs is not served',
  line: KIND,
  from: (pod) => isDmsPod(pod) || isFieldName(pod.object.metadata.name),
  explain:
    'A script or a controller asks for a kind that the API server does not serve: its CustomResourceDefinition was not installed, or has another version than the image expects. Helm does not update CRDs; DPF 25.7 can only be installed anew over 25.4.',
  sources: ['reference dpf.md 0 (9), 6.8, 7.1 (4), 7.3'],
  because: (where, text) => {
    const found = KIND.exec(text)?.groups;
    const what = found?.['type'] ?? (found?.['kind'] === undefined ? 'a kind' : `${found['kind']} (${found['version'] ?? ''})`);
    return `${where}: the API server does not serve ${what}; ${explainDenial(text)?.because ?? 'its definition is missing'}`;
  },
  against: () => ['no permission is missing: the server has nothing to permit'],
  remedy: (_findings, facts) => [
    { text: 'See which versions are served, and apply the CRDs of the release of the images.', command: `${facts.cli} api-resources --api-group=provisioning.dpu.nvidia.com; ${facts.cli} get crds | grep dpu.nvidia.com`, risk: 'CRDs of another release than the controllers break what is stored' },
  ],
  cases: [
    { name: 'DPUNode is not known (release skew)', kind: 'broken', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.log': 'error: resource mapping not found for name: "a" namespace: "dpf-ns" from "STDIN": no matches for kind "DPUNode" in version "provisioning.dpu.nvidia.com/v1alpha1"\n' }, says: 'DPUNode' },
    { name: 'pods that start', kind: 'healthy', objects: [aDmsPod('a-dms'), aDpfConfig()] },
    { name: 'no log', kind: 'lacking', objects: [aCrashingDmsPod('a-dms'), aDpfConfig()], says: 'the log of dms-init' },
    { name: 'before the installation was done', kind: 'look-alike', objects: [aDmsPod('a-dms'), aDpfConfig()], texts: { 'a-dms.dms-init.previous.log': `error: the server doesn't have a resource type "dpudevice"\n` } },
  ],
}); // prettier-ignore
