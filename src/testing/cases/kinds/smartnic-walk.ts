/** The groups power_helper, wire, flow and failure: programs of the room, walked through a world as the case tells it. */
import { digText } from '../../../core/model/dig.ts';
import type { NetworkCall } from '../../../core/smartnic/action.ts';
import { settleSeconds } from '../../../core/smartnic/agent-liveness.ts';
import type { BareMetalPort } from '../../../core/smartnic/bare-metal-port.ts';
import { flowNamed } from '../../../core/smartnic/flows.ts';
import {
  bindBody,
  createBody,
  RESET_MAC_BODY,
  tenantPlugBody,
  UNBIND_BODY,
} from '../../../core/smartnic/neutron-body.ts';
import { planFlow, setupCycles, type FlowFacts } from '../../../core/smartnic/plan-flow.ts';
import { bracketed, bracketWarnings, enterSteps, leaveSteps, needOf } from '../../../core/smartnic/power-bracket.ts';
import { portsToWire } from '../../../core/smartnic/port-info.ts';
import type { Practice } from '../../../core/smartnic/practice.ts';
import type { NetworkStep, Step } from '../../../core/smartnic/program.ts';
import { FAILED_STATE } from '../../../core/smartnic/provision-state.ts';
import { flatCalls, walk, type Walk } from '../../../core/smartnic/walk.ts';
import type { Call, World } from '../../../core/smartnic/world.ts';
import { planNetworkCall } from '../../../core/smartnic/wiring.ts';
import type { CaseKind, JsonObject } from '../case-kind.ts';
import { containing, inAnyOrder, noneOf } from '../matchers.ts';
import { calledWords, callsMatcher, tailMatcher } from './smartnic-calls.ts';
import { practiceFor, readFlowFacts, readPorts, readPower, readWorld, textOf, withDefaults } from './smartnic-given.ts';

type Answer = Record<string, unknown>;

const ONE_CARD = [{ is_smartnic: true, vif: 'V' }];

const afterPowerOn = (calls: readonly Call[]): readonly string[] =>
  calls
    .slice(calls.findIndex(({ word }) => word === 'power:on') + 1)
    .flatMap(({ action }) =>
      action.do === 'wait-agent' && action.until === 'down' ? [`wait_agent_restarted:${action.host}`] : [],
    );

const walkAnswer = ({ calls, powerAfter, failure, partial, gate }: Walk, more: readonly Call[] = []): Answer => ({
  calls: callsMatcher([...calls, ...more]),
  calls_tail: tailMatcher(calls),
  calls_any_order_after_power_on: inAnyOrder(afterPowerOn(calls)),
  not_called: noneOf(calledWords(calls)),
  power_after: powerAfter,
  raises: failure?.raises,
  error: failure === undefined ? undefined : containing(failure.message),
  message: failure?.message,
  gate,
  result: partial.length > 0 ? 'partial' : failure === undefined,
  log: partial.length > 0 ? 'warning' : undefined,
});

/** The body of the helper is the caller's: here one network call, which the case may let fail. */
const helperBody = (call: NetworkCall): NetworkStep => ({
  kind: 'network',
  call,
  because: 'the body of the helper',
  first: [],
  work: [],
});

const helperProgram = (given: JsonObject, facts: FlowFacts, practice: Practice): readonly Step[] => {
  const power = facts.power === 'power off' ? 'off' : 'on';
  if (given['handler'] === 'inspection_error') {
    // Here Ironic does restore in a finally.
    const inside = bracketed([helperBody('remove_inspection')], power, facts, practice, true);
    return 'kind' in inside ? [inside] : inside;
  }
  if (given['body'] !== undefined) {
    const inside = bracketed([helperBody('configure_tenant')], power, facts, practice);
    return 'kind' in inside ? [inside] : inside;
  }
  if ('restore' in given) {
    const to = readPower(given['restore']);
    return to === null ? [] : leaveSteps(to === 'power on' ? 'on' : 'off', facts);
  }
  return needOf(facts, practice).needed && power === 'off' ? enterSteps(facts, practice) : [];
};

export const powerHelperKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => {
    const practice = practiceFor(answering);
    const all = withDefaults(given, context);
    const wrapsBody = given['body'] !== undefined || given['handler'] !== undefined;
    const ports = readPorts(all, wrapsBody ? ONE_CARD : []);
    const read = readFlowFacts(all, ports);
    const asked = given['need_power_on'] ?? (wrapsBody ? true : undefined);
    const facts: FlowFacts = {
      ...read,
      ...(typeof asked === 'boolean' ? { powerNeed: { needed: asked, because: 'the network interface says so' } } : {}),
    };
    const unknown = 'power' in given && !['power on', 'power off'].includes(facts.power ?? '');
    if (unknown && needOf(facts, practice).needed && practice.refusesUnknownPower)
      return { error: containing('power state unknown, refusing to wire'), result: null, calls: callsMatcher([]) };
    const before = 'restore' in given ? 'power on' : given['power'];
    const done = walk(
      helperProgram(given, facts, practice),
      readWorld({ ...all, power: before ?? null }, ports),
      practice,
    );
    // With a body the helper's own calls are compared; an inspection's network call is part of the handler.
    const calls = given['body'] === undefined ? done.calls : done.calls.filter(({ action }) => action.do !== 'network');
    const cycled = done.calls.some(({ word }) => word === 'power:on');
    return {
      ...walkAnswer({ ...done, calls }),
      result: cycled ? facts.power : null,
      warn: bracketWarnings(facts, practice).join('; ') || undefined,
      sleep_s: settleSeconds(facts.agentPollSeconds ?? 2),
    };
  },
};

const OPERATIONS: Readonly<Record<string, NetworkCall>> = {
  add_ports: 'add_cleaning',
  remove_ports: 'remove_cleaning',
  configure_tenant: 'configure_tenant',
  configure_tenant_networks: 'configure_tenant',
  unconfigure_tenant: 'unconfigure_tenant',
  unconfigure_tenant_networks: 'unconfigure_tenant',
};

const bodies = (operation: NetworkCall, port: BareMetalPort, given: JsonObject): Answer => {
  const instanceUuid = digText(given, 'instance_uuid');
  const networkId = digText(given, 'network_id');
  const groups = given['security_groups'];
  const context = {
    nodeUuid: digText(given, 'node_uuid') ?? 'node-1',
    ...(instanceUuid === undefined ? {} : { instanceUuid }),
    ...(networkId === undefined ? {} : { networkId }),
    ...(Array.isArray(groups) ? { securityGroups: groups.map((each) => textOf(each)) } : {}),
  };
  return {
    create: createBody(port, context),
    bind: operation === 'configure_tenant' ? tenantPlugBody(port, context) : bindBody(port, context),
    unbind: UNBIND_BODY,
    reset_mac: RESET_MAC_BODY,
  };
};

/** One call of the network interface alone: its calls are those at the ports. */
const answerOperation = (given: JsonObject, all: JsonObject, practice: Practice): Answer => {
  const operation = OPERATIONS[textOf(given['op'])] ?? 'add_cleaning';
  const ports = readPorts(all, ONE_CARD);
  const facts = readFlowFacts({ ...all, power: 'on' }, ports);
  const done = walk([planNetworkCall(operation, facts, practice)], readWorld({ ...all, power: 'on' }, ports), practice);
  const calls = done.calls.flatMap(({ steps }) => steps ?? []);
  const created = flatCalls(calls).filter(({ word, failed }) => word === 'port:create' && failed !== true).length;
  const [first] = portsToWire(ports, all['add_all_ports'] === true);
  return {
    ...walkAnswer({ ...done, calls }),
    created,
    ...(first === undefined ? {} : bodies(operation, first, given)),
    rule: practice.wiresAllOrNothing
      ? 'partial wiring of a node is an error: the ports that worked are undone'
      : undefined,
  };
};

export const wireKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) =>
    answerOperation(given, withDefaults(given, context), practiceFor(answering)),
};

/** Names that a case may use for the same flow. */
const FLOW_ALIASES: Readonly<Record<string, string>> = {
  'inspect.prepare': 'inspect.start',
  'inspection.start': 'inspect.start',
  'inspection.prepare': 'inspect.start',
  'inspect.tear_down': 'inspect.end',
  'inspect.finish': 'inspect.end',
  'inspection.end': 'inspect.end',
  'inspection.tear_down': 'inspect.end',
  'deploy.reboot_and_finish_deploy': 'deploy.reboot_and_finish',
  'ansible.reboot_and_finish_deploy': 'deploy.reboot_and_finish',
  'ansible.reboot_and_finish': 'deploy.reboot_and_finish',
  'rescue.finalize_rescue': 'rescue.finalize',
  'unrescue.unrescue': 'rescue.unrescue',
  'iscsi.prepare': 'deploy.prepare',
  'iscsi.deploy': 'deploy.deploy',
  'iscsi.tear_down': 'deploy.tear_down',
  'ramdisk.tear_down': 'deploy.tear_down',
  'anaconda.tear_down': 'deploy.tear_down',
  'network.reattach_networking': 'service.reattach_networking',
  reattach_networking: 'service.reattach_networking',
  'deploy.rescue': 'rescue.rescue',
  'deploy.unrescue': 'rescue.unrescue',
};

/** What Ironic's conductor runs after a failed flow; a case lists it or does not. */
const recovery = (name: string, done: Walk, facts: FlowFacts, world: World, practice: Practice): readonly Call[] => {
  const by = flowNamed(name)?.recoversBy;
  if (by === undefined || done.failure === undefined || practice.restoresAfterFailure) return [];
  const planned = planFlow(by, { ...facts, power: `power ${done.powerAfter}` }, practice);
  if (!planned.ok) return [];
  const again = walk(planned.value.program, { ...world, power: done.powerAfter }, practice);
  return again.calls.map((call) => ({ ...call, role: 'recovery' }));
};

const answerFlow = (given: JsonObject, all: JsonObject, practice: Practice): Answer => {
  const asked = textOf(given['flow']);
  const name = FLOW_ALIASES[asked] ?? asked;
  const ports = readPorts(all, ONE_CARD).map((port) => ({ ...port, tenantVif: port.tenantVif ?? 'V' }));
  const facts = readFlowFacts(all, ports);
  const planned = planFlow(name, facts, practice);
  if (!planned.ok) return { error: containing(planned.fault.message), calls: callsMatcher([]), raises: 'refused' };
  const { flow, program, warnings, nextState } = planned.value;
  const world = readWorld(all, ports);
  const done = walk(program, world, practice);
  const learnt = facts.agentsAliveWhileOff !== undefined && practice.heedsPowerDomain;
  return {
    ...walkAnswer(done, recovery(name, done, facts, world, practice)),
    next_state: done.failure === undefined ? (nextState ?? null) : FAILED_STATE[flow.family],
    // oxlint-disable-next-line unicorn/no-thenable -- the case schema has this key
    then: flow.continues,
    power_cycles: setupCycles(program),
    warn: warnings.join('; ') || undefined,
    rule: learnt ? 'agent alive while the host is off means own power: wire at once' : undefined,
  };
};

export const flowKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => answerFlow(given, withDefaults(given, context), practiceFor(answering)),
};

export const failureKind: CaseKind = {
  deviates: true,
  answer: (input, context) =>
    input.given['flow'] === undefined ? wireKind.answer(input, context) : flowKind.answer(input, context),
};
