/** A workload of the network operator runs an image that the NicClusterPolicy does not ask for: edited by hand, or left over. */
import { handEdits } from '../../../driver/template-change.ts';
import { dig, digList, digText } from '../../../model/dig.ts';
import { objectPath, type KubeObject } from '../../../model/kube-object.ts';
import { componentOfObject } from '../../../nicpolicy/component-removal.ts';
import { imageText } from '../../../release/judge-image.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { aDaemonSet, aNicClusterPolicy } from '../world-operator.ts';

const RULE = 'image-asked-by-nobody';
const CONTAINERS = ['spec', 'template', 'spec', 'containers'] as const;

/** The one image that the policy asks for in this workload; undefined where it asks for none, for several, or builds the tag itself. */
const wanted = (policy: KubeObject, { kind, metadata: { name, labels } }: KubeObject) => {
  const component = componentOfObject({ kind, name, labels: labels ?? {} });
  if (component === undefined || component.field === 'ofedDriver' || component.images.length !== 1) return undefined;
  const at = ['spec', ...component.field.split('.')];
  const block = dig(policy, ...at);
  const [image, repository, version] = [digText(block, 'image'), digText(block, 'repository'), digText(block, 'version')];
  if (image === undefined || repository === undefined || version === undefined) return undefined;
  return { at, text: imageText({ image, repository, version }) };
}; // prettier-ignore

/** Who wrote the template last, as the server keeps it. */
const lastWriter = ({ object }: SnapshotObject): string | undefined => {
  const entries = digList(object, 'metadata', 'managedFields').filter((entry) => dig(entry, 'fieldsV1', 'f:spec', 'f:template') !== undefined);
  const last = entries.toSorted((a, b) => ((digText(a, 'time') ?? '') < (digText(b, 'time') ?? '') ? 1 : -1))[0];
  const manager = digText(last, 'manager');
  return manager === undefined ? undefined : `${manager}${digText(last, 'time') === undefined ? '' : ` at ${digText(last, 'time') ?? ''}`}`;
}; // prettier-ignore

const judge = (policy: SnapshotObject, entry: SnapshotObject): readonly Statement[] => {
  const asked = wanted(policy.object, entry.object);
  if (asked === undefined) return [];
  const images = digList(entry.object, ...CONTAINERS).flatMap((container) => digText(container, 'image') ?? []);
  const [image] = images;
  const scope = { object: objectPath(entry.object) };
  if (image === undefined) return [];
  if (images.includes(asked.text)) return [{ says: 'clear', scope, saw: 'workloads of the network operator run the images that the policy asks for' }];
  const [edit] = handEdits(entry.object);
  // An operator that is not done yet may be about to write it.
  if (edit === undefined && digText(policy.object, 'status', 'state') !== 'ready') return [];
  const writer = lastWriter(entry);
  const why = edit === undefined
      ? `it is left over: the operator calls the policy ready and has not written it since${writer === undefined ? '' : ` (last by ${writer})`}`
      : `it was edited by hand (${edit.manager}${edit.time === '' ? '' : ` at ${edit.time}`}), and the operator leaves such an edit, since it compares its revision annotation only`;
  return [
    {
      says: 'finding',
      scope: { image },
      because: `${entry.object.kind} ${entry.object.metadata.name} runs ${image}, which no object asks for (${asked.at.join('.')} says ${asked.text}): ${why}`,
      confidence: edit === undefined ? 'likely' : 'proven',
      sameAs: objectPath(entry.object),
      evidence: [
        fieldEvidence(entry, [...CONTAINERS, 0, 'image']),
        ...(edit === undefined ? [] : [fieldEvidence(entry, ['metadata', 'managedFields', edit.at, 'manager'])]),
        fieldEvidence(policy, [...asked.at, 'image']),
      ],
    },
  ];
}; // prettier-ignore

const check = (facts: Facts): readonly Statement[] => {
  const policy = facts.object('NicClusterPolicy', 'nic-cluster-policy');
  if (policy === undefined) return [];
  return [...facts.objects('DaemonSet'), ...facts.objects('Deployment')].flatMap((entry) => judge(policy, entry));
};

const RIGHT = 'ghcr.io/mellanox/nvidia-k8s-ipam:v0.3.7';
const STAGING = 'nvcr.io/nvstaging/mellanox/nv-ipam:v0.3.7';
const policy = (state = 'ready') =>
  aNicClusterPolicy(
    { nvIpam: { image: 'nvidia-k8s-ipam', repository: 'ghcr.io/mellanox', version: 'v0.3.7' } },
    { state },
  );
const written = (image: string, ...managers: readonly string[]) => {
  const set = aDaemonSet('nv-ipam-node', { image });
  const managedFields = managers.map((manager, at) => ({ manager, time: `2026-01-0${at + 1}T00:00:00Z`, fieldsV1: { 'f:spec': { 'f:template': {} } } }));
  return { ...set, metadata: { ...set.metadata, managedFields } };
}; // prettier-ignore

export const imageAskedByNobody = defineRule({
  id: RULE,
  title: 'A workload runs an image that no object asks for',
  severity: 'warning',
  role: 'cause',
  needs: ['nicClusterPolicy', 'daemonSets'],
  explain:
    'The network operator renders its workloads from the NicClusterPolicy, and writes one anew only where its revision annotation differs. An image that was set by kubectl stays, and so does one that an earlier policy asked for while the object could not be written. ' +
    'metadata.managedFields tells who wrote the template: kubectl is a person, everything else a controller.',
  sources: ['seeds/000 root cause 3', 'reference network-operator.md 1.10, 2.11'],
  check,
  remedy: (findings, facts) => {
    const [, namespace = 'NAMESPACE', name = 'NAME'] = (findings[0]?.sameAs ?? '').split('/');
    const kind = (findings[0]?.sameAs ?? 'DaemonSet').split('/')[0]?.toLowerCase() ?? 'daemonset';
    return [
      { text: 'See who wrote the template, and ask whether the edit is still wanted; what it was for belongs into the NicClusterPolicy.', command: `${facts.cli} get ${kind} ${name} -n ${namespace} -o yaml --show-managed-fields` },
      { text: 'Then let the operator make it anew: delete the workload, and it is rendered from the policy.', command: `${facts.cli} delete ${kind} ${name} -n ${namespace}`, risk: 'its pods are away on every node until the new ones are ready' },
    ];
  },
  cases: [
    { name: 'set by kubectl (000-87)', kind: 'broken', objects: [policy(), written(STAGING, 'manager', 'kubectl-edit')], says: 'edited by hand (kubectl-edit at 2026-01-02T00:00:00Z)' },
    { name: 'left over (000-87)', kind: 'broken', objects: [policy(), written(STAGING, 'manager')], says: 'left over' },
    { name: 'as the policy says', kind: 'healthy', objects: [policy(), written(RIGHT, 'manager')] },
    { name: 'DaemonSets were not looked at', kind: 'lacking', objects: [policy()], says: 'DaemonSets' },
    { name: 'the operator is not done', kind: 'look-alike', objects: [policy('notReady'), written(STAGING, 'manager')] },
    { name: 'a restart by kubectl of the right image', kind: 'look-alike', objects: [policy(), written(RIGHT, 'manager', 'kubectl-rollout')] },
  ],
}); // prettier-ignore
