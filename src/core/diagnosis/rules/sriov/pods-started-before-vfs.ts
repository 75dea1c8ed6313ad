/** After a restart of a node the kubelet admitted pods again before their VFs were there: they failed for good. */
import { digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import { fieldEvidence, textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';
import { aPodEvent } from '../world-ipam.ts';
import { messagesOf } from '../dpf/messages.ts';

const RULE = 'pods-started-before-vfs';
const WORDS =
  /Allocate failed due to (?:requested number of devices unavailable for|no healthy devices present; cannot allocate unhealthy devices) (?<resource>[\w.-]+\/[\w-]+(?:\.[\w-]+)*)/;

const isNic = (facts: Facts, resource: string): boolean =>
  facts.nodes.some((node) => facts.promised(node)?.has(resource) === true) || !/gpu|mig-/.test(resource);

const check = (facts: Facts): readonly Statement[] => {
  const pods = facts.objects('Pod').flatMap((entry): readonly Statement[] => {
    const message = digText(entry.object, 'status', 'message') ?? '';
    const resource = WORDS.exec(message)?.groups?.['resource'];
    const node = digText(entry.object, 'spec', 'nodeName');
    if (resource === undefined || digText(entry.object, 'status', 'reason') !== 'UnexpectedAdmissionError' || !isNic(facts, resource)) return [];
    return [
      {
        says: 'finding',
        scope: node === undefined ? {} : { node },
        because: `${objectPath(entry.object)} was admitted on ${node ?? 'its node'} before ${resource} was offered there, and failed for good (UnexpectedAdmissionError)`,
        confidence: 'likely',
        sameAs: resource,
        evidence: [fieldEvidence(entry, ['status', 'message'])],
      },
    ];
  });
  if (pods.length > 0) return pods;
  const told = messagesOf(facts).filter(({ reason, text }) => reason === 'UnexpectedAdmissionError' && isNic(facts, WORDS.exec(text)?.groups?.['resource'] ?? 'gpu'));
  const lines = facts.lines(`${RULE}/said`).filter(({ groups }) => isNic(facts, groups['resource'] ?? 'gpu'));
  const evidence = [...told.map((one) => one.evidence), ...lines.map(({ origin, line }) => textEvidence(origin, line))];
  const [first] = [...told.map(({ text }) => WORDS.exec(text)?.groups?.['resource']), ...lines.map(({ groups }) => groups['resource'])];
  if (first === undefined) return facts.objects('Pod').length === 0 ? [] : [{ says: 'clear', scope: {}, saw: 'no pod failed at admission for want of a VF' }];
  return [{ says: 'finding', scope: {}, because: `Pods were admitted before ${first} was offered on their node, and failed for good (UnexpectedAdmissionError)`, confidence: 'likely', sameAs: first, evidence: evidence.slice(-3) }];
}; // prettier-ignore

const MESSAGE =
  'Allocate failed due to requested number of devices unavailable for nvidia.com/res. Requested: 1, Available: 0, which is unexpected';

export const podsStartedBeforeVfs = defineRule({
  id: RULE,
  title: 'Pods were admitted before their VFs were there',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { said: WORDS },
  explain:
    'When a node comes back, the kubelet admits its pods again from what it wrote down, before the config daemon has made the VFs and the device plugin has registered. The pod then fails with UnexpectedAdmissionError and stays failed; its controller makes a new one.',
  sources: ['reference sriov.md F52', 'sriov-network-operator #322', 'kubernetes #109595'],
  check,
  remedy: (_, facts) => [
    { text: 'Delete the failed pods; new ones are scheduled once the resource is offered.', command: `${facts.cli} get pods -A --field-selector status.phase=Failed` },
    { text: 'For good: the feature gate blockDevicePluginUntilConfigured of the SR-IOV operator, or a taint that is taken off once the node is verified.' },
  ],
  cases: [
    { name: 'a failed pod', kind: 'broken', objects: [{ ...pod('nccl-0', { node: 'a' }), status: { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: MESSAGE } }], says: 'before nvidia.com/res was offered' },
    { name: 'an event', kind: 'broken', objects: [aPodEvent('nccl-0', MESSAGE, 'UnexpectedAdmissionError')], says: 'before nvidia.com/res was offered' },
    { name: 'pods run', kind: 'healthy', objects: [pod('nccl-0', { node: 'a' })] },
    { name: 'a GPU that was not there', kind: 'look-alike', objects: [{ ...pod('train-0', { node: 'a' }), status: { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: MESSAGE.replace('nvidia.com/res', 'nvidia.com/gpu') } }] },
  ],
}); // prettier-ignore
