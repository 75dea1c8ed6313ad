/** Pods of the operators that cannot pull an image: a symptom, with the kinds of refusal told apart. */
import { digText } from '../../../model/dig.ts';
import { objectPath } from '../../../model/kube-object.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Statement } from '../../finding.ts';
import { candidatesBy, type Candidate } from '../../candidates.ts';
import { pullsThatWait, refusalOf } from '../../image-pulls.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';

/** A refusal that does not say which it is: some registries answer 403 for a name that never was (diagnosis-ux.md 3.3). */
const candidatesOf = (image: string): readonly Candidate[] =>
  candidatesBy({ fact: `whether the registry has ${image}`, settle: `skopeo inspect docker://${image}   # once without, once with the pull Secret` }, [
    ['no image of that name or tag', 'refused with credentials too, and another image of the same repository is let out', 'let out with credentials', 'component-image-wrong'],
    ['the pods have no right to it', 'let out with credentials only', 'let out to everybody', 'registry-needs-credentials'],
    ['the registry is not reached', 'no answer at all', 'an answer', 'registry-unreachable'],
  ]); // prettier-ignore

const pullsOf = (entry: SnapshotObject): readonly Statement[] =>
  pullsThatWait(entry).map(({ image, message, at }) => {
    const refusal = refusalOf(message);
    const node = digText(entry.object, 'spec', 'nodeName');
    return {
      says: 'finding',
      scope: { image, object: objectPath(entry.object), ...(node === undefined ? {} : { node }) },
      because: `${objectPath(entry.object)} cannot pull ${image}: ${refusal?.says ?? 'the registry did not say why'}`,
      confidence: 'proven',
      sameAs: `${image} ${refusal?.kind ?? ''}`,
      evidence: [fieldEvidence(entry, at, message)],
      candidates: refusal === undefined || refusal.kind === 'denied' ? candidatesOf(image) : [],
    };
  });

export const imagePullFailing = defineRule({
  id: 'image-pull-failing',
  title: 'An image cannot be pulled',
  severity: 'error',
  role: 'symptom',
  needs: ['pods'],
  explain:
    'The kubelet repeats the pull with a growing delay. The message of the registry tells apart a name that does not exist, missing credentials and a network fault; ' +
    'ghcr.io answers 403 for a name that never existed.',
  sources: ['seeds/000 root cause 3', 'reference diagnosis-ux.md 3.3'],
  causedBy: [
    'component-image-wrong',
    'image-asked-by-nobody',
    'image-absent',
    'registry-needs-credentials',
    'registry-unreachable',
  ],
  check: (facts) => {
    const failing = facts.objects('Pod').flatMap(pullsOf);
    return failing.length > 0 || facts.objects('Pod').length === 0
      ? failing
      : [{ says: 'clear', scope: {}, saw: 'no pod that was looked at waits for an image' }];
  },
  summarise: (findings) => {
    const [first] = findings;
    if (first === undefined || findings.length === 1) return first?.because ?? '';
    return `${findings.length} pods cannot pull ${first.scope.image}: ${first.because.split(': ').at(-1)}`;
  },
  remedy: (findings, facts) => [
    {
      text: 'Read what the registry answers, and compare name and tag with what the installed release uses.',
      command: `${facts.cli} describe pod -n ${(findings[0]?.scope.object ?? 'Pod/NAMESPACE/POD').split('/').slice(1).join(' ')} | tail -20`,
    },
  ],
  cases: [
    {
      name: 'a name that GHCR never had (000-83, 000-84)',
      kind: 'broken',
      objects: [
        pod('nv-ipam-node-x', {
          node: 'a',
          image: 'ghcr.io/mellanox/nv-ipam:v0.2.0',
          waiting: {
            reason: 'ImagePullBackOff',
            message: 'failed to resolve reference "ghcr.io/mellanox/nv-ipam:v0.2.0": 403 Forbidden',
          },
        }),
      ],
      says: 'no image of that name',
    },
    {
      name: 'missing credentials',
      kind: 'broken',
      objects: [
        pod('x', {
          node: 'a',
          image: 'nvcr.io/nvstaging/a:v1',
          waiting: { reason: 'ErrImagePull', message: 'unexpected status: 401 Unauthorized' },
        }),
      ],
      says: 'credentials',
    },
    {
      name: 'a registry that is not reached',
      kind: 'broken',
      objects: [
        pod('x', {
          node: 'a',
          image: 'nvcr.io/a:v1',
          waiting: { reason: 'ErrImagePull', message: 'dial tcp: lookup nvcr.io: no such host' },
        }),
      ],
      says: 'not reached',
    },
    { name: 'pods that run', kind: 'healthy', objects: [pod('x', { node: 'a' })] },
    {
      name: 'a container that crashes is another matter',
      kind: 'look-alike',
      objects: [pod('x', { node: 'a', waiting: { reason: 'CrashLoopBackOff' } })],
    },
    { name: 'pods were not looked at', kind: 'lacking', objects: [], says: 'pods' },
  ],
});
