/**
 * The decision of the NIC configuration operator (pkg/configuration/manager.go ValidateDeviceNvSpec, internal/controller/
 * nicdevice_controller.go handleConfigurationSpecValidation): compares next boot, then current, and breaks its own restart
 * loop by the host's uptime.
 */
import { valueNames } from '../model/firmware-setting.ts';

/** Values by parameter name: one token (`True(1)`), or the names under which a value is known. */
export type PortValues = Readonly<Record<string, string | readonly string[]>>;

export interface QueriedPort {
  readonly default?: PortValues;
  readonly current: PortValues;
  readonly next: PortValues;
}

export interface NicConfigurationPlan {
  readonly configUpdate: boolean;
  readonly reboot: boolean;
  /** Wanted parameters that a port does not show, sorted. */
  readonly unsupported: readonly string[];
}

/** Kept by the operator over a reset to defaults, since it is the DPU or NIC mode. */
const KEPT_ON_RESET = 'INTERNAL_CPU_OFFLOAD_ENGINE';

const namesOf = (values: PortValues, name: string): readonly string[] | undefined => {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) return undefined;
  return typeof value === 'string' ? valueNames(value) : value.map((one) => one.toLowerCase());
};

export const nicConfigurationPlan = (
  ports: readonly QueriedPort[],
  desired: Readonly<Record<string, string>>,
): NicConfigurationPlan => {
  let configUpdate = false;
  let reboot = false;
  const unsupported = new Set<string>();
  for (const port of ports)
    for (const [name, value] of Object.entries(desired)) {
      const next = namesOf(port.next, name);
      if (next === undefined) unsupported.add(name);
      else if (!next.includes(value.toLowerCase())) {
        configUpdate = true;
        reboot = true;
      } else if (namesOf(port.current, name)?.includes(value.toLowerCase()) !== true) reboot = true;
    }
  return { configUpdate, reboot, unsupported: [...unsupported].toSorted() };
};

const sameColumns = (a: PortValues, b: PortValues): boolean => {
  const keys = (values: PortValues): readonly string[] =>
    Object.keys(values)
      .filter((name) => name !== KEPT_ON_RESET)
      .toSorted();
  const names = keys(a);
  return (
    names.join() === keys(b).join() && names.every((name) => namesOf(a, name)?.join() === namesOf(b, name)?.join())
  );
};

/** resetToDefault: done when both columns equal the defaults. */
export const nicConfigurationReset = (ports: readonly QueriedPort[]): NicConfigurationPlan => {
  const verdicts = ports.map(({ default: defaults = {}, current, next }) => {
    const willBe = sameColumns(next, defaults);
    return { configUpdate: !willBe, reboot: !(willBe && sameColumns(current, defaults)) };
  });
  return {
    configUpdate: verdicts.some(({ configUpdate }) => configUpdate),
    reboot: verdicts.some(({ reboot }) => reboot),
    unsupported: [],
  };
};

export interface LoopBreakerInput {
  /** Reason of the condition ConfigUpdateInProgress. */
  readonly condition: string;
  readonly secondsSinceTransition: number;
  readonly uptimeSeconds: number;
  readonly stillNeedsReboot: boolean;
  readonly resetToDefault?: boolean;
}

export interface LoopBreakerVerdict {
  readonly reason: string;
  readonly message: string;
  readonly reboot: boolean;
  readonly because: string;
}

export const NOT_APPLIED_AFTER_REBOOT = 'firmware configuration failed to apply after reboot';

/** What the operator does with a device whose value is staged and not active, given whether the host restarted since. */
export const nicConfigurationLoopBreaker = (input: LoopBreakerInput): LoopBreakerVerdict => {
  const { condition, secondsSinceTransition, uptimeSeconds, stillNeedsReboot, resetToDefault } = input;
  if (!stillNeedsReboot)
    return { reason: 'UpdateSuccessful', message: '', reboot: false, because: 'current and next boot are as wanted' };
  if (condition === 'FirmwareError')
    return {
      reason: 'FirmwareError',
      message: NOT_APPLIED_AFTER_REBOOT,
      reboot: false,
      because: 'it gave up earlier and stays there until current is as wanted, for example after a cold restart',
    };
  if (condition !== 'PendingReboot' || uptimeSeconds > secondsSinceTransition)
    return {
      reason: 'PendingReboot',
      message: '',
      reboot: true,
      because: 'the host has not restarted since the value was written',
    };
  if (resetToDefault === true)
    return {
      reason: condition,
      message: '',
      reboot: false,
      because: 'after a reset to defaults one restart counts as success, whatever the columns say',
    };
  return {
    reason: 'FirmwareError',
    message: NOT_APPLIED_AFTER_REBOOT,
    reboot: false,
    because:
      'the host restarted since the value was written and it is still not active: a second restart of this kind would be the same',
  };
};
