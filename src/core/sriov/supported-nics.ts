/**
 * The models that the operator handles: ConfigMap supported-nic-ids, one line `vendor pfid vfid` a model. Daemon, operator
 * and webhook read it once at their start, so a change needs their restart (reference: sriov.md 1.9).
 */
import { digTexts } from '../model/dig.ts';

export interface SupportedNic {
  readonly vendor: string;
  readonly pf: string;
  readonly vf: string;
}

export interface SupportedNics {
  readonly hasVendor: (vendor: string) => boolean;
  readonly hasDevice: (deviceID: string) => boolean;
  readonly hasModel: (vendor: string, deviceID: string) => boolean;
  readonly hasVfModel: (vendor: string, deviceID: string) => boolean;
  /** The VF's device id for a PF's; looked up without the vendor, as upstream does. */
  readonly vfDeviceOf: (deviceID: string) => string | undefined;
}

export const VENDOR_NVIDIA = '15b3';
export const VENDOR_INTEL = '8086';

export const supportedNics = (models: readonly SupportedNic[]): SupportedNics => {
  const vendors = new Set(models.map(({ vendor }) => vendor));
  const pfModels = new Set(models.map(({ vendor, pf }) => `${vendor} ${pf}`));
  const vfModels = new Set(models.map(({ vendor, vf }) => `${vendor} ${vf}`));
  const vfOfPf = new Map(models.toReversed().map(({ pf, vf }) => [pf, vf]));
  return {
    hasVendor: (vendor) => vendors.has(vendor),
    hasDevice: (deviceID) => vfOfPf.has(deviceID),
    hasModel: (vendor, deviceID) => pfModels.has(`${vendor} ${deviceID}`),
    hasVfModel: (vendor, deviceID) => vfModels.has(`${vendor} ${deviceID}`),
    vfDeviceOf: (deviceID) => vfOfPf.get(deviceID),
  };
};

/** A line of the ConfigMap that lacks an id makes the operator stop with an index out of range. */
export interface SupportedNicsReading {
  readonly models: readonly SupportedNic[];
  /** Keys whose line has not three ids. */
  readonly broken: readonly string[];
}

/** Reads the ConfigMap object. Upstream splits at single blanks. */
export const readSupportedNics = (configMap: unknown): SupportedNicsReading => {
  const models: SupportedNic[] = [];
  const broken: string[] = [];
  for (const [key, line] of Object.entries(digTexts(configMap, 'data'))) {
    const [vendor, pf, vf] = line.split(' ');
    if (vendor === undefined || pf === undefined || vf === undefined) broken.push(key);
    else models.push({ vendor, pf, vf });
  }
  return { models, broken };
};

/** Vendor and pairs of PF and VF ids in the operator's chart (deployment/.../templates/configmap.yaml at 249e20012). */
const CHART_MODELS: readonly (readonly [vendor: string, pfAndVf: string])[] = [
  [
    VENDOR_INTEL,
    '158a/154c 158b/154c 1572/154c 1563/1565 10c9/10ca 1589/154c 1581/154c 15ff/154c 0d58/154c 1583/154c 1592/1889 ' +
      '1593/1889 159b/1889 1599/1889 1591/1889 188a/1889 124d/1889 124c/1889 579c/1889 579d/1889 579e/1889 12d2/1889 ' +
      '12d3/1889 1249/1889 124a/1889',
  ],
  [
    VENDOR_NVIDIA,
    '1013/1014 1015/1016 1017/1018 1019/101a 101b/101c 101d/101e 101f/101e 1021/101e 1023/101e 1025/101e a2d6/101e a2dc/101e',
  ],
  ['14e4', '16d7/16dc 1750/1806'],
  ['1077', '1654/1664'],
  ['1af4', '1000/1000 1041/1041'],
  ['177d', 'b200/b203 b100/b103 b600/b603 b900/b903 ba00/ba03'],
  ['1d0f', 'ec20/ec20'],
];

/** What the operator's chart ships; sites add to it with the Helm value supportedExtraNICs. */
export const CHART_NICS: readonly SupportedNic[] = CHART_MODELS.flatMap(([vendor, pairs]) =>
  pairs.split(' ').map((pair) => {
    const [pf = '', vf = ''] = pair.split('/');
    return { vendor, pf, vf };
  }),
);
