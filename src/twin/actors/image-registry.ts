/**
 * The registries as a kubelet sees them: which images there are, and in what words the others are refused. Names come from
 * the release tables of core/release; images of no component of ours are there, unless a scenario says otherwise.
 */
import { RELEASES } from '../../core/release/chart-facts.ts';
import { imageOf, judgeImage } from '../../core/release/judge-image.ts';
import { isKnownWrongName, WRONG_IMAGE_NAMES } from '../../core/release/wrong-image-names.ts';

/** Undefined: it is there. Else the words of the container runtime. */
export type PullRefusal = string | undefined;

export type ImageRegistry = (image: string) => PullRefusal;

const failedTo = (image: string, why: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`;

/** GHCR answers 403 for a name that never existed (reference: network-operator.md 2.11); staging wants a login. */
export const imageRegistry = (missing: ReadonlySet<string> = new Set()): ImageRegistry => {
  const known = new Map<string, PullRefusal>();
  return (image) => {
    if (!known.has(image))
      known.set(image, missing.has(image) ? failedTo(image, `${image}: not found`) : refusalOf(image));
    return known.get(image);
  };
};

const refusalOf = (image: string): PullRefusal => {
  const { image: name, repository } = imageOf(image);
  const token = `https://${repository.split('/')[0] ?? ''}/token`;
  const denied = (status: string): string =>
    failedTo(
      image,
      `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${token}: ${status}`,
    );
  if (Object.keys(WRONG_IMAGE_NAMES).some((component) => isKnownWrongName(component, name)))
    return denied('403 Forbidden');
  const { verdict } = judgeImage(RELEASES.at(-1) ?? '', 'nvIpam', { image: name, repository, version: '' });
  return verdict === 'staging' ? denied('401 Unauthorized') : undefined;
};
