/**
 * The system resource of one host: found among those that a service lists, read into what Nicwright asks of it. Which
 * reset types are allowed is read anew each time, since a firmware update may change them.
 */
import { digList, digText } from '../../core/model/dig.ts';
import type { Signal } from '../../core/ports/clock.ts';
import type { PowerState } from '../../core/ports/bmc.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { linkAt, membersOf } from './redfish-error.ts';
import { REDFISH_ROOT, type RedfishService } from './redfish-service.ts';
import { NO_HOST, vendorOf, type Vendor } from './vendors.ts';

/** DSP0268 ComputerSystem.PowerState. `Paused` and null are no answer to whether the power is off. */
const POWER_STATES: Readonly<Record<string, PowerState>> = {
  On: 'on',
  Off: 'off',
  PoweringOn: 'powering-on',
  PoweringOff: 'powering-off',
};

export interface RedfishSystem {
  readonly path: string;
  readonly body: unknown;
  readonly etag?: string;
  readonly vendor?: Vendor;
}

const lastPart = (path: string): string => path.replace(/\/$/, '').split('/').at(-1) ?? path;

/** The one host among the systems of a service, without reading them: a baseboard or a DPU is no host. */
const hostAmong = (systems: readonly string[]): readonly string[] => {
  const hosts = systems.filter((path) => !NO_HOST.test(lastPart(path)));
  return hosts.length === 0 ? systems : hosts;
};

export const findSystem = async (
  service: RedfishService,
  wanted: string | undefined,
  signal?: Signal,
): Promise<Result<string>> => {
  if (wanted?.startsWith('/') === true) return ok(wanted);
  const root = await service.get(REDFISH_ROOT, signal);
  if (!root.ok) return root;
  const listed = await service.get(linkAt(root.value.body, 'Systems') ?? `${REDFISH_ROOT}Systems`, signal);
  if (!listed.ok) return listed;
  const systems = membersOf(listed.value.body);
  const matching = wanted === undefined ? hostAmong(systems) : systems.filter((path) => lastPart(path) === wanted);
  const [only, ...more] = matching;
  if (only !== undefined && more.length === 0) return ok(only);
  const names = systems.map(lastPart).join(', ');
  if (systems.length === 0) return fail('bmc-system', `${service.origin} lists no system; is this the BMC of a host?`);
  return fail(
    'bmc-system',
    wanted === undefined
      ? `${service.origin} lists several systems (${names}); say which one is the host.`
      : `${service.origin} has no system ${wanted}; it lists ${names}.`,
  );
};

export const readSystem = async (
  service: RedfishService,
  path: string,
  signal?: Signal,
): Promise<Result<RedfishSystem>> => {
  const answer = await service.get(path, signal);
  if (!answer.ok) return answer;
  const { body, headers } = answer.value;
  const vendor = vendorOf(digText(body, 'Manufacturer'));
  const etag = headers.etag ?? digText(body, '@odata.etag');
  return ok({
    path,
    body,
    ...(etag === undefined ? {} : { etag }),
    ...(vendor === undefined ? {} : { vendor }),
  });
};

export const powerOf = (service: RedfishService, { path, body }: RedfishSystem): Result<PowerState> => {
  const said = digText(body, 'PowerState');
  const state = said === undefined ? undefined : POWER_STATES[said];
  return state === undefined
    ? fail(
        'bmc-answer',
        `${service.origin}${path} tells no power state (${said ?? 'none'}); it is not taken for off.`,
        'retry',
      )
    : ok(state);
};

const RESET = '#ComputerSystem.Reset';

export interface ResetAction {
  readonly target: string;
  /** Undefined: the service does not say which values it takes. */
  readonly allowed?: readonly string[];
}

const texts = (list: readonly unknown[]): readonly string[] => list.filter((value) => typeof value === 'string');

/** Inline values, else those of the action's ActionInfo (DSP0266 9.10; Supermicro). */
export const resetAction = async (
  service: RedfishService,
  { path, body }: RedfishSystem,
  signal?: Signal,
): Promise<Result<ResetAction>> => {
  const target = digText(body, 'Actions', RESET, 'target') ?? `${path}/Actions/ComputerSystem.Reset`;
  const inline = texts(digList(body, 'Actions', RESET, 'ResetType@Redfish.AllowableValues'));
  if (inline.length > 0) return ok({ target, allowed: inline });
  const info = digText(body, 'Actions', RESET, '@Redfish.ActionInfo');
  if (info === undefined) return ok({ target });
  const told = await service.get(info, signal);
  if (!told.ok) return told;
  const parameter = digList(told.value.body, 'Parameters').find((one) => digText(one, 'Name') === 'ResetType');
  const allowed = texts(digList(parameter, 'AllowableValues'));
  return ok(allowed.length === 0 ? { target } : { target, allowed });
};
