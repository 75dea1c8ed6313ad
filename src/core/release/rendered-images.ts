/** Which images a chart deploys with given values, and how far they are from the release's own. */
import { digText } from '../model/dig.ts';
import { chartOf } from './chart-facts.ts';
import type { ChartName } from './chart-record.ts';
import { imageOf, judgeImage, type ImageJudgement } from './judge-image.ts';
import type { ChartValues } from './upgrade-values.ts';
import { valueAt } from './values.ts';
import { compareVersions } from './version.ts';

interface ImageRecipe {
  readonly name: string;
  /** Its name in the release file; undefined for images that no release file lists. */
  readonly component?: string;
  readonly chart: ChartName;
  readonly since?: string;
  /** The last release line is before this one. */
  readonly until?: string;
  /** One value with the whole reference, or the parts of it. */
  readonly whole?: string;
  readonly parts?: readonly [repository: string, image: string, tag: string];
  /** What the template writes when the value is missing. */
  readonly fallback?: string;
}

const sriov = (name: string, value: string, component?: string): ImageRecipe => ({
  name,
  chart: 'sriov-network-operator',
  whole: `images.${value}`,
  ...(component === undefined ? {} : { component }),
});

const split = (base: string): readonly [string, string, string] => [
  `${base}.repository`,
  `${base}.name`,
  `${base}.tag`,
];

// prettier-ignore
const RECIPES: readonly ImageRecipe[] = [
  { name: 'network-operator', component: 'NetworkOperator', chart: '', parts: ['operator.repository', 'operator.image', 'operator.tag'] },
  { name: 'init-container', component: 'NetworkOperatorInitContainer', chart: '', until: '24.10.0', parts: ['ofedDriver.initContainer.repository', 'ofedDriver.initContainer.image', 'ofedDriver.initContainer.version'] },
  { name: 'init-container', component: 'NetworkOperatorInitContainer', chart: '', since: '24.10.0', parts: ['operator.ofedDriver.initContainer.repository', 'operator.ofedDriver.initContainer.image', 'operator.ofedDriver.initContainer.version'] },
  sriov('sriov-network-operator', 'operator', 'SriovNetworkOperator'),
  sriov('sriov-network-config-daemon', 'sriovConfigDaemon', 'SriovConfigDaemon'),
  sriov('sriov-network-operator-webhook', 'webhook', 'SriovNetworkOperatorWebhook'),
  sriov('sriov-cni', 'sriovCni', 'SriovCni'),
  sriov('ib-sriov-cni', 'ibSriovCni', 'SriovIbCni'),
  sriov('ovs-cni', 'ovsCni', 'ovsCni'),
  sriov('rdma-cni', 'rdmaCni', 'rdmaCni'),
  sriov('sriov-network-device-plugin', 'sriovDevicePlugin', 'SriovDevicePlugin'),
  sriov('network-resources-injector', 'resourcesInjector'),
  { ...sriov('dra-driver', 'sriovDraDriver', 'DraDriverSriov'), since: '26.4.0', fallback: 'ghcr.io/k8snetworkplumbingwg/dra-driver-sriov:latest' },
  { name: 'nfd', component: 'nodeFeatureDiscovery', chart: 'node-feature-discovery', parts: ['image.repository', '', 'image.tag'] },
  { name: 'nic-configuration-operator', component: 'nicConfigurationOperator', chart: 'nic-configuration-operator-chart', parts: split('operator.image') },
  { name: 'nic-configuration-daemon', component: 'nicConfigurationConfigDaemon', chart: 'nic-configuration-operator-chart', parts: split('configDaemon.image') },
  { name: 'maintenance-operator', component: 'maintenanceOperator', chart: 'maintenance-operator-chart', parts: split('operator.image') },
];

export interface RenderedImage {
  readonly name: string;
  readonly image: string;
  /** Undefined for images that no release file lists. */
  readonly judgement?: ImageJudgement;
}

const inRelease = (release: string, { since, until }: ImageRecipe): boolean =>
  (since === undefined || compareVersions(release, since) >= 0) &&
  (until === undefined || compareVersions(release, until) < 0);

const referenceOf = (release: string, recipe: ImageRecipe, values: ChartValues): string | undefined => {
  const seen = recipe.chart === '' ? values.parent : values.subcharts.get(recipe.chart);
  if (seen === undefined) return undefined;
  const text = (path: string): string | undefined => digText({ value: valueAt(seen, path) }, 'value') || undefined;
  if (recipe.whole !== undefined) return text(recipe.whole) ?? recipe.fallback;
  const [repositoryPath, imagePath, tagPath] = recipe.parts ?? ['', '', ''];
  const { appVersion, subchartAppVersions } = chartOf(release);
  const tag = text(tagPath) ?? (recipe.chart === '' ? appVersion : subchartAppVersions[recipe.chart]);
  const repository = text(repositoryPath);
  const image = imagePath === '' ? '' : text(imagePath);
  if (repository === undefined || image === undefined || tag === undefined) return undefined;
  return `${repository}${image === '' ? '' : `/${image}`}:${tag}`;
};

/** The images that a release would deploy, in the order of the charts. Charts that are off deploy none. */
export const renderedImages = (release: string, values: ChartValues): readonly RenderedImage[] =>
  RECIPES.filter((recipe) => inRelease(release, recipe)).flatMap((recipe) => {
    const image = referenceOf(release, recipe, values);
    if (image === undefined) return [];
    const { name, component } = recipe;
    return [
      {
        name,
        image,
        ...(component === undefined ? {} : { judgement: judgeImage(release, component, imageOf(image)) }),
      },
    ];
  });
