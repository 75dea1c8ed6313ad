/** Answers for the kinds of core/firmware: the operators' decisions as shipped, and ours. */
import type { RestartHint } from '../../../core/model/adapter.ts';
import { dig, digFlag, digList, digMap, digNumber, digText } from '../../../core/model/dig.ts';
import {
  nicConfigurationLoopBreaker,
  nicConfigurationPlan,
  nicConfigurationReset,
  type PortValues,
  type QueriedPort,
} from '../../../core/firmware/nic-configuration.ts';
import { planValues, wantedValues, type CardPlan } from '../../../core/firmware/plan-card.ts';
import type { ActivationEvidence } from '../../../core/firmware/activation.ts';
import type { CardFirmware } from '../../../core/firmware/card-firmware.ts';
import {
  upstreamDpuMode,
  upstreamLockdown,
  upstreamNodeReboot,
  upstreamPlan,
  upstreamPlanUnspecified,
  type CardState,
  type UpstreamPlan,
  type WantedPort,
  type WantedPorts,
} from '../../../core/firmware/upstream-plan.ts';
import type { Result } from '../../../core/result.ts';
import type { CaseKinds, Json, JsonObject } from '../case-kind.ts';
import { failing } from '../matchers.ts';

/** What a case leaves out is the zero value of the upstream struct, as in its unit tests. */
const firmwareOf = (value: unknown): CardFirmware => ({
  totalVfs: digNumber(value, 'totalVfs') ?? 0,
  sriovEnabled: digFlag(value, 'sriovEnabled') ?? false,
  linkTypeP1: digText(value, 'linkTypeP1') ?? '',
  linkTypeP2: digText(value, 'linkTypeP2') ?? '',
});

const stateOf = (given: unknown): CardState => ({
  current: firmwareOf(dig(given, 'current')),
  next: firmwareOf(dig(given, 'next')),
});

const portOf = (numVfs: number, given: JsonObject, linkType?: string, netdev?: string): WantedPort => ({
  ...(digText(given, 'pci') !== undefined && { pci: digText(given, 'pci') ?? '' }),
  numVfs,
  ...(linkType !== undefined && { linkType }),
  ...(netdev !== undefined && { netdevLinkType: netdev }),
  externallyManaged: digFlag(given, 'desired', 'externallyManaged') ?? false,
});

const portsOf = (given: JsonObject): WantedPorts => {
  const first = portOf(
    digNumber(given, 'desired', 'numVfs') ?? 0,
    given,
    digText(given, 'desired', 'linkType'),
    digText(given, 'netdevLinkType'),
  );
  const otherVfs = digNumber(given, 'desired', 'otherPortNumVfs');
  const otherLink = digText(given, 'desired', 'otherPortLinkType');
  if (otherVfs === undefined && otherLink === undefined) return [first, undefined];
  return [
    first,
    portOf(
      otherVfs ?? 0,
      given,
      otherLink,
      digText(given, 'otherPortNetdevLinkType') ?? digText(given, 'netdevLinkType'),
    ),
  ];
};

const evidenceOf = (given: JsonObject): ActivationEvidence => {
  const hint = digText(given, 'setHint');
  const levels = digMap(given, 'resetLevels');
  const machine = digText(given, 'platform');
  const card = digText(given, 'deviceType');
  const mode = digText(given, 'bluefieldMode');
  return {
    ...((hint === 'reboot' || hint === 'power-cycle' || hint === 'skipped') && { setHint: hint satisfies RestartHint }),
    ...(Object.keys(levels).length > 0 && {
      resetLevels: Object.fromEntries(Object.entries(levels).map(([level, on]) => [level, on === true])),
    }),
    ...(digFlag(given, 'rebootedSinceWrite') === true && { tried: ['warm' as const] }),
    ...(machine !== undefined && { machine }),
    ...(card !== undefined && { card }),
    ...(mode === 'dpu' && { bluefield: 'dpu' as const }),
  };
};

/** The words that the schema has for our decision. */
const actionOf = ({ write, activation }: CardPlan): string => {
  if (activation === undefined) return write.length > 0 ? 'write-only' : 'none';
  if (activation.rung === 'warm') return write.length > 0 ? 'write-then-warm' : 'warm';
  return activation.alternative === 'firmware-reset' ? 'cold-or-firmware-reset' : 'cold';
};

const upstreamOf = (given: JsonObject): Result<UpstreamPlan> => {
  const plan = upstreamPlan(stateOf(given), portsOf(given));
  const refused = plan.ok && plan.value.set.length > 0 && digText(given, 'bluefieldMode') === 'dpu';
  return refused ? upstreamDpuMode(digText(given, 'pci') ?? '') : plan;
};

const fwPlan = (given: JsonObject): Record<string, unknown> => {
  const upstream = upstreamOf(given);
  if (!upstream.ok) return { error: failing(upstream.fault.message), action: 'error' };
  const plan = planValues(wantedValues(stateOf(given), portsOf(given)), evidenceOf(given));
  return { upstream: upstream.value, action: actionOf(plan), error: null };
};

const fwPlanError = (given: JsonObject): Record<string, unknown> => {
  const plan =
    digFlag(given, 'lockdown') === true ? upstreamLockdown(digList(given, 'spec').length) : upstreamOf(given);
  return plan.ok
    ? { error: null, reboot: plan.value.reboot, set: plan.value.set }
    : { error: failing(plan.fault.message), reboot: false };
};

const fwPlanMulti = (given: JsonObject): Record<string, unknown> => {
  const cards = digList(given, 'nics').map((nic) => {
    const ports: WantedPorts = [
      { numVfs: digNumber(nic, 'desired') ?? digNumber(nic, 'desired', 'numVfs') ?? 0 },
      undefined,
    ];
    const state = stateOf(nic);
    return {
      pci: digText(nic, 'pci') ?? '',
      upstream: upstreamPlan(state, ports),
      ours: planValues(wantedValues(state, ports), {}),
    };
  });
  const devices = cards.filter(({ ours }) => ours.activation !== undefined).map(({ pci }) => pci);
  return {
    upstreamReboot: upstreamNodeReboot(cards.flatMap(({ upstream }) => (upstream.ok ? [upstream.value] : []))),
    ours: { reboot: devices.length > 0, devices },
  };
};

const queriedPort = (port: unknown): QueriedPort => {
  const values = (key: string): PortValues =>
    Object.fromEntries(
      Object.entries(digMap(port, key)).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(String) : String(value),
      ]),
    );
  return { default: values('default'), current: values('current'), next: values('next') };
};

const ncoPlan = (given: JsonObject): Record<string, unknown> => {
  const ports = digList(given, 'ports').map(queriedPort);
  const desired = Object.fromEntries(
    Object.entries(digMap(given, 'desired')).map(([name, value]) => [name, String(value)]),
  );
  const plan =
    digFlag(given, 'resetToDefault') === true ? nicConfigurationReset(ports) : nicConfigurationPlan(ports, desired);
  return { ...plan };
};

export const roomKinds: CaseKinds = {
  'kind:fw-plan': { answer: ({ given }) => fwPlan(given) },
  'kind:fw-plan-error': { answer: ({ given }) => fwPlanError(given) },
  'kind:fw-plan-unspecified': {
    answer: ({ given }) => {
      const supported = digFlag(given, 'supported');
      return {
        ...upstreamPlanUnspecified({
          storedByOperator: digFlag(given, 'storedByOperator') ?? false,
          externallyManaged: digFlag(given, 'externallyManaged') ?? false,
          ...(supported !== undefined && { supported }),
          next: firmwareOf(given['next'] as Json),
        }),
      };
    },
  },
  'kind:fw-plan-multi': { answer: ({ given }) => fwPlanMulti(given) },
  'kind:nco-plan': { answer: ({ given }) => ncoPlan(given) },
  'kind:nco-loop-breaker': {
    answer: ({ given }) => ({
      ...nicConfigurationLoopBreaker({
        condition: digText(given, 'condition') ?? '',
        secondsSinceTransition: digNumber(given, 'secondsSinceTransition') ?? 0,
        uptimeSeconds: digNumber(given, 'uptimeSeconds') ?? 0,
        stillNeedsReboot: digFlag(given, 'stillNeedsReboot') ?? false,
        resetToDefault: digFlag(given, 'resetToDefault') ?? false,
      }),
    }),
  },
};
