/**
 * One BMC of the twin, answering Redfish requests: log-in, reads, resets and the next boot. It holds the BMC's own state
 * (sessions, boot override); power is the host's, and asked of the twin's BMC. Sockets are left to redfish-server.ts.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isMap } from '../../../core/model/dig.ts';
import type { Bmc, BmcIdentity, PowerRequest } from '../../../core/ports/bmc.ts';
import {
  AC_CYCLE,
  ARM_RESET_TYPES,
  ARM_SYSTEM,
  BOOT_ENABLED,
  BOOT_TARGETS,
  redfishError,
  redfishResources,
  RESET_TYPES,
  resetOf,
  ROOT,
  SESSIONS,
  SYSTEM,
  type BootOverrideState,
} from './redfish-resources.ts';

export interface RedfishCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface RedfishReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface TwinBmcAccess {
  readonly bmc: Bmc;
  readonly login: { readonly username: string; readonly password: string };
  /** Of the host's newest boot: an override for one boot ends with it. */
  readonly bootId: () => string;
  /** False: what to boot next is accepted and forgotten. */
  readonly keepsBootOverride: boolean;
  /** Absent: it offers none. */
  readonly acCycle?: boolean;
  /** The host restarts without a loss of power; false when it cannot. */
  readonly restart: () => boolean;
  /** Where the BMC is that of a BlueField: how far its Arm side is, in its own words; undefined: no answer. */
  readonly armState?: () => Promise<string | undefined>;
}

/** A real BMC holds a handful; the one that is asked too often refuses. */
const MOST_SESSIONS = 16;
const NO_OVERRIDE: BootOverrideState = { target: 'None', enabled: 'Disabled' };

const REQUESTS: Readonly<Record<string, PowerRequest>> = {
  On: 'on',
  ForceOff: 'off',
  GracefulShutdown: 'graceful-off',
};

const failed = (status: number, id: string, message: string): RedfishReply => ({
  status,
  body: redfishError(id, message),
});

const same = (given: string, wanted: string): boolean => {
  const [a, b] = [given, wanted].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
};

const etagOf = (body: unknown): string =>
  `W/"${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)}"`;

const parsed = (body: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Every path is known without a slash at its end but the root, which is known by both. */
const withoutSlash = (path: string): string => (path === ROOT || `${path}/` === ROOT ? ROOT : path.replace(/\/$/, ''));

/** Undefined: the BMC gives no answer at all. */
export type RedfishResponder = (call: RedfishCall) => Promise<RedfishReply | undefined>;

export const redfishResponder = ({
  bmc,
  login,
  bootId,
  keepsBootOverride,
  acCycle = false,
  restart,
  armState,
}: TwinBmcAccess): RedfishResponder => {
  const system = armState === undefined ? SYSTEM : ARM_SYSTEM;
  const resets = armState === undefined ? RESET_TYPES : ARM_RESET_TYPES;
  const tokens = new Map<string, string>();
  let override: { readonly state: BootOverrideState; readonly before: string } | undefined;
  let count = 0;

  const boot = (): BootOverrideState => {
    if (override?.state.enabled === 'Once' && override.before !== bootId()) override = undefined;
    return override?.state ?? NO_OVERRIDE;
  };

  const isLoggedIn = ({ headers }: RedfishCall): boolean => {
    const token = headers['x-auth-token'];
    if (typeof token === 'string') return [...tokens.keys()].some((known) => same(token, known));
    const basic = /^Basic (\S+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
    if (basic === undefined) return false;
    return same(Buffer.from(basic, 'base64').toString('utf8'), `${login.username}:${login.password}`);
  };

  const logIn = ({ body }: RedfishCall): RedfishReply => {
    const given = parsed(body);
    if (given === undefined) return failed(400, 'MalformedJSON', 'The request body is no JSON object.');
    const { UserName: user, Password: password } = given;
    if (typeof user !== 'string' || typeof password !== 'string')
      return failed(400, 'PropertyMissing', 'UserName and Password are needed.');
    if (!same(`${user}:${password}`, `${login.username}:${login.password}`))
      return failed(401, 'ResourceAtUriUnauthorized', 'User name or password is wrong.');
    if (tokens.size >= MOST_SESSIONS) return failed(503, 'SessionLimitExceeded', 'There are too many sessions.');
    count += 1;
    const token = randomBytes(24).toString('hex');
    const id = String(count);
    tokens.set(token, id);
    return {
      status: 201,
      headers: { 'x-auth-token': token, location: `${SESSIONS}/${id}` },
      body: { '@odata.id': `${SESSIONS}/${id}`, '@odata.type': '#Session.v1_2_1.Session', Id: id, Name: 'Session' },
    };
  };

  const logOut = (path: string): RedfishReply => {
    const id = path.slice(SESSIONS.length + 1);
    const known = [...tokens].find(([, one]) => one === id);
    if (known === undefined) return failed(404, 'ResourceMissingAtURI', `There is no ${path}.`);
    tokens.delete(known[0]);
    return { status: 204 };
  };

  const reset = async ({ body }: RedfishCall): Promise<RedfishReply | undefined> => {
    const type = parsed(body)?.['ResetType'];
    if (typeof type !== 'string' || !resets.includes(type))
      return failed(400, 'ActionParameterNotSupported', `ResetType is one of ${resets.join(', ')}.`);
    if (type === 'ForceRestart')
      return restart()
        ? { status: 204 }
        : failed(409, 'ActionParameterValueConflict', 'The host cannot be restarted in its state.');
    return ask(REQUESTS[type] ?? 'on', type);
  };

  const ask = async (request: PowerRequest, type: string): Promise<RedfishReply | undefined> => {
    const answer = await bmc.request(request);
    if (!answer.ok) return undefined;
    if (answer.value.answer === 'accepted') return { status: 204 };
    return failed(409, 'ActionParameterValueConflict', `${type} conflicts with the state: ${answer.value.because}.`);
  };

  const change = ({ headers, body }: RedfishCall, now: unknown): RedfishReply => {
    const match = headers['if-match'];
    if (typeof match === 'string' && match !== '*' && match.replace(/^W\//, '') !== etagOf(now).slice(2))
      return failed(412, 'PreconditionFailed', 'The ETag is not that of the resource.');
    const wanted = parsed(body)?.['Boot'];
    if (!isMap(wanted)) return failed(400, 'PropertyNotWritable', 'Boot is the only property that can be set.');
    const { BootSourceOverrideTarget: target = boot().target, BootSourceOverrideEnabled: enabled = boot().enabled } =
      wanted;
    if (typeof target !== 'string' || !BOOT_TARGETS.includes(target))
      return failed(400, 'PropertyValueNotInList', `BootSourceOverrideTarget is one of ${BOOT_TARGETS.join(', ')}.`);
    if (typeof enabled !== 'string' || !BOOT_ENABLED.includes(enabled))
      return failed(400, 'PropertyValueNotInList', `BootSourceOverrideEnabled is one of ${BOOT_ENABLED.join(', ')}.`);
    const state: BootOverrideState = { target, enabled: enabled as BootOverrideState['enabled'] };
    override = keepsBootOverride && enabled !== 'Disabled' ? { state, before: bootId() } : undefined;
    return { status: 204 };
  };

  let identity: BmcIdentity | undefined;
  /** Undefined: no answer. */
  const readAll = async (): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const power = await bmc.power();
    if (!power.ok) return undefined;
    if (identity === undefined) {
      const told = await bmc.identity();
      if (!told.ok) return undefined;
      identity = told.value;
    }
    const arm = await armState?.();
    if (armState !== undefined && arm === undefined) return undefined;
    const state = {
      identity,
      power: power.value,
      boot: boot(),
      sessions: [...tokens.values()],
      ...(arm !== undefined && { armState: arm }),
      ...(acCycle && { acCycle }),
    };
    return redfishResources(state, system, resets);
  };

  return async (call) => {
    const path = withoutSlash(call.path);
    if (path === SESSIONS && call.method === 'POST') return logIn(call);
    const isOpen = path === ROOT || path === '/redfish';
    if (!isOpen && !isLoggedIn(call)) return failed(401, 'ResourceAtUriUnauthorized', 'Log in first.');
    if (call.method === 'POST' && path === resetOf(system)) return reset(call);
    if (call.method === 'POST' && path === AC_CYCLE && acCycle)
      return parsed(call.body)?.['ResetType'] === 'PowerCycle'
        ? ask('ac-cycle', 'ExtendedReset')
        : failed(400, 'ActionParameterNotSupported', 'ResetType is PowerCycle.');
    if (call.method === 'DELETE' && path.startsWith(`${SESSIONS}/`)) return logOut(path);
    const resources = await readAll();
    if (resources === undefined) return undefined;
    const body = resources[path];
    if (body === undefined) return failed(404, 'ResourceMissingAtURI', `There is no ${path}.`);
    if (call.method === 'PATCH' && path === system) return change(call, body);
    if (call.method !== 'GET' && call.method !== 'HEAD')
      return failed(405, 'OperationNotAllowed', `${call.method} is not allowed on ${path}.`);
    return { status: 200, headers: { etag: etagOf(body) }, body };
  };
};
