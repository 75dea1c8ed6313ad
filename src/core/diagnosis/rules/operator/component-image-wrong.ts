/**
 * A component of the NicClusterPolicy whose image no release ever had under that name, or that points to a staging
 * registry. Names come from the release tables of core/release; a mirror of the right name and version is fine.
 */
import { dig, digList, digText } from '../../../model/dig.ts';
import { COMPONENTS } from '../../../nicpolicy/components.ts';
import { RELEASES } from '../../../release/chart-facts.ts';
import { imageText, judgeImage } from '../../../release/judge-image.ts';
import { isKnownWrongName } from '../../../release/wrong-image-names.ts';
import type { SnapshotObject } from '../../../snapshot/snapshot.ts';
import type { Facts } from '../../facts.ts';
import { fieldEvidence } from '../../evidence.ts';
import type { Statement } from '../../finding.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';

const newest = RELEASES.at(-1) ?? '';

/** A name that is in no table is wrong only where a registry refuses it too: older releases had other names. */
const isPullRefused = (facts: Facts, image: string): boolean =>
  facts
    .objects('Pod')
    .some(({ object }) =>
      (['initContainerStatuses', 'containerStatuses'] as const).some((list) =>
        digList(object, 'status', list).some(
          (status) =>
            digText(status, 'image') === image &&
            /ImagePull|ErrImage/.test(digText(status, 'state', 'waiting', 'reason') ?? ''),
        ),
      ),
    );

const checkPolicy = (facts: Facts, entry: SnapshotObject): readonly Statement[] => {
  const statements: Statement[] = [];
  for (const { field, images } of COMPONENTS)
    for (const image of images) {
      const at = ['spec', ...field.split('.'), ...(image.field === '' ? [] : image.field.split('.'))];
      const block = dig(entry.object, ...at);
      const name = digText(block, 'image');
      if (name === undefined) continue;
      const given = {
        image: name,
        repository: digText(block, 'repository') ?? '',
        version: digText(block, 'version') ?? '',
      };
      const { verdict, because, right } = judgeImage(newest, image.component, given);
      const refused = isPullRefused(facts, imageText(given));
      const isWrong = verdict === 'wrong-name' && (refused || isKnownWrongName(image.component, name));
      if (verdict === 'wrong-name' && !isWrong) continue;
      if (!isWrong && !(verdict === 'staging' && refused)) {
        statements.push({
          says: 'clear',
          scope: { image: imageText(given) },
          saw: 'component images have names that a release has',
        });
        continue;
      }
      const path = at.join('.');
      statements.push({
        says: 'finding',
        scope: { image: imageText(given) },
        because: `${path}.image is ${name}: ${because}`,
        confidence: isKnownWrongName(image.component, name) ? 'proven' : 'likely',
        sameAs: `${path} ${imageText(given)}`,
        evidence: [fieldEvidence(entry, [...at, 'image'], `image: ${name}`)],
        ...(right === undefined
          ? {}
          : { against: [`the newest release that we know (${newest}) uses ${imageText(right)}`] }),
      });
    }
  return statements;
};

const policy = (image: string) => ({
  apiVersion: 'mellanox.com/v1alpha1',
  kind: 'NicClusterPolicy',
  metadata: { name: 'nic-cluster-policy' },
  spec: { nvIpam: { image, repository: 'ghcr.io/mellanox', version: 'v0.2.0' } },
});

export const componentImageWrong = defineRule({
  id: 'component-image-wrong',
  title: 'The policy names an image that does not exist',
  severity: 'error',
  role: 'cause',
  needs: ['nicClusterPolicy'],
  explain:
    'Image, repository and version of each component stand in the NicClusterPolicy. The IPAM image is called nvidia-k8s-ipam, and has been since 23.5; ' +
    'nv-ipam, nv-ipam-controller and ipam-controller are names of the workloads and were never images.',
  sources: ['seeds/000 root cause 3', 'reference network-operator.md 1.5, 2.11'],
  check: (facts) => facts.objects('NicClusterPolicy').flatMap((entry) => checkPolicy(facts, entry)),
  remedy: (findings, facts) => [
    {
      text: `Set the image that the release uses${findings[0]?.because.includes('nvIpam') === true ? ' (nvidia-k8s-ipam)' : ''}; the operator rolls the pods itself.`,
      command: `${facts.cli} edit nicclusterpolicy ${facts.objects('NicClusterPolicy')[0]?.object.metadata.name ?? 'nic-cluster-policy'}`,
      risk: 'the DaemonSet of that component restarts on every node',
    },
  ],
  cases: [
    { name: 'nv-ipam as image name (000-85)', kind: 'broken', objects: [policy('nv-ipam')], says: 'nvidia-k8s-ipam' },
    { name: 'nvidia-k8s-ipam', kind: 'healthy', objects: [policy('nvidia-k8s-ipam')] },
    {
      name: 'a name of a release before the tables, which is pulled without complaint',
      kind: 'look-alike',
      objects: [
        {
          ...policy('nvidia-k8s-ipam'),
          spec: { ofedDriver: { image: 'mofed', repository: 'nvcr.io/nvidia/mellanox', version: '23.10-0.5.5.0' } },
        },
      ],
    },
    { name: 'no policy was looked at', kind: 'lacking', objects: [], says: 'NicClusterPolicy' },
    {
      name: 'a pod with a wrong image that no policy asks for',
      kind: 'look-alike',
      objects: [policy('nvidia-k8s-ipam'), pod('x', { image: 'ghcr.io/mellanox/nv-ipam:v0.2.0' })],
    },
  ],
});
