/**
 * Models of adapters that hosts of the twin carry: what the tools print of them, and what their firmware is set to when it
 * leaves the factory (shapes: shared samples of ibdev2netdev and mstconfig; device ids: the operator's chart).
 */

export interface AdapterModel {
  /** `Device type:` of mstconfig. */
  readonly deviceType: string;
  readonly part: string;
  readonly description: string;
  /** The chip's name in ibdev2netdev, `MT4129`. */
  readonly chip: string;
  readonly title: string;
  readonly deviceID: string;
  readonly firmware: string;
  /** Factory settings by name, in the order in which mstconfig lists them. */
  readonly factory: Readonly<Record<string, string>>;
}

/** An adapter with its own processor refuses to be configured from the host while it is in DPU mode. */
const DPU_MODE = {
  INTERNAL_CPU_MODEL: 'EMBEDDED_CPU(1)',
  INTERNAL_CPU_PAGE_SUPPLIER: 'ECPF(0)',
  INTERNAL_CPU_ESWITCH_MANAGER: 'ECPF(0)',
  INTERNAL_CPU_IB_VPORT0: 'ECPF(0)',
  INTERNAL_CPU_OFFLOAD_ENGINE: 'ENABLED(0)',
};

const SRIOV_ON = { NUM_OF_VFS: '16', SRIOV_EN: 'True(1)' };

export const CONNECTX7_RAIL: AdapterModel = {
  deviceType: 'ConnectX7',
  part: 'MCX755106AS-HEA_Ax',
  description: 'NVIDIA ConnectX-7 HHHL adapter card; 400GbE / NDR IB; Single-port OSFP; PCIe 5.0 x16',
  chip: 'MT4129',
  title: 'NVIDIA ConnectX-7',
  deviceID: '1021',
  firmware: '28.43.2026',
  factory: { ...SRIOV_ON, LINK_TYPE_P1: 'IB(1)' },
};

/** Four functions of the machine's own use, on the module beside the GPUs. */
export const CONNECTX7_MEZZANINE: AdapterModel = {
  ...CONNECTX7_RAIL,
  part: 'MCX750500C-0D00_DK',
  description: 'NVIDIA ConnectX-7 mezzanine board; NDR IB; for the use of the machine itself',
};

export const BLUEFIELD3_DPU: AdapterModel = {
  deviceType: 'BlueField3',
  part: '900-9D3B6-00CN-A_Ax',
  description: 'NVIDIA BlueField-3 B3240 P-Series FHHL DPU; 400GbE / NDR IB; Dual-port QSFP112',
  chip: 'MT41692',
  title: 'NVIDIA BlueField-3 B3240 P-Series DPU',
  deviceID: 'a2dc',
  firmware: '32.43.2026',
  factory: { ...SRIOV_ON, ...DPU_MODE, LINK_TYPE_P1: 'IB(1)', LINK_TYPE_P2: 'ETH(2)' },
};
