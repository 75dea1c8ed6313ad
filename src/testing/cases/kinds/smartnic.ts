/** The groups of the smart NIC cases, answered by core/smartnic. Reading what is given stands in smartnic-given.ts. */
import { dig, digText, isMap } from '../../../core/model/dig.ts';
import {
  deathSeenAfterSeconds,
  settleSeconds,
  waitForAgent,
  waitForPort,
} from '../../../core/smartnic/agent-liveness.ts';
import {
  externalIds,
  plugEffect,
  queueForUpdate,
  resync,
  treatmentOf,
  unplugEffect,
} from '../../../core/smartnic/agent-plug.ts';
import type { BareMetalPort } from '../../../core/smartnic/bare-metal-port.ts';
import { flowNamed } from '../../../core/smartnic/flows.ts';
import {
  clientRefuses,
  ironicclientRequests,
  openstacksdkRequests,
  type ClientName,
} from '../../../core/smartnic/ironic-client.ts';
import { parseMicroversion, RECORDED_HIGHEST } from '../../../core/smartnic/microversion.ts';
import {
  bindBody,
  createBody,
  RESET_MAC_BODY,
  tenantPlugBody,
  UNBIND_BODY,
} from '../../../core/smartnic/neutron-body.ts';
import { judgeBinding, type BindingAgent } from '../../../core/smartnic/neutron-bind.ts';
import { planFlow, setupCycles, type FlowFacts } from '../../../core/smartnic/plan-flow.ts';
import {
  bracketed,
  bracketWarnings,
  enterSteps,
  leaveSteps,
  needOf,
  type BracketFacts,
} from '../../../core/smartnic/power-bracket.ts';
import { needPowerOn } from '../../../core/smartnic/power-domain.ts';
import { judgePortInfo, portsToWire } from '../../../core/smartnic/port-info.ts';
import type { Practice } from '../../../core/smartnic/practice.ts';
import type { NetworkStep, Step } from '../../../core/smartnic/program.ts';
import { FAILED_STATE } from '../../../core/smartnic/provision-state.ts';
import { flatCalls, walk, type Call, type Walk, type World } from '../../../core/smartnic/walk.ts';
import { planNetworkCall } from '../../../core/smartnic/wiring.ts';
import type { NetworkCall } from '../../../core/smartnic/action.ts';
import type { CaseKind, CaseKinds, JsonObject } from '../case-kind.ts';
import { containing, exactly, inAnyOrder, noneOf } from '../matchers.ts';
import { calledWords, callsMatcher, tailMatcher } from './smartnic-calls.ts';
import { practiceFor, readFlowFacts, readPorts, readPower, readWorld, withDefaults } from './smartnic-given.ts';
import { answerPortRequest } from './smartnic-port.ts';

type Answer = Record<string, unknown>;

const ONE_CARD = [{ is_smartnic: true, vif: 'V' }];

const needPowerOnKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => {
    const all = withDefaults(given, context);
    const need = needPowerOn(String(all['network_interface']), readPorts(all, []), practiceFor(answering));
    return { result: need.needed, reason: need.because, warn: need.warn };
  },
};

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

const helperProgram = (given: JsonObject, facts: FlowFacts & BracketFacts, practice: Practice): readonly Step[] => {
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

const powerHelperKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => {
    const practice = practiceFor(answering);
    const all = withDefaults(given, context);
    const wrapsBody = given['body'] !== undefined || given['handler'] !== undefined;
    const ports = readPorts(all, wrapsBody ? ONE_CARD : []);
    const read = readFlowFacts(all, ports);
    const asked = given['need_power_on'] ?? (wrapsBody ? true : undefined);
    const facts: FlowFacts & BracketFacts = {
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

const seconds = (value: unknown): number | undefined =>
  typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : undefined;

const waitKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => {
    const all = withDefaults(given, context);
    const practice = practiceFor(answering);
    if (typeof given['agent_down_time_s'] === 'number' && given['target'] === undefined) {
      const [earliest, latest] = deathSeenAfterSeconds(
        given['agent_down_time_s'],
        Number(given['report_interval_s'] ?? 30),
        Number(all['agent_poll_interval_s']),
      );
      return { alive_false_after_s: [earliest, latest] };
    }
    const attempts = Number(given['max_attempts'] ?? all['agent_max_attempts']);
    if (given['status'] !== undefined) {
      const statuses = Array.isArray(given['status']) ? given['status'] : [given['status']];
      const vifType = digText(given, 'vif_type');
      const looks = statuses.map((status) => ({
        status: String(status),
        ...(vifType === undefined ? {} : { vifType }),
      }));
      const done = waitForPort(String(given['target'] ?? 'ACTIVE'), 'port1', looks, attempts, given['fatal'] === true);
      return { result: done.reached, polls: done.polls, raises: done.raises, message: done.message };
    }
    const sighting = (item: unknown): { type?: string; alive: boolean; startedAtMs?: number } => {
      const type = digText(item, 'agent_type');
      const startedAtMs = seconds(dig(item, 'started_at'));
      return {
        alive: isMap(item) ? item['alive'] === true : item === true,
        ...(type === undefined ? {} : { type }),
        ...(startedAtMs === undefined ? {} : { startedAtMs }),
      };
    };
    const looks = Array.isArray(given['agents'])
      ? [given['agents'].map(sighting)]
      : (Array.isArray(given['alive']) ? given['alive'] : [given['alive']]).map((alive) => [sighting(alive)]);
    const host = digText(all, 'llc', 'hostname') ?? 'host1';
    const done = waitForAgent(String(given['target']), host, looks, attempts, practice, seconds(given['power_on_at']));
    return {
      result: done.reached,
      polls: done.polls,
      raises: done.raises,
      message: done.message,
      rule: practice.asksOvsAgentOnly
        ? 'the agent of type Open vSwitch agent speaks for the card, no other'
        : undefined,
    };
  },
};

const portInfoKind: CaseKind = {
  deviates: true,
  answer: ({ given }, context) => {
    const [port] = readPorts({ ports: [given] }, []);
    const networkInterface = String(withDefaults(given, context)['network_interface']);
    if (port === undefined) return {};
    const verdict = judgePortInfo(port, networkInterface);
    return { result: verdict.usable, log: verdict.log, reason: verdict.because };
  },
};

const portKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => answerPortRequest(withDefaults(given, context), practiceFor(answering)),
};

const clientKind: CaseKind = {
  deviates: true,
  answer: (input, context) => {
    const { given } = input;
    if (given['patch'] !== undefined) return portKind.answer(input, context);
    if (typeof given['call'] === 'string') return { requests: openstacksdkRequests(given['call']) };
    const max = parseMicroversion(String(given['server_max'] ?? '1.82'), RECORDED_HIGHEST) ?? RECORDED_HIGHEST;
    const client = String(given['client'] ?? 'ironicclient') as ClientName;
    const refusal = ['ironicclient', 'openstacksdk', 'gophercloud'].includes(client)
      ? clientRefuses(client, `1.${max.minor}`)
      : undefined;
    return {
      requests: ironicclientRequests(String(given['command']), max),
      error: refusal === undefined ? undefined : containing(refusal),
    };
  },
};

const neutronBindKind: CaseKind = {
  deviates: true,
  answer: ({ given }) => {
    const agent = isMap(given['agent']) ? given['agent'] : undefined;
    const texts = (value: unknown): readonly string[] | undefined =>
      Array.isArray(value) ? value.map(String) : isMap(value) ? Object.keys(value) : undefined;
    const tunnelTypes = texts(agent?.['tunnel_types']);
    const bridgeMappings = texts(agent?.['bridge_mappings']);
    const ifaceTypes = texts(agent?.['iface_types']);
    const datapathType = digText(agent, 'datapath_type');
    const read: BindingAgent | undefined =
      agent === undefined
        ? undefined
        : {
            alive: agent['alive'] === true,
            baremetalSmartNic: agent['baremetal_smartnic'] === true,
            ...(tunnelTypes === undefined ? {} : { tunnelTypes }),
            ...(bridgeMappings === undefined ? {} : { bridgeMappings }),
            ...(ifaceTypes === undefined ? {} : { ifaceTypes }),
            ...(datapathType === undefined ? {} : { datapathType }),
          };
    const segment = isMap(given['segment']) ? given['segment'] : given;
    const networkType = digText(segment, 'network_type');
    const physicalNetwork = digText(segment, 'physical_network');
    const verdict = judgeBinding(
      String(given['vnic_type']),
      read,
      networkType === undefined
        ? undefined
        : { networkType, ...(physicalNetwork === undefined ? {} : { physicalNetwork }) },
    );
    return {
      http: verdict.http,
      vif_type: verdict.vifType,
      status_then: verdict.statusThen,
      message: verdict.message,
      reason: verdict.because,
    };
  },
};

const agentKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }) => {
    const practice = practiceFor(answering);
    if (given['server_ports'] !== undefined || given['bridge_ports'] !== undefined) {
      const names = (key: string): string[] => (Array.isArray(given[key]) ? given[key].map(String) : []);
      const sync = resync(
        names('server_ports'),
        names('bridge_ports').map((id) => ({ name: id, ifaceId: id })),
        practice,
      );
      return { queued_unplug: sync.unplug, queued_plug: sync.plug };
    }
    const event = String(given['event'] ?? '');
    if (event.includes('plug') && !event.includes('unplug')) {
      const effect = plugEffect(String(given['datapath_type'] ?? 'system'), practice);
      const ids = externalIds({ neutronPortId: 'P', address: 'A', deviceId: 'D', nodeUuid: 'N' }, practice);
      return { external_ids: Object.keys(ids), datapath_type_after: effect.datapathTypeAfter, port: effect.port };
    }
    if (event !== '') {
      const effect = unplugEffect(given['agent'] === undefined || given['agent'] === 'alive', practice);
      return {
        bridge_port: effect.bridgePort,
        tag: effect.tag,
        verified_by: effect.verifiedBy,
        or_else: effect.orElse,
      };
    }
    const host = String(given['host'] ?? '');
    const profilePort = digText(given, 'profile_port');
    const { queued, because } = queueForUpdate({
      bindingHost: host === 'own' ? 'own-host' : host,
      ownHost: 'own-host',
      vifType: String(given['vif_type']),
      vnicType: String(given['vnic_type'] ?? 'smart-nic'),
      ...(profilePort === undefined ? {} : { profilePort }),
      ...(given['known'] === true ? { pluggedAs: profilePort ?? 'rep_port' } : {}),
    });
    return {
      queued: queued ?? null,
      treated: queued === undefined ? null : treatmentOf(queued.vif_type),
      reason: because,
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
    ...(Array.isArray(groups) ? { securityGroups: groups.map(String) } : {}),
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
  const operation = OPERATIONS[String(given['op'])] ?? 'add_cleaning';
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

const wireKind: CaseKind = {
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
  const asked = String(given['flow']);
  const name = FLOW_ALIASES[asked] ?? asked;
  const ports = readPorts(all, ONE_CARD).map((port) => ({ ...port, tenantVif: port.tenantVif ?? 'V' }));
  const facts = readFlowFacts(all, ports);
  const planned = planFlow(name, facts, practice);
  if (!planned.ok) return { error: containing(planned.fault.message), calls: callsMatcher([]), raises: 'refused' };
  const { flow, program, warnings } = planned.value;
  const world = readWorld(all, ports);
  const done = walk(program, world, practice);
  const learnt = facts.agentsAliveWhileOff !== undefined && practice.heedsPowerDomain;
  return {
    ...walkAnswer(done, recovery(name, done, facts, world, practice)),
    next_state: done.failure === undefined ? flow.nextState : FAILED_STATE[flow.family],
    then: flow.continues,
    power_cycles: setupCycles(program),
    warn: warnings.join('; ') || undefined,
    rule: learnt ? 'agent alive while the host is off means own power: wire at once' : undefined,
  };
};

const flowKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => answerFlow(given, withDefaults(given, context), practiceFor(answering)),
};

const failureKind: CaseKind = {
  deviates: true,
  answer: (input, context) =>
    input.given['flow'] === undefined ? wireKind.answer(input, context) : flowKind.answer(input, context),
};

export const roomKinds: CaseKinds = {
  'group:need_power_on': needPowerOnKind,
  'group:power_helper': powerHelperKind,
  'group:wait': waitKind,
  'group:port_info': portInfoKind,
  'group:port_api': portKind,
  'group:update_state': portKind,
  'group:client': clientKind,
  'group:neutron_bind': neutronBindKind,
  'group:agent': agentKind,
  'group:wire': wireKind,
  'group:flow': flowKind,
  'group:failure': failureKind,
};
