/**
 * Is an image, repository and version the triple that a release uses for a component? Names are facts of the release
 * table: an image name that no release ever had for the component cannot be pulled; a version of another release is
 * skew; a repository of one's own with the right name and version is a mirror.
 */
import { releaseImages, RELEASES, type Image } from './chart-facts.ts';

export type ImageVerdict = 'right' | 'mirror' | 'skewed' | 'staging' | 'floating' | 'wrong-name' | 'not-in-table';

export interface ImageJudgement {
  readonly verdict: ImageVerdict;
  readonly because: string;
  /** What the release uses, from where it is published; undefined where the release has no such component. */
  readonly right?: Image;
  /** Releases whose triple it is. */
  readonly usedBy: readonly string[];
}

export const imageText = ({ repository, image, version }: Image): string =>
  version.startsWith('sha256:') ? `${repository}/${image}@${version}` : `${repository}/${image}:${version}`;

/** `repository/name:tag` or `repository/name@digest` as its parts; a missing tag is `latest`. */
export const imageOf = (text: string): Image => {
  const [, path = text, digest] = /^(.*?)@(sha256:.*)$/.exec(text) ?? [];
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const colon = name.indexOf(':');
  return {
    repository: slash < 0 ? '' : path.slice(0, slash),
    image: colon < 0 ? name : name.slice(0, colon),
    version: digest ?? (colon < 0 ? 'latest' : name.slice(colon + 1)),
  };
};

const FLOATING = new Set(['latest', 'master', 'main', '']);

const isStaging = (repository: string): boolean => repository.split('/').includes('nvstaging');

/** Tags of some releases name the staging registry; what they name is published beside it, the operator in a place of its own. */
const published = (image: Image): Image => {
  if (!isStaging(image.repository)) return image;
  const beside = image.image === 'network-operator' ? 'nvidia/cloud-native' : 'nvidia/mellanox';
  return { ...image, repository: image.repository.replace('nvstaging/mellanox', beside) };
};

const sameImage = (a: Image, b: Image): boolean =>
  a.repository === b.repository && a.image === b.image && a.version === b.version;

/** Judges what `component` (as in the release file, for example `nvIpam`) is given against one release. */
export const judgeImage = (release: string, component: string, given: Image): ImageJudgement => {
  const right = releaseImages(release).get(component);
  const perRelease = RELEASES.map((name) => ({ name, image: releaseImages(name).get(component) }));
  const usedBy = perRelease
    .filter(({ image }) => image !== undefined && sameImage(image, given))
    .map(({ name }) => name);
  const names = new Set(perRelease.flatMap(({ image }) => (image === undefined ? [] : [image.image])));
  const told = { ...(right === undefined ? {} : { right: published(right) }), usedBy };
  if (names.size > 0 && !names.has(given.image))
    return {
      ...told,
      verdict: 'wrong-name',
      because: `no release since ${RELEASES[0] ?? ''} has an image "${given.image}" for this component; it is ${[...names].map((name) => `"${name}"`).join(' or ')}`,
    };
  if (
    right !== undefined &&
    isStaging(right.repository) &&
    !isStaging(given.repository) &&
    sameImage(published(right), given)
  )
    return { ...told, verdict: 'right', because: `it is what ${release} uses, from where it is published` };
  if (right !== undefined && sameImage(right, given))
    return isStaging(given.repository)
      ? {
          ...told,
          verdict: 'staging',
          because: `${release} itself points to a staging registry, which needs credentials of its own`,
        }
      : { ...told, verdict: 'right', because: `it is what ${release} uses` };
  if (isStaging(given.repository))
    return {
      ...told,
      verdict: 'staging',
      because: `${given.repository} is a staging registry, which needs credentials of its own`,
    };
  if (FLOATING.has(given.version))
    return {
      ...told,
      verdict: 'floating',
      because: `the tag ${given.version || '(none)'} changes what is pulled without any change here`,
    };
  if (right !== undefined && given.version === right.version)
    return { ...told, verdict: 'mirror', because: `name and version are those of ${release}, from another repository` };
  if (usedBy.length > 0)
    return {
      ...told,
      verdict: 'skewed',
      because: `it is what ${usedBy.join(', ')} ${usedBy.length === 1 ? 'uses' : 'use'}, not ${release}`,
    };
  const lines = perRelease.filter(({ image }) => image?.version === given.version).map(({ name }) => name);
  if (lines.length > 0)
    return {
      ...told,
      verdict: 'skewed',
      because: `version ${given.version} belongs to ${lines.join(', ')}, not to ${release}`,
    };
  return { ...told, verdict: 'not-in-table', because: `version ${given.version} is in no release of the table` };
};
