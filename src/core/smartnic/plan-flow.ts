/** A flow of flows.ts for one node: which of its elements apply, with power followed from one to the next. */
import type { NetworkCall, Power } from './action.ts';
import { bracketed, bracketWarnings, needOf, type BracketFacts } from './power-bracket.ts';
import { flowNamed, type Flow, type FlowCondition, type FlowElement } from './flows.ts';
import type { Practice } from './practice.ts';
import type { ProvisionState } from './provision-state.ts';
import { act, type NetworkStep, type Program, type Step } from './program.ts';
import { fail, ok, type Result } from '../result.ts';
import { planNetworkCall, type WiringFacts } from './wiring.ts';

export interface FlowFacts extends BracketFacts, WiringFacts {
  /** As read from the BMC now: `power on`, `power off`, `error`, or null where it cannot be read. */
  readonly power: string | null;
  readonly conditions?: readonly FlowCondition[];
  /** Hosts of cards whose agent reported while the host was off. */
  readonly agentsAliveWhileOff?: readonly string[];
}

export interface PlannedFlow {
  readonly name: string;
  readonly flow: Flow;
  readonly program: Program;
  readonly warnings: readonly string[];
  /** What power is when all of it worked. */
  readonly powerAfter: Power;
  /** The state that the node is in then; undefined: the one it was in. */
  readonly nextState: ProvisionState | undefined;
}

/** `error` and any other word count as on where Ironic is imitated: it only asks for "power off". */
const knownPower = (power: string | null): Power | undefined =>
  power === 'power off' ? 'off' : power === 'power on' ? 'on' : undefined;

const applies = (unless: readonly FlowCondition[] | undefined, conditions: readonly FlowCondition[]): boolean =>
  !(unless ?? []).some((condition) => conditions.includes(condition));

/** Ports whose agent was seen alive while the host was off have power of their own. */
export const withLearntDomains = (facts: FlowFacts): FlowFacts => {
  const seen = facts.agentsAliveWhileOff ?? [];
  if (seen.length === 0) return facts;
  return {
    ...facts,
    ports: facts.ports.map((port) =>
      (port.powerDomain ?? 'unknown') === 'unknown' && seen.includes(port.link.hostname ?? '')
        ? { ...port, powerDomain: 'own' }
        : port,
    ),
  };
};

interface Planned {
  readonly steps: readonly Step[];
  readonly power: Power;
}

const wire = (
  element: Extract<FlowElement, { wire: readonly NetworkCall[] }>,
  power: Power,
  facts: FlowFacts,
  practice: Practice,
): readonly Step[] => {
  const conditions = facts.conditions ?? [];
  const steps: readonly NetworkStep[] = element.wire.map((call) => planNetworkCall(call, facts, practice));
  const asIs = (element.asIsWhen ?? []).some((condition) => conditions.includes(condition));
  if (asIs || (element.unwrappedByIronic === true && !practice.wakesCardForAnaconda)) return steps;
  const inBracket = bracketed(steps, power, facts, practice);
  if (!('kind' in inBracket)) return inBracket;
  const condition = element.leftAwakeByIronicWhen;
  const leftAwake = condition !== undefined && conditions.includes(condition) && !practice.restoresAfterCleanFailure;
  return [leftAwake ? { ...inBracket, leave: [], alwaysLeaves: false } : inBracket];
};

const planElement = (element: FlowElement, power: Power, facts: FlowFacts, practice: Practice): Planned => {
  const conditions = facts.conditions ?? [];
  const onlyWhen = 'reboot' in element ? element.onlyWhen : undefined;
  if (!applies(element.unless, conditions) || (onlyWhen !== undefined && !conditions.includes(onlyWhen)))
    return { steps: [], power };
  if ('off' in element)
    return {
      steps: [
        act(
          { do: 'power', to: 'off', ...(power === 'off' ? { noop: true as const } : {}) },
          element.off === 'soft'
            ? 'the ramdisk is asked to shut down, then power is cut'
            : 'nothing may run while networks change',
        ),
      ],
      power: 'off',
    };
  if ('boot' in element) return { steps: [act({ do: 'boot', call: element.boot }, BOOT_BECAUSE[element.boot])], power };
  if ('wire' in element) {
    const steps = wire(element, power, facts, practice);
    const left = steps.some((step) => step.kind === 'awake' && step.leave.length === 0);
    return { steps, power: left ? 'on' : power };
  }
  const reboots = 'reboot' in element || conditions.includes('disable-power-off');
  return {
    steps: [act({ do: 'power', to: reboots ? 'reboot' : 'on' }, 'the wiring is proved, so the host may boot')],
    power: 'on',
  };
};

const BOOT_BECAUSE = {
  prepare_ramdisk: 'the next boot is the ramdisk',
  clean_up_ramdisk: 'the ramdisk is no longer offered',
  prepare_instance: 'the next boot is the instance',
  clean_up_instance: 'the instance is no longer offered',
} as const;

/** The program of a flow, or the reason why it must not be started. */
export const planFlow = (name: string, given: FlowFacts, practice: Practice): Result<PlannedFlow> => {
  const flow = flowNamed(name);
  if (flow === undefined) return fail('usage-unknown-flow', `There is no flow ${name}.`);
  const facts = practice.heedsPowerDomain ? withLearntDomains(given) : given;
  const need = needOf(facts, practice);
  const known = knownPower(facts.power);
  const wires = flow.elements.some((element) => 'wire' in element);
  if (known === undefined && wires && need.needed && practice.refusesUnknownPower)
    return fail(
      'refused-power-unknown',
      `power state unknown, refusing to wire: node ${facts.node} may be off with its card dark; make its BMC answer first.`,
    );
  let power: Power = known ?? 'on';
  const program: Step[] = [];
  for (const element of flow.elements) {
    const planned = planElement(element, power, facts, practice);
    program.push(...planned.steps);
    power = planned.power;
  }
  const cycles = program.some((step) => step.kind === 'awake');
  const warnings = [
    ...(need.warn === undefined ? [] : [need.warn]),
    ...(cycles ? bracketWarnings(facts, practice) : []),
  ];
  const nextState = applies(flow.nextStateUnless, facts.conditions ?? []) ? flow.nextState : undefined;
  return ok({ name, flow, program, warnings, powerAfter: power, nextState });
};

/** How often the host is booted into setup. */
export const setupCycles = (program: Program): number => program.filter((step) => step.kind === 'awake').length;
