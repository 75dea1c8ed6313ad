/** `explain image-names`: what the images of the components are called, by release, from the release tables. */
import { releaseImages, RELEASES } from '../../release/chart-facts.ts';
import type { Topic } from './topic.ts';

const COMPONENT = 'nvIpam';

/** Releases with the same triple stand in one row. */
const nvIpamByRelease = (): readonly (readonly string[])[] => {
  const rows: { from: string; to: string; cells: readonly string[] }[] = [];
  for (const release of RELEASES) {
    const image = releaseImages(release).get(COMPONENT);
    if (image === undefined) continue;
    const cells = [image.repository, image.image, image.version];
    const last = rows.at(-1);
    if (last !== undefined && last.cells.join() === cells.join()) last.to = release;
    else rows.push({ from: release, to: release, cells });
  }
  return [
    ['release', 'repository', 'image', 'version'],
    ...rows.map(({ from, to, cells }) => [from === to ? from : `${from} to ${to}`, ...cells]),
  ];
};

export const imageNames: Topic = {
  id: 'image-names',
  title: 'What the images of the components are called',
  answer:
    'The image of nv-ipam is nvidia-k8s-ipam in every release since 23.5; nv-ipam, nv-ipam-controller and ipam-controller are names of workloads and were never images.',
  because: [
    'Image, repository and version belong together: a release uses one triple for each component. A version of another release is skew and may still run; a name that no release had cannot be pulled.',
    'A registry answers 403 or 401 for a name that does not exist, so that the error reads like a matter of passwords. Compare the name first.',
    'nvcr.io/nvstaging is not open to the public. Where it stands in a pod and no object asks for it, somebody edited the object by hand, or a chart of a pre-release was used.',
  ],
  corrected: [
    { said: 'the name changed in 25.x', holds: 'it never changed; nv-ipam did not exist under any tag' },
    {
      said: 'ghcr.io/mellanox with v0.2.0 is the pair for 25.7',
      holds: 'it runs, and belongs to 24.7 up to 25.1; the table has what 25.7 uses',
    },
  ],
  look: [
    {
      text: 'Names, registries and versions of a policy, checked as triples',
      command: 'nicwright policy check -f nic-cluster-policy.yaml',
    },
    {
      text: 'What pods cannot pull, and why',
      command: 'kubectl get events -A --field-selector reason=Failed | grep -i pull',
    },
  ],
  table: nvIpamByRelease,
  rules: ['component-image-wrong', 'image-pull-failing'],
  sources: [
    'seeds/000 root cause 3, key learning 6',
    'reference network-operator.md 1.5, 2.11',
    'release files of the charts',
  ],
};
