/**
 * Everything that is to be said of one bare-metal node: where it stands, what is missing, and what a flow would do to it,
 * step by step. Reading files is done before; printing comes after.
 */
import { DEPLOY_INTERFACES, deployInterface, FLOW_FAMILIES } from '../deploy-interface.ts';
import { planFlow, setupCycles, type FlowFacts, type PlannedFlow } from '../plan-flow.ts';
import { needPowerOn, type PowerNeed } from '../power-domain.ts';
import type { Practice } from '../practice.ts';
import { factsOfState, USUAL_FLOW, type FlowFamily, type ProvisionState } from '../provision-state.ts';
import type { BareMetalFacts, NodeFacts } from '../readers/bare-metal-facts.ts';
import { fail, ok, type Fault, type Result } from '../../result.ts';
import type { Origin } from '../../snapshot/snapshot.ts';
import { explainSteps, type ExplainedStep } from './explained-steps.ts';
import { findNode, nameOf } from './find-node.ts';
import { byLevel, type NodeFinding } from './finding.ts';
import { isolationOf, type IsolationCheck } from './isolation.ts';
import { nodeFindings } from './node-findings.ts';
import { portFindings } from './port-findings.ts';
import { picturesOf, plannedPort, type PortPicture } from './port-picture.ts';
import { standingOf, type PortStanding } from './port-standing.ts';

export interface ExplainOptions {
  readonly practice: Practice;
  readonly deployInterface?: string;
  readonly flow?: FlowFamily;
}

export interface ExplainedPort {
  readonly name: string;
  /** A: the port at the host. */
  readonly address?: string;
  /** B: its port in the card's bridge. */
  readonly bridgePort?: string;
  readonly bridge: string;
  /** C: the card's way out. */
  readonly uplink?: string;
  readonly host?: string;
  readonly agent: string;
  /** Whether the agent saw the binding come, or knows it by its resync only. */
  readonly agentSince?: string;
  readonly neutronPort?: string;
  readonly standing: PortStanding;
}

export interface Explanation {
  readonly node: NodeFacts;
  readonly name: string;
  readonly headline: string;
  readonly standsAt: string;
  readonly flow: FlowFamily;
  readonly deployInterface: string;
  readonly practice: 'ours' | 'ironic';
  readonly notes: readonly string[];
  readonly power: PowerNeed;
  /** How often the host is booted into its setup. */
  readonly setupCycles: number;
  /** Why the flow must not be started now. */
  readonly refused?: string;
  readonly steps: readonly ExplainedStep[];
  readonly ports: readonly ExplainedPort[];
  readonly findings: readonly NodeFinding[];
  readonly isolation: readonly IsolationCheck[];
  readonly origins: readonly Origin[];
}

const knownInterfaces = (): string => Object.keys(DEPLOY_INTERFACES).sort().join(', ');

const unknownInterface = (name: string): { ok: false; fault: Fault } =>
  fail('usage-deploy-interface', `There is no deploy interface ${name}; the known ones are ${knownInterfaces()}.`);

/** The flow that was asked for, the one the node is in, or what is most often asked of a node that rests in its state. */
export const flowFor = (asked: FlowFamily | undefined, state: string | undefined): FlowFamily =>
  asked ?? factsOfState(state ?? '')?.flow ?? USUAL_FLOW[(state ?? '') as ProvisionState] ?? 'deploy';

export const isFlowFamily = (word: string): word is FlowFamily => (FLOW_FAMILIES as readonly string[]).includes(word);

const PHASES = {
  stable: 'nothing runs',
  moving: 'the conductor is at work',
  waiting: 'the ramdisk is expected to call',
  failed: 'the last flow failed, and a person has to act',
} as const;

const standsAtText = (node: NodeFacts, parts: readonly PlannedFlow[]): string => {
  const state = node.provisionState ?? 'unknown';
  const known = factsOfState(state);
  const after = parts.find(({ flow }) => flow.nextState === state && known?.phase === 'waiting');
  return [
    `${state}${known === undefined ? ', a state that Ironic does not have' : `: ${PHASES[known.phase]}`}`,
    ...(after === undefined ? [] : [`${after.name} is done`]),
    ...(node.powerState === undefined ? [] : [node.powerState ?? 'power unknown']),
  ].join(', ');
};

const agentText = ({ agent, host }: PortPicture): string => {
  if (host === undefined) return 'none: the link names no host';
  if (agent === undefined) return `none read for ${host}`;
  return `${host} ${agent.alive === undefined ? 'unknown' : agent.alive ? 'alive' : 'not alive'}`;
};

const agentSince = ({ agent, host, neutronPorts }: PortPicture): string | undefined => {
  const bound = neutronPorts.find(({ hostId }) => hostId !== undefined && hostId === host);
  if (agent?.startedAtMs === undefined || bound?.updatedAtMs === undefined) return undefined;
  const seconds = Math.round((bound.updatedAtMs - agent.startedAtMs) / 1000);
  return `started ${Math.abs(seconds)} s ${seconds >= 0 ? 'before' : 'after'} the last change of its Neutron port`;
};

const explainPort = (picture: PortPicture): ExplainedPort => {
  const { name, port, bridgePort, bridge, uplink, host, neutronPorts } = picture;
  const [first] = neutronPorts;
  const since = agentSince(picture);
  return {
    name,
    ...(port.address === undefined ? {} : { address: port.address }),
    ...(bridgePort === undefined ? {} : { bridgePort }),
    bridge,
    ...(uplink === undefined ? {} : { uplink }),
    ...(host === undefined ? {} : { host }),
    agent: port.isSmartNic === true ? agentText(picture) : '-',
    ...(since === undefined ? {} : { agentSince: since }),
    ...(first === undefined ? {} : { neutronPort: `${first.id} ${first.status ?? ''}`.trim() }),
    standing: standingOf(picture),
  };
};

interface Planned {
  readonly parts: readonly PlannedFlow[];
  readonly refused?: string;
}

/** The parts of a family one after the other, each with the power that the one before left. */
const planParts = (names: readonly string[], facts: FlowFacts, practice: Practice): Planned => {
  const parts: PlannedFlow[] = [];
  let power = facts.power;
  for (const name of names) {
    const planned = planFlow(name, { ...facts, power }, practice);
    if (!planned.ok) return { parts, refused: planned.fault.message };
    parts.push(planned.value);
    power = `power ${planned.value.powerAfter}`;
  }
  return { parts };
};

const LONGEST = 160;
const shortened = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)} ...`);

const headlineOf = (
  name: string,
  flow: FlowFamily,
  explanation: { findings: readonly NodeFinding[]; ports: readonly ExplainedPort[]; refused: string | undefined },
): string => {
  const { findings, ports, refused } = explanation;
  const problems = findings.filter(({ level }) => level === 'problem');
  // That the last flow failed is the symptom; what stands beside it is nearer to the cause.
  const first = problems.find(({ id }) => id !== 'state-failed') ?? problems[0];
  if (first !== undefined)
    return `${name} is not ready for ${flow}: ${first.about}: ${shortened(first.says)}${problems.length > 1 ? `; and ${problems.length - 1} more` : ''}`;
  if (refused !== undefined) return `${name} must not be touched now: ${refused}`;
  const cards = ports.filter(({ standing }) => standing.wired !== 'no smart NIC');
  if (ports.length === 0) return `${name}: no port of it was read, so what a flow does to its networks cannot be told`;
  if (cards.length === 0)
    return `${name} has no smart NIC port: its networks change while it is off, and it is never booted into setup`;
  const proved = cards.filter(({ standing }) => standing.wired === 'proved');
  const missing = findings.some(({ level }) => level === 'unknown') ? '; some facts were not given' : '';
  return `Nothing that was read stands against ${flow} of ${name}: ${proved.length} of ${cards.length} smart NIC ports proved wired now${missing}`;
};

export const explainNode = (wanted: string, facts: BareMetalFacts, options: ExplainOptions): Result<Explanation> => {
  const found = findNode(wanted, facts);
  if (!found.ok) return found;
  const node = found.value;
  const { practice } = options;
  const interfaceName = options.deployInterface ?? node.deployInterface ?? 'direct';
  const chosen = deployInterface(interfaceName);
  if (chosen === undefined) return unknownInterface(interfaceName);
  const flow = flowFor(options.flow, node.provisionState);
  const pictures = picturesOf(node, facts);
  // A flow that wires tenant networks is shown for ports whose VIF is attached before it starts.
  const ports = pictures
    .map(plannedPort)
    .map((port) => ({ ...port, tenantVif: port.tenantVif ?? 'the VIF attached by then' }));
  const networkInterface = node.networkInterface ?? 'neutron';
  const flowFacts: FlowFacts = {
    node: nameOf(node),
    networkInterface,
    ports,
    power: node.powerState ?? null,
    ...(node.provisionState === undefined ? {} : { provisionState: node.provisionState }),
    forcePersistentBootDevice: node.forcePersistentBootDevice,
    conditions: node.disablePowerOff === true ? ['disable-power-off'] : [],
  };
  const { parts, refused } = planParts(chosen.parts[flow], flowFacts, practice);
  const cycles = parts.reduce((sum, { program }) => sum + setupCycles(program), 0);
  const power = needPowerOn(networkInterface, ports, practice);
  const findings = byLevel([
    ...nodeFindings(node, facts, cycles > 0),
    ...pictures.flatMap((picture) => portFindings(picture, node, facts)),
    ...noPorts(pictures, node, facts),
  ]);
  const explained = pictures.map(explainPort);
  const notes = [
    ...(chosen.note === undefined ? [] : [chosen.note]),
    ...(node.deployInterface === undefined && options.deployInterface === undefined
      ? ['the deploy interface was not read; the steps are those of direct']
      : []),
    ...(node.networkInterface === undefined ? ['the network interface was not read; neutron is assumed'] : []),
    ...new Set(parts.flatMap(({ warnings }) => warnings)),
    ...(flow === 'unrescue' && cycles > 1
      ? ['the host is booted into setup twice: once to cut the rescue network, once to wire the tenant']
      : []),
  ];
  return ok({
    node,
    name: nameOf(node),
    headline: headlineOf(nameOf(node), flow, { findings, ports: explained, refused }),
    standsAt: standsAtText(node, parts),
    flow,
    deployInterface: interfaceName,
    practice: practice.name,
    notes,
    power,
    setupCycles: cycles,
    ...(refused === undefined ? {} : { refused }),
    steps: explainSteps(parts),
    ports: explained,
    findings,
    isolation: pictures.some(({ port }) => port.isSmartNic === true) ? isolationOf(pictures, facts) : [],
    origins: [
      ...new Map(
        [node, ...facts.ports, ...facts.neutronPorts, ...facts.agents, ...facts.switches, ...facts.systems].map(
          ({ origin }) => [origin.source, origin],
        ),
      ).values(),
    ],
  });
};

const noPorts = (pictures: readonly PortPicture[], node: NodeFacts, facts: BareMetalFacts): readonly NodeFinding[] =>
  pictures.length > 0
    ? []
    : [
        {
          id: facts.listed.has('ironic-ports') ? 'no-ports' : 'ports-not-read',
          level: facts.listed.has('ironic-ports') ? 'problem' : 'unknown',
          about: `node ${nameOf(node)}`,
          says: facts.listed.has('ironic-ports') ? 'none of the ports given is its' : 'its ports were not read',
          because: 'without a port nothing of it can be wired',
          wayOut: `openstack baremetal port list --node ${nameOf(node)} --long -f json`,
          origins: [node.origin],
        },
      ];
