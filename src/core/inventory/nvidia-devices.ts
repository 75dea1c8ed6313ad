/**
 * PCI device ids of NVIDIA network functions (vendor 15b3), from the operator's supported-nic-ids (reference: sriov.md 1.9) and
 * older cards of the PCI database. From ConnectX-6 Dx on all VFs share 101e, so a VF's id does not tell the card.
 */

export const NVIDIA_VENDOR = '15b3';

export interface NvidiaDevice {
  /** Id of the physical function, four hex digits. */
  readonly pf: string;
  readonly vf: string;
  readonly model: string;
  readonly family: 'connectx' | 'bluefield';
}

// prettier-ignore
export const NVIDIA_DEVICES: readonly NvidiaDevice[] = [
  { pf: '1003', vf: '1004', model: 'ConnectX-3', family: 'connectx' },
  { pf: '1007', vf: '1004', model: 'ConnectX-3 Pro', family: 'connectx' },
  { pf: '1013', vf: '1014', model: 'ConnectX-4', family: 'connectx' },
  { pf: '1015', vf: '1016', model: 'ConnectX-4 Lx', family: 'connectx' },
  { pf: '1017', vf: '1018', model: 'ConnectX-5', family: 'connectx' },
  { pf: '1019', vf: '101a', model: 'ConnectX-5 Ex', family: 'connectx' },
  { pf: '101b', vf: '101c', model: 'ConnectX-6', family: 'connectx' },
  { pf: '101d', vf: '101e', model: 'ConnectX-6 Dx', family: 'connectx' },
  { pf: '101f', vf: '101e', model: 'ConnectX-6 Lx', family: 'connectx' },
  { pf: '1021', vf: '101e', model: 'ConnectX-7', family: 'connectx' },
  { pf: '1023', vf: '101e', model: 'ConnectX-8', family: 'connectx' },
  { pf: '1025', vf: '101e', model: 'ConnectX-9', family: 'connectx' },
  { pf: 'a2d2', vf: 'a2d3', model: 'BlueField', family: 'bluefield' },
  { pf: 'a2d6', vf: '101e', model: 'BlueField-2', family: 'bluefield' },
  { pf: 'a2dc', vf: '101e', model: 'BlueField-3', family: 'bluefield' },
];

const VF_IDS: ReadonlySet<string> = new Set(NVIDIA_DEVICES.map(({ vf }) => vf));

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
