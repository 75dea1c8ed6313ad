/** Neutron binds a port through its mechanism drivers; none that is loaded takes this port's vnic_type. */
import { textEvidence } from '../../evidence.ts';
import type { Facts } from '../../facts.ts';
import type { Evidence, Statement } from '../../finding.ts';
import { judgeBinding } from '../../../smartnic/neutron-bind.ts';
import { defineRule } from '../../rule.ts';
import type { TellingLine } from '../../telling-lines.ts';
import { agentText, neutronPortId, neutronPortText, nodeUuid } from '../world-bare-metal.ts';
import { literally } from '../../literally.ts';
import { nodeBy, quote, scopeOfNode } from './nodes.ts';

const RULE = 'mechanism-driver-missing';

/** Whether a driver of ML2 binds ports of a type; undefined for one that is not known here. Its own table is core/smartnic's. */
const binds = (driver: string, vnicType: string): boolean | undefined => {
  switch (driver) {
    case 'openvswitch':
      return judgeBinding(vnicType, { alive: true, baremetalSmartNic: true }, undefined).vifType === 'ovs';
    case 'linuxbridge':
    case 'macvtap':
    case 'sriovnicswitch':
      return vnicType === 'baremetal' || vnicType === 'smart-nic' ? false : undefined;
    case 'l2population':
    case 'logger':
      return false;
    case 'baremetal':
    case 'genericswitch':
      return vnicType === 'baremetal';
    default:
      return undefined;
  }
};

interface Drivers {
  readonly names: readonly string[];
  readonly evidence: Evidence;
}

/** The drivers that run: what the server says it loaded counts more than what a file says it should. */
const driversOf = (facts: Facts): Drivers | undefined => {
  const [line] = [...facts.lines(`${RULE}/loaded`).toReversed(), ...facts.lines(`${RULE}/configured`).toReversed()];
  if (line === undefined) return undefined;
  const names = (line.groups['names'] ?? '').split(/[\s,'"]+/).filter((name) => name !== '');
  return { names, evidence: textEvidence(line.origin, line.line) };
};

/** Refusals between the last attempt for this port and its failure, in the same log. */
const refusalFor = (facts: Facts, failed: TellingLine): TellingLine | undefined =>
  facts
    .lines(`${RULE}/refused`)
    .findLast(
      ({ origin, groups }) =>
        origin.source === failed.origin.source &&
        origin.line < failed.origin.line &&
        groups['vnic'] === failed.groups['vnic'],
    );

interface FailedPort {
  readonly id: string;
  readonly host: string | undefined;
  readonly vnicType: string;
  readonly evidence: readonly Evidence[];
  readonly refused: boolean;
}

const failedPorts = (facts: Facts): readonly FailedPort[] => {
  const fromLog = facts.lines(`${RULE}/failed`).map((line): FailedPort => {
    const refusal = refusalFor(facts, line);
    return {
      id: line.groups['port'] ?? '?',
      host: line.groups['host'],
      vnicType: line.groups['vnic'] ?? 'normal',
      refused: refusal !== undefined,
      evidence: [
        ...(refusal === undefined ? [] : [textEvidence(refusal.origin, refusal.line)]),
        textEvidence(line.origin, line.line),
      ],
    };
  });
  const fromPorts = facts
    .bareMetal()
    .neutronPorts.filter(({ vifType, vnicType }) => vifType === 'binding_failed' && vnicType !== undefined)
    .map(({ id, hostId, vnicType, origin }): FailedPort => ({
      id,
      host: hostId,
      vnicType: vnicType ?? '',
      refused: false,
      evidence: [quote(facts, origin, /binding_failed/, `port ${id}: binding_failed`)],
    }));
  const merged = new Map<string, FailedPort>();
  for (const one of [...fromLog, ...fromPorts]) {
    const before = merged.get(one.id);
    merged.set(
      one.id,
      before === undefined
        ? one
        : { ...one, refused: before.refused || one.refused, evidence: [...before.evidence, ...one.evidence] },
    );
  }
  return [...merged.values()].filter(({ vnicType }) => vnicType === 'baremetal' || vnicType === 'smart-nic');
};

const isBoundNow = (facts: Facts, id: string): boolean =>
  facts
    .bareMetal()
    .neutronPorts.some(
      (port) => port.id === id && port.vifType !== undefined && !/binding_failed|unbound/.test(port.vifType),
    );

/** Agents that answer, so that nobody goes looking there. */
const liveAgents = (facts: Facts, host: string | undefined): readonly Evidence[] =>
  facts
    .bareMetal()
    .agents.filter((agent) => agent.alive === true && (agent.type === 'Baremetal Node' || agent.host === host))
    .slice(0, 1)
    .map(({ origin, type, host: on }) =>
      quote(facts, origin, new RegExp(`${literally(type)}.*${literally(on)}`), `${type} on ${on} is alive`),
    );

const judge = (facts: Facts, port: FailedPort, drivers: Drivers | undefined): Statement | undefined => {
  const scope = scopeOfNode(facts, port.host);
  if (isBoundNow(facts, port.id)) return { says: 'clear', scope, saw: 'ports that could not be bound are bound now' };
  const verdicts = (drivers?.names ?? []).map((name) => binds(name, port.vnicType));
  if (verdicts.includes(true)) return undefined;
  if (drivers === undefined || verdicts.includes(undefined))
    return port.refused && drivers === undefined
      ? {
          says: 'unknown',
          scope,
          lack: {
            what: 'the mechanism drivers that Neutron has loaded',
            why: `port ${port.id} of vnic_type ${port.vnicType} was refused by one of them; whether another is meant to bind it stands in the list`,
            settle:
              "grep 'Loaded mechanism driver names' /var/log/neutron/neutron-server.log; grep mechanism_drivers /etc/neutron/plugins/ml2/ml2_conf.ini",
          },
        }
      : undefined;
  const live = liveAgents(facts, port.host);
  return {
    says: 'finding',
    scope,
    because:
      `Neutron could not bind port ${port.id} of vnic_type ${port.vnicType}${port.host === undefined ? '' : ` for node ${nodeBy(facts, port.host)?.name ?? port.host}`}: ` +
      `of its mechanism drivers (${drivers.names.join(', ')}) none takes that type`,
    confidence: 'proven',
    sameAs: port.vnicType,
    evidence: [drivers.evidence, ...port.evidence, ...live],
    against: [
      ...(live.length > 0
        ? ['the agents of that node answer: an agent without its mechanism driver binds nothing']
        : []),
      'no driver came as far as the segment or the switch, so neither physical network nor switch is shown to be wrong',
    ],
    lacks: [
      {
        what: 'which driver is meant to set the VLAN on the switch',
        why: 'the driver baremetal only closes the binding; a switch driver does the wiring',
        settle: 'grep -A20 mechanism_drivers /etc/neutron/plugins/ml2/ml2_conf.ini',
      },
    ],
  };
};

const check = (facts: Facts): readonly Statement[] => {
  const drivers = driversOf(facts);
  const failed = failedPorts(facts);
  if (failed.length > 0) return failed.flatMap((port) => judge(facts, port, drivers) ?? []);
  return drivers === undefined && facts.bareMetal().neutronPorts.length === 0
    ? []
    : [{ says: 'clear', scope: {}, saw: 'no bare-metal port that was read failed to be bound' }];
};

const DRIVER = (vnicType: string): string => (vnicType === 'smart-nic' ? 'openvswitch' : 'baremetal');

const LOADED = "INFO neutron.plugins.ml2.managers [-] Loaded mechanism driver names: ['openvswitch']\n";
const FAILED = `DEBUG neutron.plugins.ml2.drivers.mech_agent [req-1] Refusing to bind due to unsupported vnic_type: baremetal bind_port\nERROR neutron.plugins.ml2.managers [req-1] Failed to bind port ${neutronPortId} on host ${nodeUuid} for vnic_type baremetal using segments []\n`;

export const mechanismDriverMissing = defineRule({
  id: RULE,
  title: 'Neutron has no mechanism driver for the port',
  severity: 'error',
  role: 'cause',
  needs: [],
  lines: {
    loaded: /Loaded mechanism driver names: \[(?<names>[^\]]*)\]/,
    configured: /^\s*mechanism_drivers\s*=\s*(?<names>\S.*)$/,
    refused: /Refusing to bind (?:port \S+ )?due to unsupported vnic_type: (?<vnic>[\w-]+)/,
    failed: /Failed to bind port (?<port>[\w-]+) on host (?<host>\S+) for vnic_type (?<vnic>[\w-]+)/,
  },
  explain:
    'ML2 asks its mechanism drivers in turn to bind a port. The driver openvswitch takes normal, direct, smart-nic and vdpa and refuses baremetal; ports of ordinary bare-metal nodes need the driver baremetal of networking-baremetal, with a switch driver beside it. ' +
    'The agent ironic-neutron-agent only reports the physical networks of nodes: alive it may be, and without the driver nothing is bound. The API answers 200 all the same, with vif_type binding_failed.',
  sources: ['vexxhost/atmosphere PR 3925', 'reference smartnic-baremetal.md 3.1', 'neutron/plugins/ml2/drivers/mech_agent.py'],
  check,
  remedy: (findings) => [
    {
      text: `Add the driver ${[...new Set(findings.map(({ sameAs }) => DRIVER(sameAs ?? 'baremetal')))].join(', ')} (and the switch driver in use) to [ml2] mechanism_drivers and restart neutron-server.`,
      risk: 'while neutron-server restarts, no port of the cloud is bound',
    },
    {
      text: 'Then repeat the operation of Ironic: each change of the port tries the binding again.',
      command: findings
        .slice(0, 3)
        .map(({ scope }) => `openstack baremetal node show ${scope.node ?? 'NODE'} -c provision_state -c last_error`)
        .join('\n'),
    },
  ],
  cases: [
    { name: 'openvswitch alone', kind: 'broken', objects: [], texts: { 'neutron-server.log': `${LOADED}${FAILED}` }, says: 'none takes that type' },
    { name: 'a smart NIC port, and only OVS is missing', kind: 'broken', objects: [], texts: { 'ml2_conf.ini': '[ml2]\nmechanism_drivers = baremetal,genericswitch\n', 'ports.json': neutronPortText({ 'binding:vif_type': 'binding_failed' }) }, says: 'smart-nic' },
    { name: 'ports are bound', kind: 'healthy', objects: [], texts: { 'neutron-server.log': LOADED, 'ports.json': neutronPortText(), 'agents.json': agentText() } },
    { name: 'the list of drivers was not read', kind: 'lacking', objects: [], texts: { 'neutron-server.log': FAILED }, says: 'mechanism drivers' },
    { name: 'the driver is loaded, and its switch refuses', kind: 'look-alike', objects: [], texts: { 'neutron-server.log': `Loaded mechanism driver names: ['openvswitch', 'baremetal', 'genericswitch']\n${FAILED}` } },
    { name: 'a virtual machine that could not be bound', kind: 'look-alike', objects: [], texts: { 'neutron-server.log': `${LOADED}ERROR Failed to bind port ${neutronPortId} on host compute-1 for vnic_type normal using segments []\n` } },
    { name: 'bound since', kind: 'look-alike', objects: [], texts: { 'neutron-server.log': `${LOADED}${FAILED}`, 'ports.json': neutronPortText({ 'binding:vnic_type': 'baremetal', 'binding:vif_type': 'other' }) } },
  ],
}); // prettier-ignore
