/** Images of the NicClusterPolicy: the image, repository and version that the installed release uses for a component. */
import { operatorRelease } from '../../diagnosis/operator-release.ts';
import { dig, digText } from '../../model/dig.ts';
import type { KubeObject } from '../../model/kube-object.ts';
import { NIC_CLUSTER_POLICIES } from '../../model/kube-resource.ts';
import { COMPONENTS, POLICY_NAME } from '../../nicpolicy/components.ts';
import { releaseImages, RELEASES } from '../../release/chart-facts.ts';
import { imageText, judgeImage, type ImageVerdict } from '../../release/judge-image.ts';
import { ok, type Result } from '../../result.ts';
import type { PlanStep } from '../plan.ts';
import { cannot, type Fix, type FixAsked } from './fixer.ts';
import { patchStep } from './patch-step.ts';

interface Placed {
  /** `spec.nvIpam`, as a path. */
  readonly at: readonly string[];
  readonly component: string;
  readonly given: { readonly image: string; readonly repository: string; readonly version: string };
}

const placedImages = (policy: KubeObject): readonly Placed[] =>
  COMPONENTS.flatMap(({ field, images }) =>
    images.flatMap((image): readonly Placed[] => {
      const at = ['spec', ...field.split('.'), ...(image.field === '' ? [] : image.field.split('.'))];
      const block = dig(policy, ...at);
      const name = digText(block, 'image');
      if (name === undefined) return [];
      const [repository, version] = [digText(block, 'repository') ?? '', digText(block, 'version') ?? ''];
      return [{ at, component: image.component, given: { image: name, repository, version } }];
    }),
  );

/** The release that runs; where none is told, the newest one that has what is given, but for the name of the image. */
const releaseFor = (asked: FixAsked, { component, given }: Placed): string | undefined => {
  const installed = operatorRelease(asked.facts)?.version;
  if (installed !== undefined) return RELEASES.includes(installed) ? installed : undefined;
  return RELEASES.findLast((release) => {
    const image = releaseImages(release).get(component);
    return image !== undefined && image.repository === given.repository && image.version === given.version;
  });
};

const nested = (path: readonly string[], value: unknown): Readonly<Record<string, unknown>> =>
  Object(path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value));

/** A repository that no release ever named is the site's own mirror, and stays. */
const isMirror = ({ component, given: { repository } }: Placed): boolean =>
  !repository.includes('nvstaging') &&
  RELEASES.every((release) => releaseImages(release).get(component)?.repository !== repository);

const stepFor = (policy: KubeObject, placed: Placed, release: string): readonly PlanStep[] => {
  const { at, component, given } = placed;
  const { because, right: released } = judgeImage(release, component, given);
  if (released === undefined) return [];
  const right = isMirror(placed) ? { ...released, repository: given.repository } : released;
  if (imageText(right) === imageText(given)) return [];
  const { image, repository, version } = right;
  return [
    patchStep(policy, NIC_CLUSTER_POLICIES.plural, nested(at, { image, repository, version }), {
      id: `image-of-${at.slice(1).join('-')}`,
      title: `Set ${at.join('.')} to ${imageText(right)}, the image of release ${release}`,
      because: `${imageText(given)}: ${because}`,
    }),
  ];
};

/** Steps for the components that `isMeant` names. */
const setImages = (asked: FixAsked, isMeant: (placed: Placed) => boolean): Result<Fix> => {
  const policy = asked.facts.object('NicClusterPolicy', POLICY_NAME)?.object;
  if (policy === undefined)
    return cannot(
      `The input has no NicClusterPolicy ${POLICY_NAME}, so the image stands elsewhere: in the chart's values or in an object of its own.`,
    );
  const meant = placedImages(policy).filter(isMeant);
  if (meant.length === 0)
    return cannot(
      'The image is none of a component of the NicClusterPolicy: the chart or another owner sets it, and would set it again.',
    );
  const steps: PlanStep[] = [];
  for (const placed of meant) {
    const release = releaseFor(asked, placed);
    if (release === undefined)
      return cannot(
        'Which release of the network operator is installed is not told, or it is none that our tables have, and the right image goes by that; kubectl get deployment -A -l app.kubernetes.io/name=network-operator -o yaml tells.',
      );
    steps.push(...stepFor(policy, placed, release));
  }
  if (steps.length === 0)
    return cannot(
      'The policy names what the installed release uses; look at the registry, at credentials and at mirrors instead.',
    );
  const isDriver = meant.some(({ at }) => at[1] === 'ofedDriver');
  return ok({
    steps,
    effects: [
      ...meant.map(
        ({ at }) => `the operator makes the pods of ${at.slice(1).join('.')} anew on every node that has them`,
      ),
      ...meant
        .filter(isMirror)
        .map(({ given }) => `${given.repository} is kept as your own mirror: see first that it has the image`),
      ...(isDriver ? ['another driver version is an upgrade of every node where upgradePolicy.autoUpgrade is on'] : []),
    ],
  });
};

const isOneOf = ({ facts }: FixAsked, verdicts: readonly ImageVerdict[], { component, given }: Placed): boolean =>
  verdicts.includes(judgeImage(operatorRelease(facts)?.version ?? RELEASES.at(-1) ?? '', component, given).verdict);

/** Those of the finding, by the image that its scope names. */
const imagesOf = ({ problem }: FixAsked): ReadonlySet<string> =>
  new Set(problem.scopes.flatMap(({ image }) => image ?? []));

export const fixWrongImage = (asked: FixAsked): Result<Fix> =>
  setImages(asked, (placed) => imagesOf(asked).has(imageText(placed.given)));

export const fixAbsentImage = (asked: FixAsked): Result<Fix> =>
  setImages(
    asked,
    // The tag of a driver pod has more in it than the policy says: node, distribution and architecture.
    (placed) => imagesOf(asked).has(imageText(placed.given)) && !isOneOf(asked, ['right', 'mirror'], placed),
  );

export const fixStagingImage = (asked: FixAsked): Result<Fix> =>
  setImages(asked, (placed) => imagesOf(asked).has(imageText(placed.given)) && isOneOf(asked, ['staging'], placed));

/** Not the driver: its version is an upgrade of every node, which is a decision and not a repair. */
export const fixSkewedImages = (asked: FixAsked): Result<Fix> =>
  setImages(
    asked,
    (placed) => placed.at[1] !== 'ofedDriver' && isOneOf(asked, ['skewed', 'not-in-table', 'floating'], placed),
  );
