/** Which images the upgrade leaves at another release, on a staging registry or on a tag that floats. */
import { chartOf } from './chart-facts.ts';
import { predictRender } from './predict-render.ts';
import { renderedImages, type RenderedImage } from './rendered-images.ts';
import type { UpgradeFinding } from './upgrade-finding.ts';
import { valuesAfter, type UpgradeQuestion } from './upgrade-question.ts';
import { installValues, type ChartValues } from './upgrade-values.ts';
import { mergeValues, nestValue } from './values.ts';

const LOUD = new Set(['skewed', 'staging', 'floating', 'wrong-name', 'not-in-table']);

/** Findings of one kind and cause as one line: `sriov-cni, ovs-cni`. */
const grouped = (images: readonly RenderedImage[]): ReadonlyMap<string, readonly RenderedImage[]> => {
  const groups = new Map<string, readonly RenderedImage[]>();
  for (const image of images) {
    const key = image.judgement?.because ?? '';
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  return groups;
};

/** The target's own defaults, with the same sub-charts switched on. */
const freshValues = (question: UpgradeQuestion): ChartValues => {
  const on = valuesAfter(question).subcharts;
  const switches = chartOf(question.to).dependencies.map(({ name, condition }) => nestValue(condition, on.has(name)));
  return installValues(
    question.to,
    switches.reduce((all, one) => mergeValues(one, all), {}),
  );
};

/** Nothing where the rendering fails: then no image is deployed. */
export const checkImages = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  if (predictRender(question.to, valuesAfter(question)).errors.some(({ uncertain }) => !uncertain)) return [];
  const own = new Set(renderedImages(question.to, freshValues(question)).map(({ image }) => image));
  const loud = renderedImages(question.to, valuesAfter(question)).filter(
    ({ judgement }) => judgement !== undefined && LOUD.has(judgement.verdict),
  );
  const pinned = loud.filter(({ image }) => !own.has(image));
  const byChart = loud.filter(({ image }) => own.has(image));
  const findings = (images: readonly RenderedImage[], severity: 'warns' | 'tells'): readonly UpgradeFinding[] =>
    [...grouped(images)].map(([because, group]) => ({
      severity,
      about: group.map(({ name }) => name).join(', '),
      because: severity === 'tells' ? `${because} (the chart's own default)` : because,
      wayOut:
        question.flag === '--reuse-values' && severity === 'warns'
          ? 'upgrade with -f and your own values, so that the new defaults apply'
          : 'set the image yourself',
    }));
  return [...findings(pinned, 'warns'), ...findings(byChart, 'tells')];
};
