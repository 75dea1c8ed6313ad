/** Are the images of a policy those of the release: right names, right versions, nothing from staging. */
import { dig, digText, isMap, type Path } from '../model/dig.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { releaseImages } from '../release/chart-facts.ts';
import { imageText, judgeImage, type ImageJudgement } from '../release/judge-image.ts';
import { compareVersions } from '../release/version.ts';
import { COMPONENTS } from './components.ts';
import type { PolicyFinding } from './policy-finding.ts';

/** From this release on spec.global fills empty repositories and versions. */
const GLOBAL_SINCE = '26.4.0';

const severityOf = ({ verdict }: ImageJudgement): PolicyFinding['severity'] | undefined => {
  if (verdict === 'right') return undefined;
  if (verdict === 'wrong-name') return 'error';
  return verdict === 'mirror' ? 'note' : 'warning';
};

const missingParts = (section: unknown, object: KubeObject, release: string, path: Path): readonly PolicyFinding[] => {
  const useGlobal = compareVersions(release, GLOBAL_SINCE) >= 0;
  return (['image', 'repository', 'version'] as const)
    .filter((part) => {
      const filled = useGlobal && part !== 'image' ? dig(object, 'spec', 'global', part) : undefined;
      return !digText(section, part) && !filled;
    })
    .map((part) => ({
      severity: 'error' as const,
      path,
      because:
        useGlobal && part !== 'image'
          ? `${part} is required: neither this section nor spec.global gives it`
          : `${part} is required`,
    }));
};

const checkOne = (object: KubeObject, release: string, path: Path, component: string): readonly PolicyFinding[] => {
  const section = dig(object, ...path);
  if (!isMap(section)) return [];
  const missing = missingParts(section, object, release, path);
  const image = digText(section, 'image');
  if (image === undefined) return missing;
  const given = {
    image,
    repository: digText(section, 'repository') ?? digText(object, 'spec', 'global', 'repository') ?? '',
    version: digText(section, 'version') ?? digText(object, 'spec', 'global', 'version') ?? '',
  };
  if (missing.length > 0 && given.version === '') return missing;
  const judgement = judgeImage(release, component, given);
  const severity = severityOf(judgement);
  if (severity === undefined) return missing;
  const at =
    judgement.verdict === 'wrong-name'
      ? 'image'
      : judgement.verdict === 'staging' || judgement.verdict === 'mirror'
        ? 'repository'
        : 'version';
  const { right } = judgement;
  const isOwn = right !== undefined && imageText(right) === imageText(given);
  return [
    ...missing,
    {
      severity,
      path: [...path, at],
      because: judgement.because,
      ...(right === undefined || isOwn || severity === 'note' ? {} : { wayOut: `${release} uses ${imageText(right)}` }),
    },
  ];
};

export const checkComponentImages = (object: KubeObject, release: string): readonly PolicyFinding[] => {
  const known = releaseImages(release);
  return COMPONENTS.flatMap(({ field, images }) =>
    images
      .filter(({ component }) => known.has(component))
      .flatMap(({ field: below, component }) =>
        checkOne(object, release, ['spec', ...field.split('.'), ...(below === '' ? [] : below.split('.'))], component),
      ),
  );
};
