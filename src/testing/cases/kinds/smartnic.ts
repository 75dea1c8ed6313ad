/** The groups of the smart NIC cases, answered by core/smartnic. Walks and agents have files of their own beside this. */
import {
  clientRefuses,
  ironicclientRequests,
  openstacksdkRequests,
  REPEATED,
  type ClientName,
} from '../../../core/smartnic/ironic-client.ts';
import { parseMicroversion, RECORDED_HIGHEST } from '../../../core/smartnic/microversion.ts';
import { needPowerOn } from '../../../core/smartnic/power-domain.ts';
import { judgePortInfo } from '../../../core/smartnic/port-info.ts';
import type { CaseKind, CaseKinds } from '../case-kind.ts';
import { containing } from '../matchers.ts';
import { agentKind, neutronBindKind, waitKind } from './smartnic-agent.ts';
import { practiceFor, readPorts, textOf, withDefaults } from './smartnic-given.ts';
import { answerPortRequest } from './smartnic-port.ts';
import { failureKind, flowKind, powerHelperKind, wireKind } from './smartnic-walk.ts';

const needPowerOnKind: CaseKind = {
  deviates: true,
  answer: ({ given, answering }, context) => {
    const all = withDefaults(given, context);
    const need = needPowerOn(textOf(all['network_interface']), readPorts(all, []), practiceFor(answering));
    return { result: need.needed, reason: need.because, warn: need.warn };
  },
};

const portInfoKind: CaseKind = {
  deviates: true,
  answer: ({ given }, context) => {
    const [port] = readPorts({ ports: [given] }, []);
    const networkInterface = textOf(withDefaults(given, context)['network_interface']);
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
    const status = given['status'] ?? given['http'];
    if (typeof status === 'number') {
      const repeats = (REPEATED.statuses as readonly number[]).includes(status);
      return {
        retries: repeats ? REPEATED.times : 0,
        attempts: repeats ? REPEATED.times + 1 : 1,
        interval_s: repeats ? REPEATED.secondsApart : undefined,
      };
    }
    if (typeof given['call'] === 'string') return { requests: openstacksdkRequests(given['call']) };
    const max = parseMicroversion(textOf(given['server_max'], '1.82'), RECORDED_HIGHEST) ?? RECORDED_HIGHEST;
    const client = textOf(given['client'], 'ironicclient') as ClientName;
    const refusal = ['ironicclient', 'openstacksdk', 'gophercloud'].includes(client)
      ? clientRefuses(client, `1.${max.minor}`)
      : undefined;
    return {
      requests: ironicclientRequests(textOf(given['command']), max),
      error: refusal === undefined ? undefined : containing(refusal),
    };
  },
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
