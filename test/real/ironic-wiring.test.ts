/**
 * What one call of the network interface does at the ports, against Ironic's own code with a recording Neutron client:
 * the calls in their order and every body. Requirements 003-12, 003-38 to 003-45.
 */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFolder } from '../../scripts/real-parts/cache-folder.ts';
import { venvFolder } from '../../scripts/real-parts/python-venv.ts';
import type { NetworkCall } from '../../src/core/smartnic/action.ts';
import type { BareMetalPort } from '../../src/core/smartnic/bare-metal-port.ts';
import {
  bindBody,
  createBody,
  RESET_MAC_BODY,
  tenantPlugBody,
  UNBIND_BODY,
} from '../../src/core/smartnic/neutron-body.ts';
import { IRONIC_PRACTICE } from '../../src/core/smartnic/practice.ts';
import { flatCalls, walk } from '../../src/core/smartnic/walk.ts';
import type { Call } from '../../src/core/smartnic/world.ts';
import { planNetworkCall } from '../../src/core/smartnic/wiring.ts';
import { realPart } from './real-parts.ts';

const part = realPart('ironic');

interface Options {
  readonly add_all_ports?: boolean;
  readonly instance_uuid?: string;
  readonly left_over?: number;
}

const card = (id: string, more: Partial<BareMetalPort> = {}): BareMetalPort => ({
  id,
  address: `52:54:00:00:00:0${id.slice(-1)}`,
  isSmartNic: true,
  link: { hostname: `host${id.slice(-1)}`, port_id: 'rep0-0' },
  ...more,
});
const plain = (id: string, more: Partial<BareMetalPort> = {}): BareMetalPort =>
  card(id, { isSmartNic: false, link: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'Eth1' }, ...more });

const PORTS: Readonly<Record<string, readonly BareMetalPort[]>> = {
  'one card': [card('p1')],
  'two cards': [card('p1'), card('p2')],
  'a card and a plain port': [card('p1'), plain('p2')],
  'a card that does not boot': [card('p1'), card('p2', { pxeEnabled: false })],
  'a physical network': [card('p1', { physicalNetwork: 'physnet1' })],
  'an InfiniBand port': [plain('p1', { clientId: 'ff:00', link: {} })],
  'one port unusable': [card('p1'), card('p2', { link: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'x' } })],
  'all ports unusable': [card('p1', { link: {} })],
  'no port': [],
};

type Asked = readonly [title: string, call: NetworkCall, ports: readonly BareMetalPort[], options: Options];

const OF_PORTS: readonly Asked[] = Object.entries(PORTS).flatMap(([title, ports]): readonly Asked[] => [
  [title, 'add_cleaning', ports, {}],
  [`${title}, all ports`, 'add_cleaning', ports, { add_all_ports: true }],
  [`${title}, with an instance`, 'add_cleaning', ports, { instance_uuid: 'instance-1' }],
  [`${title}, all attached`, 'configure_tenant', ports.map((each) => ({ ...each, tenantVif: `vif-${each.id}` })), {}],
  [
    `${title}, first attached`,
    'configure_tenant',
    ports.map((each, at) => (at === 0 ? { ...each, tenantVif: 'vif' } : each)),
    {},
  ],
  [`${title}, none attached`, 'configure_tenant', ports, {}],
  [`${title}, all attached`, 'unconfigure_tenant', ports.map((each) => ({ ...each, tenantVif: `vif-${each.id}` })), {}],
]);

const ASKED: readonly Asked[] = [
  ...OF_PORTS,
  ['a port of an earlier run', 'add_cleaning', [card('p1', { leftOver: true })], { left_over: 1 }],
  ['one port', 'remove_cleaning', [card('p1')], { left_over: 1 }],
];

const bodyOf = (
  call: NetworkCall,
  { action }: Call,
  ports: readonly BareMetalPort[],
  options: Options,
): readonly unknown[] => {
  if (action.do !== 'port') return [];
  const port = ports.find(({ id }) => id === action.port);
  if (port === undefined) return [];
  const instanceUuid = options.instance_uuid;
  const context = { nodeUuid: 'node-1', networkId: 'net-1', ...(instanceUuid === undefined ? {} : { instanceUuid }) };
  switch (action.call) {
    case 'create':
      return [['port:create', createBody(port, context)]];
    case 'bind':
      return [['port:bind', call === 'configure_tenant' ? tenantPlugBody(port, context) : bindBody(port, context)]];
    case 'unbind':
      return [['port:unbind', UNBIND_BODY]];
    case 'reset_mac':
      return [['port:reset_mac', RESET_MAC_BODY]];
    case 'delete':
    case 'dhcp_opts':
    case 'verify_gone':
    case 'wait_active':
      return [];
  }
};

const ours = ([, call, ports, options]: Asked): {
  readonly calls: readonly string[];
  readonly bodies: readonly unknown[];
  readonly fails: boolean;
} => {
  const facts = { node: 'node-1', networkInterface: 'neutron', ports, addAllPorts: options.add_all_ports === true };
  const done = walk(
    [planNetworkCall(call, facts, IRONIC_PRACTICE)],
    { power: 'on', failureOf: () => undefined },
    IRONIC_PRACTICE,
  );
  const made = flatCalls(done.calls.flatMap(({ steps }) => steps ?? []));
  // What releases before 30.0.0 do not wait for, a site may turn off: it is off here.
  const kept = made.filter(({ role }) => role === undefined);
  return {
    calls: kept.map(({ word }) => word),
    bodies: kept.flatMap((each) => bodyOf(call, each, ports, options)),
    fails: done.failure !== undefined,
  };
};

const asPython = ({
  id,
  address,
  isSmartNic,
  link,
  pxeEnabled,
  physicalNetwork,
  clientId,
  tenantVif,
}: BareMetalPort): unknown => ({
  id,
  address,
  is_smartnic: isSmartNic,
  llc: link,
  pxe_enabled: pxeEnabled ?? true,
  ...(physicalNetwork === undefined ? {} : { physical_network: physicalNetwork }),
  ...(clientId === undefined ? {} : { client_id: clientId }),
  ...(tenantVif === undefined ? {} : { vif: tenantVif }),
});

describe.skipIf(part.absent)(part.title("Ironic's own wiring"), () => {
  test(`${ASKED.length} calls of the network interface: the same steps and the same bodies`, () => {
    const script = path.join(import.meta.dirname, 'openstack/ironic_wiring.py');
    const python = path.join(venvFolder(cacheFolder(), 'openstack'), 'bin/python');
    const printed = execFileSync(python, [script], {
      input: JSON.stringify(ASKED.map(([, call, ports, options]) => [call, ports.map(asPython), options])),
      encoding: 'utf8',
      timeout: 120_000,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const theirs = JSON.parse(printed) as readonly {
      calls: readonly string[];
      bodies: readonly unknown[];
      error: string | null;
    }[];
    const differences = ASKED.flatMap((asked, index) => {
      const mine = ours(asked);
      const real = theirs[index];
      const same =
        real !== undefined &&
        mine.calls.join() === real.calls.join() &&
        mine.fails === (real.error !== null) &&
        sameJson(mine.bodies, real.bodies);
      return same ? [] : [{ asked: `${asked[1]}: ${asked[0]}`, ours: mine, ironic: real }];
    });
    expect(differences).toEqual([]);
  });
});

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
};

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
