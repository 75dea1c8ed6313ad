/**
 * The resources of a BMC of the twin as Redfish has them (DSP0266, DSP0268 schemas of 2019.1, as a DGX answers): what
 * redfishtool, sushy and our own client ask for, and no more.
 */
import type { BmcIdentity, PowerState } from '../../../core/ports/bmc.ts';

export interface BootOverrideState {
  readonly target: string;
  readonly enabled: 'Disabled' | 'Once' | 'Continuous';
}

export interface RedfishState {
  readonly identity: BmcIdentity;
  readonly power: PowerState;
  readonly boot: BootOverrideState;
  readonly sessions: readonly string[];
  /** The chassis offers Dell's action for it. */
  readonly acCycle?: boolean;
  /** Where the BMC is that of a BlueField: how far its Arm side is. */
  readonly armState?: string;
}

export const ROOT = '/redfish/v1/';
export const SYSTEM = '/redfish/v1/Systems/DGX';
export const ARM_SYSTEM = '/redfish/v1/Systems/Bluefield';
export const resetOf = (system: string): string => `${system}/Actions/ComputerSystem.Reset`;
export const SESSIONS = '/redfish/v1/SessionService/Sessions';
const lastPart = (path: string): string => path.split('/').at(-1) ?? path;
const chassisOf = (system: string): string => `/redfish/v1/Chassis/${lastPart(system)}`;
/** As vendors.ts of the Redfish adapter knows it (reference: ipam-maintenance-power.md 4.6). */
export const AC_CYCLE = `${chassisOf(SYSTEM)}/Actions/Oem/DellOemChassis.ExtendedReset`;
const MANAGER = '/redfish/v1/Managers/BMC';

/** No PowerCycle: mockup of a DGX H100 (reference: ipam-maintenance-power.md 4.6). */
export const RESET_TYPES = ['On', 'ForceOff', 'GracefulShutdown', 'ForceRestart'];
/** Of a BlueField-3, as far as the twin has it: its Arm side shuts down, and starts with the power of its host. */
export const ARM_RESET_TYPES = ['GracefulShutdown'];
export const BOOT_TARGETS = ['None', 'Pxe', 'Hdd', 'Cd', 'BiosSetup', 'UefiHttp'];
export const BOOT_ENABLED = ['Disabled', 'Once', 'Continuous'];

const POWER: Readonly<Record<PowerState, string>> = {
  on: 'On',
  off: 'Off',
  'powering-on': 'PoweringOn',
  'powering-off': 'PoweringOff',
};

const link = (id: string) => ({ '@odata.id': id });
const resource = (id: string, type: string, more: Readonly<Record<string, unknown>>) => ({
  '@odata.id': id,
  '@odata.type': `#${type}`,
  ...more,
});
const collection = (id: string, of: string, members: readonly string[]) =>
  resource(id, `${of}Collection.${of}Collection`, {
    Name: `${of} Collection`,
    'Members@odata.count': members.length,
    Members: members.map(link),
  });

const system = ({ identity, power, boot, armState }: RedfishState, path: string, resets: readonly string[]) =>
  resource(path, `ComputerSystem.${armState === undefined ? 'v1_9_0' : 'v1_13_0'}.ComputerSystem`, {
    Id: lastPart(path),
    Name: lastPart(path),
    SystemType: armState === undefined ? 'Physical' : 'DPU',
    Manufacturer: identity.manufacturer,
    Model: identity.model,
    SerialNumber: identity.serial,
    UUID: identity.uuid,
    PowerState: POWER[power],
    PowerRestorePolicy: 'LastState',
    ...(armState !== undefined && { BootProgress: { LastState: 'OEM', OemLastState: armState } }),
    Status: { State: power === 'on' ? 'Enabled' : 'StandbyOffline', Health: 'OK' },
    Boot: {
      BootSourceOverrideEnabled: boot.enabled,
      BootSourceOverrideTarget: boot.target,
      BootSourceOverrideMode: 'UEFI',
      'BootSourceOverrideMode@Redfish.AllowableValues': ['UEFI'],
      'BootSourceOverrideTarget@Redfish.AllowableValues': BOOT_TARGETS,
    },
    Actions: {
      '#ComputerSystem.Reset': { target: resetOf(path), 'ResetType@Redfish.AllowableValues': resets },
    },
    Links: { Chassis: [link(chassisOf(path))], ManagedBy: [link(MANAGER)] },
  });

/** All resources by path; a session's own by its id. */
export const redfishResources = (
  state: RedfishState,
  path: string,
  resets: readonly string[],
): Readonly<Record<string, unknown>> => ({
  '/redfish': { v1: ROOT },
  [ROOT]: resource(ROOT, 'ServiceRoot.v1_5_0.ServiceRoot', {
    Id: 'RootService',
    Name: 'Root Service',
    RedfishVersion: '1.7.0',
    UUID: state.identity.uuid,
    Systems: link('/redfish/v1/Systems'),
    Chassis: link('/redfish/v1/Chassis'),
    Managers: link('/redfish/v1/Managers'),
    SessionService: link('/redfish/v1/SessionService'),
    Links: { Sessions: link(SESSIONS) },
  }),
  '/redfish/v1/Systems': collection('/redfish/v1/Systems', 'ComputerSystem', [path]),
  [path]: system(state, path, resets),
  '/redfish/v1/Chassis': collection('/redfish/v1/Chassis', 'Chassis', [chassisOf(path)]),
  [chassisOf(path)]: resource(chassisOf(path), 'Chassis.v1_10_0.Chassis', {
    Id: lastPart(path),
    Name: lastPart(path),
    ChassisType: state.armState === undefined ? 'RackMount' : 'Card',
    Manufacturer: state.identity.manufacturer,
    Model: state.identity.model,
    SerialNumber: state.identity.serial,
    PowerState: POWER[state.power],
    ...(state.acCycle === true && {
      Actions: { Oem: { '#DellOemChassis.ExtendedReset': { target: AC_CYCLE } } },
    }),
    Links: { ComputerSystems: [link(path)], ManagedBy: [link(MANAGER)] },
  }),
  '/redfish/v1/Managers': collection('/redfish/v1/Managers', 'Manager', [MANAGER]),
  [MANAGER]: resource(MANAGER, 'Manager.v1_5_0.Manager', {
    Id: 'BMC',
    Name: 'BMC',
    ManagerType: 'BMC',
    Links: { ManagerForServers: [link(path)], ManagerForChassis: [link(chassisOf(path))] },
  }),
  '/redfish/v1/SessionService': resource('/redfish/v1/SessionService', 'SessionService.v1_1_6.SessionService', {
    Id: 'SessionService',
    Name: 'Session Service',
    ServiceEnabled: true,
    SessionTimeout: 1800,
    Sessions: link(SESSIONS),
  }),
  [SESSIONS]: collection(
    SESSIONS,
    'Session',
    state.sessions.map((id) => `${SESSIONS}/${id}`),
  ),
  ...Object.fromEntries(
    state.sessions.map((id) => [
      `${SESSIONS}/${id}`,
      resource(`${SESSIONS}/${id}`, 'Session.v1_2_1.Session', { Id: id, Name: 'Session', UserName: 'admin' }),
    ]),
  ),
});

/** DSP0266 8.6. */
export const redfishError = (id: string, message: string): unknown => ({
  error: {
    code: `Base.1.8.${id}`,
    message,
    '@Message.ExtendedInfo': [{ MessageId: `Base.1.8.${id}`, Message: message, Severity: 'Critical', MessageArgs: [] }],
  },
});
