/**
 * What may go wrong in a run, as data: a closed list of faults by name. Whoever plays them says when each begins, how long it
 * lasts, and whom it strikes; the twin tells each strike (Twin.onFault), so that a suite can count which fault met which state.
 * Which faults come together by chance is draw-faults.ts.
 *
 *     playFaults(twin, [{ fault: 'bmc-answer-lost', node: 'dgx030', atSeconds: 600, forSeconds: 300, share: 0.5 }]);
 */
import type { BmcFault } from './hardware/twin-bmc.ts';
import type { HostTrouble } from './hardware/host.ts';
import type { Act } from './scenarios/scenario.ts';
import type { CallMatch, CallVerb, FaultRule, WorldFault } from './world/world-faults.ts';

/** What a person does in the middle of somebody else's work. */
export type Meddling = 'cordons' | 'uncordons' | 'restarts' | 'cuts-power' | 'powers-on';

/** Faults of the BMC of a BlueField that differ from those of a host's in what comes of them. */
export type ArmFault = Extract<BmcFault, 'unreachable' | 'ignored' | 'misread' | 'login-refused'>;

export type ApiFault = `api-${WorldFault['kind']}`;
export type NodeFault = `bmc-${BmcFault}` | `arm-${ArmFault}` | `host-${HostTrouble}` | `person-${Meddling}`;
export type FaultName = ApiFault | NodeFault;

interface When {
  /** From the moment at which it is planned. */
  readonly atSeconds: number;
  /** What a person does is done once, and lasts no time. */
  readonly forSeconds: number;
  /** Of the calls that it could strike; absent: as the table has it. No meaning for hosts and persons. */
  readonly share?: number;
}

export type PlannedFault = When &
  (
    | {
        readonly fault: ApiFault;
        /** Users whose calls it strikes; absent: everybody's, the twin's own actors' too. */
        readonly callers?: readonly string[];
      }
    | { readonly fault: NodeFault; readonly node: string }
  );

/** One strike: at this moment, on this call, host or node. */
export interface FaultStruck {
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  readonly fault: FaultName;
  /** `patch nodes/dgx030 by controller`, `dgx030`. */
  readonly on: string;
}

interface ApiFaultKind {
  readonly about: string;
  readonly fault: WorldFault;
  readonly verbs?: readonly CallVerb[];
  readonly share: number;
}

const WRITES: readonly CallVerb[] = ['create', 'update', 'patch', 'apply', 'delete', 'evict'];
const WATCHES: readonly CallVerb[] = ['watch'];

const API_FAULTS: Readonly<Record<ApiFault, ApiFaultKind>> = {
  'api-conflict': {
    about: 'another writer was quicker: 409',
    fault: { kind: 'conflict' },
    verbs: ['update', 'patch'],
    share: 0.2,
  },
  'api-throttled': {
    about: 'the server is busy: 429 with a time to wait',
    fault: { kind: 'throttled', retryAfterMs: 1_000 },
    share: 0.1,
  },
  'api-server-error': { about: 'etcd does not answer the server: 500', fault: { kind: 'server-error' }, share: 0.1 },
  'api-unreachable': { about: 'no connection to the server', fault: { kind: 'unreachable' }, share: 1 },
  'api-answer-lost': {
    about: 'the write is done and its answer is lost',
    fault: { kind: 'answer-lost' },
    verbs: WRITES,
    share: 0.1,
  },
  'api-slow': { about: 'each call takes 5 s', fault: { kind: 'slow', ms: 5_000 }, share: 1 },
  'api-watch-dropped': {
    about: 'watches end as if the connection had been closed',
    fault: { kind: 'watch-dropped', afterEvents: 0 },
    verbs: WATCHES,
    share: 0.5,
  },
  'api-watch-gone': {
    about: 'watches end with 410: list again',
    fault: { kind: 'watch-gone', afterEvents: 0 },
    verbs: WATCHES,
    share: 0.5,
  },
  'api-watch-late': {
    about: 'watches tell what was 30 s ago',
    fault: { kind: 'watch-late', ms: 30_000 },
    verbs: WATCHES,
    share: 1,
  },
};

const BMC_FAULTS: Readonly<Record<`bmc-${BmcFault}`, { readonly about: string; readonly fault: BmcFault }>> = {
  'bmc-unreachable': { about: 'no answer, and nothing is done', fault: 'unreachable' },
  'bmc-answer-lost': { about: 'the request is carried out and its answer is lost', fault: 'answer-lost' },
  'bmc-ignored': { about: 'the request is accepted and nothing is done', fault: 'ignored' },
  'bmc-busy': { about: 'it restarts or is overloaded: 503', fault: 'busy' },
  'bmc-login-refused': { about: 'its password was changed', fault: 'login-refused' },
  'bmc-untrusted': { about: 'its certificate is not the trusted one', fault: 'untrusted' },
  'bmc-other-host': { about: 'its address belongs to another machine', fault: 'other-host' },
  'bmc-misread': { about: 'the power is read as off where it is not, and as on where it is off', fault: 'misread' },
};

const ARM_FAULTS: Readonly<Record<`arm-${ArmFault}`, { readonly about: string; readonly fault: ArmFault }>> = {
  'arm-unreachable': { about: 'the BMC of a BlueField gives no answer', fault: 'unreachable' },
  'arm-ignored': { about: 'the BMC of a BlueField accepts a shutdown and does nothing', fault: 'ignored' },
  'arm-misread': {
    about: 'the BMC of a BlueField says down where its Arm side is up, and up where it is down',
    fault: 'misread',
  },
  'arm-login-refused': { about: 'the password of the BMC of a BlueField was changed', fault: 'login-refused' },
};

const BMC_SHARE = 0.3;

const HOST_FAULTS: Readonly<Record<`host-${HostTrouble}`, { readonly about: string; readonly trouble: HostTrouble }>> =
  {
    'host-never-boots': { about: 'powered on, it does not come back', trouble: 'never-boots' },
    'host-shutdown-hangs': { about: 'asked to shut down, its programs never end', trouble: 'shutdown-hangs' },
    'host-firmware-keeps': { about: 'no power off activates its settings', trouble: 'firmware-keeps' },
    'host-key-changed': {
      about: 'its host key is not the known one: it is neither asked nor changed',
      trouble: 'key-changed',
    },
    'host-loses-gpu': { about: 'it comes back with one GPU less', trouble: 'loses-gpu' },
    'host-arm-hangs': { about: 'asked to shut down, its Arm sides never end', trouble: 'arm-hangs' },
    'host-link-slow': { about: 'its first adapter comes back with a slower PCIe link', trouble: 'link-slow' },
    'host-link-narrow': { about: 'its first adapter comes back with fewer PCIe lanes', trouble: 'link-narrow' },
    'host-port-down': { about: 'a port of its first adapter stays down after the boot', trouble: 'port-down' },
    'host-loses-adapter': { about: 'it comes back without its first adapter', trouble: 'loses-adapter' },
  };

const PERSON_FAULTS: Readonly<
  Record<`person-${Meddling}`, { readonly about: string; readonly act: (node: string) => Act }>
> = {
  'person-cordons': { about: 'a person cordons the node', act: (node) => ({ do: 'cordon', node }) },
  'person-uncordons': { about: 'a person uncordons the node', act: (node) => ({ do: 'uncordon', node }) },
  'person-restarts': { about: 'a person restarts the host', act: (node) => ({ do: 'restart', node }) },
  'person-cuts-power': { about: 'a person cuts its power', act: (node) => ({ do: 'power', node, request: 'off' }) },
  'person-powers-on': { about: 'a person powers it on', act: (node) => ({ do: 'power', node, request: 'on' }) },
};

const isIn = <Name extends string>(table: Readonly<Record<Name, unknown>>, name: string): name is Name =>
  Object.hasOwn(table, name);

const names = <Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(table).filter((key) => isIn(table, key));

export const API_FAULT_NAMES = names(API_FAULTS);
export const NODE_FAULT_NAMES: readonly NodeFault[] = [
  ...names(BMC_FAULTS),
  ...names(ARM_FAULTS),
  ...names(HOST_FAULTS),
  ...names(PERSON_FAULTS),
];

/** One sentence on each fault, for lists and reports. */
export const faultWords = (fault: FaultName): string => {
  if (isIn(API_FAULTS, fault)) return API_FAULTS[fault].about;
  if (isIn(BMC_FAULTS, fault)) return BMC_FAULTS[fault].about;
  if (isIn(ARM_FAULTS, fault)) return ARM_FAULTS[fault].about;
  return isIn(HOST_FAULTS, fault) ? HOST_FAULTS[fault].about : PERSON_FAULTS[fault].about;
};

const apiRule = (fault: ApiFault, callers: readonly string[] | undefined, share: number | undefined): FaultRule => {
  const kind = API_FAULTS[fault];
  const match: CallMatch = {
    ...(kind.verbs === undefined ? {} : { verbs: kind.verbs }),
    ...(callers === undefined ? {} : { actors: callers }),
  };
  return { match, fault: kind.fault, probability: share ?? kind.share };
};

/** What happens when this fault begins. */
export const actOf = (planned: PlannedFault): Act => {
  const { forSeconds, share } = planned;
  if (!('node' in planned))
    return { do: 'api-faults', rules: [apiRule(planned.fault, planned.callers, share)], forSeconds };
  const { fault, node } = planned;
  if (isIn(BMC_FAULTS, fault))
    return {
      do: 'bmc-faults',
      node,
      rules: [{ fault: BMC_FAULTS[fault].fault, probability: share ?? BMC_SHARE }],
      forSeconds,
    };
  if (isIn(ARM_FAULTS, fault))
    return {
      do: 'arm-faults',
      node,
      rules: [{ fault: ARM_FAULTS[fault].fault, probability: share ?? BMC_SHARE }],
      forSeconds,
    };
  return isIn(HOST_FAULTS, fault)
    ? { do: 'host-trouble', node, trouble: HOST_FAULTS[fault].trouble, forSeconds }
    : PERSON_FAULTS[fault].act(node);
};

/** What of a twin is needed to let things go wrong in it. */
export interface FaultStage {
  readonly clock: { readonly after: (ms: number, act: () => void) => () => void };
  readonly act: (act: Act) => void;
  readonly struck: (fault: FaultName, on: string) => void;
}

/** Plans them from now on. */
export const playFaults = ({ clock, act, struck }: FaultStage, faults: readonly PlannedFault[]): void => {
  for (const planned of faults)
    clock.after(planned.atSeconds * 1000, () => {
      act(actOf(planned));
      // Others strike when they meet something; a person has done it by now.
      if ('node' in planned && isIn(PERSON_FAULTS, planned.fault)) struck(planned.fault, planned.node);
    });
};
