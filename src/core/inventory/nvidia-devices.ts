/**
 * NVIDIA network functions (vendor 15b3) by PCI device id, with the names that tools and people use for them. Which VF id
 * belongs to which PF is the operator's list (core/sriov/supported-nics.ts); older cards are added from the PCI database.
 */
import { CHART_NICS, VENDOR_NVIDIA } from '../sriov/supported-nics.ts';

export interface NvidiaDevice {
  /** Id of the physical function, four hex digits. */
  readonly pf: string;
  readonly model: string;
  readonly family: 'connectx' | 'bluefield';
}

// prettier-ignore
export const NVIDIA_DEVICES: readonly NvidiaDevice[] = [
  { pf: '1003', model: 'ConnectX-3', family: 'connectx' },
  { pf: '1007', model: 'ConnectX-3 Pro', family: 'connectx' },
  { pf: '1013', model: 'ConnectX-4', family: 'connectx' },
  { pf: '1015', model: 'ConnectX-4 Lx', family: 'connectx' },
  { pf: '1017', model: 'ConnectX-5', family: 'connectx' },
  { pf: '1019', model: 'ConnectX-5 Ex', family: 'connectx' },
  { pf: '101b', model: 'ConnectX-6', family: 'connectx' },
  { pf: '101d', model: 'ConnectX-6 Dx', family: 'connectx' },
  { pf: '101f', model: 'ConnectX-6 Lx', family: 'connectx' },
  { pf: '1021', model: 'ConnectX-7', family: 'connectx' },
  { pf: '1023', model: 'ConnectX-8', family: 'connectx' },
  { pf: '1025', model: 'ConnectX-9', family: 'connectx' },
  { pf: 'a2d2', model: 'BlueField', family: 'bluefield' },
  { pf: 'a2d6', model: 'BlueField-2', family: 'bluefield' },
  { pf: 'a2dc', model: 'BlueField-3', family: 'bluefield' },
];

/** VFs of cards that the operator's list leaves out: ConnectX-3 and the first BlueField. */
const OLDER_VF_IDS = ['1004', 'a2d3'];

const VF_IDS: ReadonlySet<string> = new Set([
  ...CHART_NICS.filter(({ vendor }) => vendor === VENDOR_NVIDIA).map(({ vf }) => vf),
  ...OLDER_VF_IDS,
]);

export const nvidiaDevice = (deviceId: string): NvidiaDevice | undefined =>
  NVIDIA_DEVICES.find(({ pf }) => pf === deviceId.toLowerCase());

export const isVirtualFunctionId = (deviceId: string): boolean => VF_IDS.has(deviceId.toLowerCase());

/** `MT4129` as `ibdev2netdev -v` prints it is the device id in decimal: 1021. */
export const deviceIdOfChip = (chip: string): string | undefined => {
  const decimal = /^MT(\d{4,5})$/.exec(chip)?.[1];
  return decimal === undefined ? undefined : Number(decimal).toString(16).padStart(4, '0');
};

/** The model as tools write it in many ways (`ConnectX7`, `ConnectX-7`, `ConnectX6DX`) brought to one: letters and digits. */
export const modelKey = (model: string): string => model.toLowerCase().replace(/[^a-z0-9]/g, '');

export const isBluefieldName = (model: string): boolean => /blue\s?-?field/i.test(model);
