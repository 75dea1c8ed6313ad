/** The registry has no image of that name and tag: a slip of the pen, or a release that is not published (yet). */
import { RELEASES } from '../../../release/chart-facts.ts';
import { COMPONENTS } from '../../../nicpolicy/components.ts';
import { imageOf, imageText, judgeImage } from '../../../release/judge-image.ts';
import { releaseImages } from '../../../release/chart-facts.ts';
import { FAILED_PULL, refusalFindings } from '../../image-pulls.ts';
import type { Facts } from '../../facts.ts';
import { operatorRelease } from '../../operator-release.ts';
import { defineRule } from '../../rule.ts';
import { pod } from '../world.ts';
import { aPodEvent } from '../world-ipam.ts';

const RULE = 'image-absent';

/** What the release tables know of the image's component. */
const known = (facts: Facts, image: string): string => {
  const given = imageOf(image);
  const release = operatorRelease(facts)?.version ?? RELEASES.at(-1) ?? '';
  const images = releaseImages(release);
  const component = COMPONENTS.flatMap(({ images: all }) => all.map((one) => one.component)).find((name) => images.get(name)?.image === given.image);
  if (component === undefined) return '';
  const { right, because } = judgeImage(release, component, given);
  return right === undefined ? '' : ` (${because}; release ${release} uses ${imageText(right)})`;
}; // prettier-ignore

const ABSENT =
  'rpc error: code = NotFound desc = failed to pull and unpack image "nvcr.io/nvidia/mellanox/k8s-rdma-shared-dev-plugin:v9.9.9": failed to resolve reference "nvcr.io/nvidia/mellanox/k8s-rdma-shared-dev-plugin:v9.9.9": not found';
const IMAGE = 'nvcr.io/nvidia/mellanox/k8s-rdma-shared-dev-plugin:v9.9.9';
const waiting = (message: string) => pod('rdma-shared-dp-ds-x', { node: 'a', image: IMAGE, waiting: { reason: 'ImagePullBackOff', message } }); // prettier-ignore

export const imageAbsent = defineRule({
  id: RULE,
  title: 'An image does not exist in its registry',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: { pull: FAILED_PULL },
  explain:
    'A registry that answers "not found" knows the way in and has no such name or tag. Names of images differ from names of workloads, tags differ between releases, and a chart can be released before its images are. For the OFED driver the tag also holds distribution, version and architecture of the node, so one that no image was made for is absent too.',
  sources: ['reference network-operator.md 1.9, 2.8', 'network-operator #1879', 'diagnosis-ux.md 3.3'],
  causedBy: ['component-image-wrong'],
  check: (facts) => {
    const found = refusalFindings(facts, `${RULE}/pull`, 'not-found', (image) => `The registry has no image ${image}${known(facts, image)}`);
    return found.length > 0 || facts.objects('Pod').length === 0 ? found : [{ says: 'clear', scope: {}, saw: 'no pod of the operators waits for an image that does not exist' }];
  },
  remedy: (findings, facts) => [
    { text: 'Set image, repository and version of the component to what the installed release uses.', command: `${facts.cli} edit nicclusterpolicy nic-cluster-policy`, risk: 'the pods of that component are made again' },
    { text: 'See which tags there are.', command: `skopeo list-tags docker://${imageOf(findings[0]?.scope.image ?? 'REGISTRY/IMAGE').repository}/${imageOf(findings[0]?.scope.image ?? 'IMAGE').image}` },
  ],
  cases: [
    { name: 'a tag that was never made', kind: 'broken', objects: [waiting(ABSENT)], says: 'has no image nvcr.io' },
    { name: 'an event tells it', kind: 'broken', objects: [waiting(`Back-off pulling image "${IMAGE}"`), aPodEvent('rdma-shared-dp-ds-x', `Failed to pull image "${IMAGE}": ${ABSENT}`, 'Failed', 'nic-operator')], says: 'has no image' },
    { name: 'pods that run', kind: 'healthy', objects: [pod('rdma-shared-dp-ds-x', { node: 'a' })] },
    { name: 'a registry that asks for credentials', kind: 'look-alike', objects: [waiting('unexpected status: 401 Unauthorized')] },
    { name: 'a registry that does not say whether it has it', kind: 'look-alike', objects: [waiting('failed to authorize: 403 Forbidden')] },
    { name: 'an image of somebody else', kind: 'look-alike', objects: [pod('web-1', { namespace: 'shop', image: 'registry.example.net/web:v9', waiting: { reason: 'ErrImagePull', message: 'not found' } })] },
  ],
}); // prettier-ignore
