/** The flows for one node: own edge cases. The shared cases test each flow's order; here is what they leave open. */
import { describe, expect, test } from 'vitest';
import type { BareMetalPort } from './bare-metal-port.ts';
import { DEPLOY_INTERFACES, FLOW_FAMILIES } from './deploy-interface.ts';
import { FLOWS } from './flows.ts';
import { planFlow, setupCycles, type FlowFacts } from './plan-flow.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from './practice.ts';
import { flatCalls, walk } from './walk.ts';

const card = (host: string, more: Partial<BareMetalPort> = {}): BareMetalPort => ({
  id: `port-${host}`,
  address: '52:54:00:00:00:01',
  isSmartNic: true,
  link: { hostname: host, port_id: 'pf0hpf' },
  tenantVif: 'V',
  ...more,
});

const facts = (more: Partial<FlowFacts> = {}): FlowFacts => ({
  node: 'node-1',
  networkInterface: 'neutron',
  power: 'power off',
  ports: [card('card1')],
  ...more,
});

const words = (name: string, given: FlowFacts, practice = OUR_PRACTICE): readonly string[] => {
  const planned = planFlow(name, given, practice);
  if (!planned.ok) return [planned.fault.message];
  return walk(
    planned.value.program,
    { power: given.power === 'power off' ? 'off' : 'on', failureOf: () => undefined },
    practice,
  ).calls.map(({ word }) => word);
};

describe('deploy interfaces', () => {
  test('every interface answers every flow with known parts', () => {
    for (const { parts } of Object.values(DEPLOY_INTERFACES))
      for (const family of FLOW_FAMILIES) for (const name of parts[family]) expect(FLOWS).toHaveProperty([name]);
  });

  test('003-24: iscsi has the steps of direct and says that it was removed', () => {
    expect(DEPLOY_INTERFACES['iscsi']?.parts).toEqual(DEPLOY_INTERFACES['direct']?.parts);
    expect(DEPLOY_INTERFACES['iscsi']?.note).toContain('removed');
  });
});

describe('power', () => {
  test('003-20: with an unknown power state nothing is wired', () => {
    for (const power of [null, 'error', 'rebooting'])
      expect(words('clean.prepare', facts({ power }))[0]).toContain('power state unknown, refusing to wire');
  });

  test('003-20: it is no matter for a node whose ports need no power', () => {
    const plain = card('x', { isSmartNic: false, link: { switch_id: '0a:1b:2c:3d:4e:5f', port_id: 'p' } });
    expect(words('clean.prepare', facts({ power: null, ports: [plain] }))).toEqual([
      'net:add_cleaning',
      'boot:prepare_ramdisk',
      'power:reboot',
    ]);
  });

  test('003-22: a card whose agent reported while the host was off is wired with the host off', () => {
    expect(words('deploy.switch_to_tenant_network', facts({ agentsAliveWhileOff: ['card1'] }))).toEqual([
      'net:remove_provisioning',
      'net:configure_tenant',
    ]);
  });

  test('003-22: one card of two with own power does not spare the other one its power', () => {
    const ports = [card('card1', { powerDomain: 'own' }), card('card2')];
    expect(words('deploy.switch_to_tenant_network', facts({ ports }))).toContain('set_boot_device:bios:once');
  });

  test('003-30: unrescue wakes the card twice', () => {
    const planned = planFlow('rescue.unrescue', facts({ power: 'power on' }), OUR_PRACTICE);
    expect(planned.ok && setupCycles(planned.value.program)).toBe(2);
  });

  test('a node that may not be powered off is rebooted at the end, and not cycled', () => {
    expect(words('rescue.rescue', facts({ power: 'power on', conditions: ['disable-power-off'] }))).toEqual([
      'boot:clean_up_instance',
      'net:unconfigure_tenant',
      'net:add_rescuing',
      'boot:prepare_ramdisk',
      'power:reboot',
    ]);
  });
});

describe('ports', () => {
  test('003-07: a port that cannot be wired fails the node before anything is created', () => {
    const ports = [card('card1'), card('card2', { link: { hostname: 'card2' } })];
    const planned = planFlow('clean.prepare', facts({ power: 'power on', ports }), OUR_PRACTICE);
    const done = planned.ok
      ? walk(planned.value.program, { power: 'on', failureOf: () => undefined }, OUR_PRACTICE)
      : undefined;
    expect(done?.failure?.message).toContain('port-card2: is_smartnic is true but local_link_connection lacks port_id');
    expect(flatCalls(done?.calls ?? []).map(({ word }) => word)).not.toContain('port:create');
  });

  test('003-41: both are undone when one of two fails', () => {
    const ports = [card('card1'), card('card2')];
    const planned = planFlow('clean.prepare', facts({ power: 'power on', ports }), OUR_PRACTICE);
    const failureOf = (action: { readonly do: string; readonly call?: string; readonly port?: string }) =>
      action.call === 'wait_active' && action.port === 'port-card2'
        ? { raises: 'OpenStackError' as const, message: 'Binding failed' }
        : undefined;
    const done = planned.ok ? walk(planned.value.program, { power: 'on', failureOf }, OUR_PRACTICE) : undefined;
    const deleted = flatCalls(done?.calls ?? []).flatMap(({ action }) =>
      action.do === 'port' && action.call === 'delete' ? [action.port] : [],
    );
    expect(deleted).toEqual(['port-card1', 'port-card2']);
    expect(done?.failure?.raises).toBe('NetworkError');
  });

  test('003-38: every card is waited for; Ironic waits for the first', () => {
    const ports = [card('card1'), card('card2'), card('card1', { id: 'second-port' })];
    const waits = (practice: typeof OUR_PRACTICE): readonly string[] =>
      words('clean.prepare', facts({ ports }), practice).filter((word) => word.endsWith(':down'));
    expect(waits(OUR_PRACTICE)).toEqual(['wait_agent:card1:down', 'wait_agent:card2:down']);
    expect(waits(IRONIC_PRACTICE)).toEqual(['wait_agent:card1:down']);
  });
});
