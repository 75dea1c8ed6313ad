/** Reads the inputs of a smart NIC case into what the room takes: ports, nodes, practice, and a world that fails. */
import { digText, isMap } from '../../../core/model/dig.ts';
import type { Action } from '../../../core/smartnic/action.ts';
import type { BareMetalPort } from '../../../core/smartnic/bare-metal-port.ts';
import type { FlowCondition } from '../../../core/smartnic/flows.ts';
import type { LocalLinkConnection } from '../../../core/smartnic/local-link.ts';
import type { FlowFacts } from '../../../core/smartnic/plan-flow.ts';
import type { PowerDomain } from '../../../core/smartnic/power-domain.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE, type Practice } from '../../../core/smartnic/practice.ts';
import type { Failure, World, WorldState } from '../../../core/smartnic/world.ts';
import type { Answering, CaseContext, JsonObject } from '../case-kind.ts';

/** A value that may be text, number or flag in a case; `otherwise` for anything else. */
export const textOf = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : otherwise;

export const practiceFor = (answering: Answering): Practice => (answering === 'ours' ? OUR_PRACTICE : IRONIC_PRACTICE);

/** The case's inputs over the defaults of its file. */
export const withDefaults = (given: JsonObject, { file }: CaseContext): JsonObject => ({
  ...(isMap(file['defaults']) ? (file['defaults'] as JsonObject) : {}),
  ...given,
});

const POWER_DOMAIN: Readonly<Record<string, PowerDomain>> = {
  own: 'own',
  'own-power': 'own',
  shared: 'shares-host',
  host: 'shares-host',
  'shares-host': 'shares-host',
  'shares-host-power': 'shares-host',
};

const readPort = (item: unknown, index: number, defaultLink: LocalLinkConnection): BareMetalPort => {
  const port = isMap(item) ? item : {};
  const extra = isMap(port['extra']) ? port['extra'] : {};
  const domain = POWER_DOMAIN[textOf(port['power_domain'])];
  const link = port['llc'] ?? port['local_link_connection'];
  const clientId = extra['client-id'];
  const vif = port['vif'];
  const address = port['address'];
  return {
    id: typeof port['uuid'] === 'string' ? port['uuid'] : `port${index + 1}`,
    ...(address === null ? {} : { address: typeof address === 'string' ? address : `52:54:00:00:00:0${index + 1}` }),
    isSmartNic: port['is_smartnic'] === true,
    // A port that is no smart NIC has the link of a switch unless the case says otherwise.
    link: isMap(link)
      ? (link as LocalLinkConnection)
      : port['is_smartnic'] === true
        ? defaultLink
        : { switch_id: '0a:1b:2c:3d:4e:5f', port_id: `Ethernet1/${index + 1}` },
    ...(typeof port['pxe_enabled'] === 'boolean' ? { pxeEnabled: port['pxe_enabled'] } : {}),
    ...(typeof port['physical_network'] === 'string' ? { physicalNetwork: port['physical_network'] } : {}),
    ...(typeof clientId === 'string' ? { clientId } : {}),
    ...(typeof vif === 'string' || vif === true ? { tenantVif: String(vif) } : {}),
    ...(port['portgroup'] === undefined ? {} : { inPortGroup: true }),
    ...(domain === undefined ? {} : { powerDomain: domain }),
  };
};

export const readPorts = (given: JsonObject, otherwise: readonly unknown[]): readonly BareMetalPort[] => {
  const link = isMap(given['llc']) ? (given['llc'] as LocalLinkConnection) : {};
  const ports = Array.isArray(given['ports']) ? given['ports'] : otherwise;
  const domain = given['power_domain'];
  return ports
    .map((item) => (isMap(item) && domain !== undefined ? { power_domain: domain, ...item } : item))
    .map((item, index) => {
      const port = readPort(item, index, link);
      return given['left_over_port'] === true ? { ...port, leftOver: true } : port;
    });
};

/** `off`, `power off`, null: as the power interface says it. */
export const readPower = (value: unknown): string | null =>
  typeof value !== 'string' ? null : value === 'on' || value === 'off' ? `power ${value}` : value;

const CONDITIONS: readonly (readonly [FlowCondition, (given: JsonObject) => boolean])[] = [
  ['fast-track', (given) => given['fast_track'] === true],
  ['boot-from-volume', (given) => given['boot_from_volume'] === true || given['should_write_image'] === false],
  ['clean-failure', (given) => given['fault'] === 'clean failure'],
  ['service-failure', (given) => given['fault'] === 'service failure'],
  ['disable-power-off', (given) => given['disable_power_off'] === true],
  ['no-clean-steps', (given) => given['steps'] === 0 || (Array.isArray(given['steps']) && given['steps'].length === 0)],
];

export const readFlowFacts = (given: JsonObject, ports: readonly BareMetalPort[]): FlowFacts => {
  const driverInfo = isMap(given['driver_info']) ? given['driver_info'] : {};
  const alwaysAlive = textOf(given['agent']).startsWith('always');
  return {
    node: digText(given, 'node_uuid') ?? 'node-1',
    networkInterface: digText(given, 'network_interface') ?? 'neutron',
    ports,
    power: readPower(given['power']),
    addAllPorts: given['add_all_ports'] === true,
    conditions: CONDITIONS.filter(([, holds]) => holds(given)).map(([condition]) => condition),
    forcePersistentBootDevice: driverInfo['force_persistent_boot_device'],
    ...(typeof given['provision_state'] === 'string' ? { provisionState: given['provision_state'] } : {}),
    ...(typeof given['agent_poll_interval_s'] === 'number' ? { agentPollSeconds: given['agent_poll_interval_s'] } : {}),
    ...(alwaysAlive ? { agentsAliveWhileOff: ports.flatMap(({ link }) => link.hostname ?? []) } : {}),
  };
};

const BIOS_REFUSED: Failure = { raises: 'management error', message: 'Invalid boot device bios specified.' };

/** A world in which just what the case names goes wrong. */
export const readWorld = (given: JsonObject, ports: readonly BareMetalPort[]): World => {
  const raises = (key: string): boolean => given[key] === 'raises';
  const agent = textOf(given['agent']);
  const alwaysAlive = agent.startsWith('always');
  const neverAlive = /^(?:never|dead|down)/.test(agent);
  const portStatus = given['port_status'];
  const bindOf = (id: string): unknown => {
    const items = Array.isArray(given['ports']) ? given['ports'] : [];
    const item = items[ports.findIndex((port) => port.id === id)];
    return (isMap(item) ? item['bind'] : undefined) ?? given['bind'];
  };
  const ownPower = (host: string): boolean =>
    alwaysAlive || ports.some((port) => port.link.hostname === host && port.powerDomain === 'own');

  const agentFailure = (action: Extract<Action, { do: 'wait-agent' }>, state: WorldState): Failure | undefined => {
    const dark = state.power === 'off' && !ownPower(action.host);
    const fails = action.until === 'down' ? alwaysAlive : neverAlive || dark;
    return fails
      ? {
          raises: 'NetworkError',
          exhausted: true,
          message:
            `Agent on host ${action.host} failed to reach state ${action.until}` +
            (dark ? ': the agent on a powered-off card never comes up' : ''),
        }
      : undefined;
  };
  const portFailure = (action: Extract<Action, { do: 'port' }>): Failure | undefined => {
    if (action.call === 'wait_active' && bindOf(action.port) === 'binding_failed')
      return { raises: 'OpenStackError', message: `Binding failed for neutron port ${action.port}` };
    if (action.call === 'wait_active' && typeof portStatus === 'string' && portStatus !== 'ACTIVE')
      return {
        raises: 'NetworkError',
        exhausted: true,
        message: `Port ${action.port} failed to reach status ACTIVE`,
      };
    return raises(action.call) || raises(`port_${action.call}`)
      ? { raises: 'OpenStackError', message: `Neutron refused to ${action.call} port ${action.port}` }
      : undefined;
  };

  return {
    power: readPower(given['power']) === 'power off' ? 'off' : 'on',
    failureOf: (action, state) => {
      switch (action.do) {
        case 'set-boot-device':
          return given['bios_boot'] === 'unsupported' ? BIOS_REFUSED : undefined;
        case 'wait-agent':
          return agentFailure(action, state);
        case 'port':
          return portFailure(action);
        case 'network':
          return raises('body') ||
            (raises('net_remove') && action.call.startsWith('remove_')) ||
            (raises('net_add') && action.call.startsWith('add_'))
            ? { raises: 'body error', message: `${action.call} failed` }
            : undefined;
        case 'power':
        case 'restore-power':
          return (action.to !== 'off' && raises('power_on')) ||
            (action.to === 'off' && raises('power_off') && state.power === 'on')
            ? { raises: 'power error', message: `the BMC refused power ${action.to}` }
            : undefined;
        case 'read-power':
        case 'settle':
        case 'boot':
          return undefined;
      }
    },
  };
};
