/** The groups wait, neutron_bind and agent of the smart NIC cases. */
import { dig, digText, isMap } from '../../../core/model/dig.ts';
import {
  deathSeenAfterSeconds,
  waitForAgent,
  waitForPort,
  type AgentSighting,
} from '../../../core/smartnic/agent-liveness.ts';
import {
  externalIds,
  plugEffect,
  queueForUpdate,
  resync,
  treatmentOf,
  unplugEffect,
} from '../../../core/smartnic/agent-plug.ts';
import { judgeBinding, type BindingAgent } from '../../../core/smartnic/neutron-bind.ts';
import { readTimestamp } from '../../../core/smartnic/readers/timestamp.ts';
import type { CaseKind } from '../case-kind.ts';
import { practiceFor, textOf, withDefaults } from './smartnic-given.ts';

/** A case gives a time in seconds or as a timestamp. */
const milliseconds = (value: unknown): number | undefined =>
  typeof value === 'number' ? value * 1000 : readTimestamp(value);

export const waitKind: CaseKind = {
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
        status: status === null || status === 'missing' ? undefined : textOf(status),
        ...(vifType === undefined ? {} : { vifType }),
      }));
      const done = waitForPort(textOf(given['target'], 'ACTIVE'), 'port1', looks, attempts, given['fatal'] !== false);
      return { result: done.reached, polls: done.polls, raises: done.raises, message: done.message };
    }
    // Either two times, or the plain word that it restarted since the power-on, which is then at 0.
    const saysRestarted = given['restarted_since_power_on'] === true;
    const sighting = (item: unknown): AgentSighting => {
      const type = digText(item, 'agent_type');
      const startedAtMs = saysRestarted ? 1 : milliseconds(dig(item, 'started_at'));
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
    const poweredOnAtMs =
      milliseconds(given['power_on_at'] ?? given['powered_on_at']) ?? (saysRestarted ? 0 : undefined);
    const done = waitForAgent(
      {
        target: textOf(given['target']),
        host,
        looks,
        attempts,
        ...(poweredOnAtMs === undefined ? {} : { poweredOnAtMs }),
      },
      practice,
    );
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

export const neutronBindKind: CaseKind = {
  deviates: true,
  answer: ({ given }) => {
    const agent = isMap(given['agent']) ? given['agent'] : undefined;
    const texts = (value: unknown): readonly string[] | undefined =>
      Array.isArray(value) ? value.map((each) => textOf(each)) : isMap(value) ? Object.keys(value) : undefined;
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
      textOf(given['vnic_type']),
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

export const agentKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }) => {
    const practice = practiceFor(answering);
    if (given['server_ports'] !== undefined || given['bridge_ports'] !== undefined) {
      const names = (key: string): string[] =>
        Array.isArray(given[key]) ? given[key].map((each) => textOf(each)) : [];
      const sync = resync(
        names('server_ports'),
        names('bridge_ports').map((id) => ({ name: id, ifaceId: id })),
        practice,
      );
      return { queued_unplug: sync.unplug, queued_plug: sync.plug };
    }
    const event = textOf(given['event']);
    if (event.includes('plug') && !event.includes('unplug')) {
      const effect = plugEffect(textOf(given['datapath_type'], 'system'), practice);
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
    const host = textOf(given['host']);
    const profilePort = digText(given, 'profile_port');
    if (given['baremetal_smartnic'] === false) return { queued: null };
    const { queued, because } = queueForUpdate({
      bindingHost: host === 'own' ? 'own-host' : host,
      ownHost: 'own-host',
      vifType: textOf(given['vif_type']),
      vnicType: textOf(given['vnic_type'], 'smart-nic'),
      ...(profilePort === undefined ? {} : { profilePort }),
      ...(given['known'] === true ? { pluggedAs: profilePort ?? 'rep_port' } : {}),
    });
    return {
      queued: queued ?? null,
      treated: queued === undefined ? null : treatmentOf(queued.vif_type),
      log: queued !== undefined && treatmentOf(queued.vif_type) === 'refuse' ? 'error' : undefined,
      reason: because,
    };
  },
};
