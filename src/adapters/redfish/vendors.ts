/**
 * What differs between vendors' Redfish services, as data with its sources: the reference page (ipam-maintenance-power.md
 * 4.3 and 4.6), DMTF's public mockups, Ironic's driver. Everything else is read from the service itself.
 */

export interface AcCycle {
  /** Below the system or chassis resource, `{system}` and `{chassis}` standing for their paths. */
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
  readonly needsOff?: boolean;
}

export interface Vendor {
  readonly name: string;
  readonly manufacturer: RegExp;
  /** Writes want `If-Match: *` instead of the ETag that was read. */
  readonly ifMatchAny?: boolean;
  /** BootSourceOverrideEnabled is sent even when it stands so already. */
  readonly alwaysSendsEnabled?: boolean;
  /** The host's system resource, where the service lists others beside it. */
  readonly systemId?: RegExp;
  /** A power cut below the main rails, which restarts what standby power keeps alive. */
  readonly acCycle?: AcCycle;
  readonly sources: readonly string[];
}

export const VENDORS: readonly Vendor[] = [
  {
    name: 'NVIDIA DGX',
    manufacturer: /^nvidia\b/i,
    ifMatchAny: true,
    systemId: /^DGX$/,
    sources: ['mockup of a DGX H100: four reset types, no PowerCycle', 'ipam-maintenance-power.md 4.6'],
  },
  {
    name: 'Dell iDRAC',
    manufacturer: /^dell\b/i,
    systemId: /^System\.Embedded\.1$/,
    acCycle: {
      path: '{chassis}/Actions/Oem/DellOemChassis.ExtendedReset',
      body: { ResetType: 'PowerCycle', FinalPowerState: 'On' },
    },
    sources: ['mockup of a PowerEdge R750', 'may not reach a GPU baseboard (Dell KB 000355295)'],
  },
  {
    name: 'HPE iLO',
    manufacturer: /^(?:hpe?|hewlett)\b/i,
    acCycle: {
      path: '{system}/Actions/Oem/Hpe/HpeComputerSystemExt.SystemReset',
      body: { ResetType: 'AuxCycle' },
      needsOff: true,
    },
    sources: ['mockup of iLO 5 and 6'],
  },
  {
    name: 'Lenovo XCC',
    manufacturer: /^lenovo\b/i,
    acCycle: {
      path: '{system}/Actions/Oem/LenovoComputerSystem.SystemReset',
      body: { ResetType: 'ACPowerCycle' },
    },
    sources: ['mockup of an SR650'],
  },
  {
    name: 'Supermicro',
    manufacturer: /^super\s?micro\b/i,
    alwaysSendsEnabled: true,
    acCycle: { path: '{system}/Actions/Oem/OemSystemExtensions.Reset', body: { ResetType: 'ACCycle' } },
    sources: ['sushy: SuperMicro gets BootSourceOverrideEnabled always', 'ipam-maintenance-power.md 4.6'],
  },
  { name: 'OpenBMC', manufacturer: /^openbmc\b/i, systemId: /^system$/, sources: ['bmcweb'] },
];

/** Systems that are a board of a host and not the host. */
export const NO_HOST = /^HGX_|baseboard|^Bluefield$/i;

export const vendorOf = (manufacturer: string | undefined): Vendor | undefined =>
  VENDORS.find((vendor) => manufacturer !== undefined && vendor.manufacturer.test(manufacturer.trim()));
