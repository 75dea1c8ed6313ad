/** The agent of a card: alive or not, restarted, and what it plugs. Requirements 003-23, 003-38, 003-40, 003-48 to 003-54. */
import { describe, expect, test } from 'vitest';
import { agentReached, deathSeenAfterSeconds, waitForAgent, waitForPort } from './agent-liveness.ts';
import { externalIds, plugEffect, queueForUpdate, resync, treatmentOf, unplugEffect } from './agent-plug.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from './practice.ts';

describe('003-23: waiting for down', () => {
  const alive = { alive: true, startedAtMs: 2_000 };

  test('an agent that restarted since our power-on counts, one from before does not', () => {
    expect(agentReached('down', [alive], OUR_PRACTICE, 1_000)).toBe(true);
    expect(agentReached('down', [alive], OUR_PRACTICE, 3_000)).toBe(false);
    expect(agentReached('down', [alive], OUR_PRACTICE)).toBe(false);
    expect(agentReached('down', [alive], IRONIC_PRACTICE, 1_000)).toBe(false);
  });

  test('an agent whose start was not told is not taken for a new one', () => {
    expect(agentReached('down', [{ alive: true }], OUR_PRACTICE, 1_000)).toBe(false);
  });

  test('another agent on the card does not answer for it', () => {
    const dhcp = { type: 'DHCP agent', alive: true };
    expect(agentReached('up', [dhcp], OUR_PRACTICE)).toBe(false);
    expect(agentReached('up', [dhcp], IRONIC_PRACTICE)).toBe(true);
    expect(agentReached('down', [dhcp], OUR_PRACTICE)).toBe(true);
  });

  test('another word than up or down is refused at once', () => {
    const wait = { target: 'sideways', host: 'h', looks: [], attempts: 3 };
    expect(waitForAgent(wait, OUR_PRACTICE)).toMatchObject({ raises: 'Invalid', polls: 0 });
  });

  test('it counts its looks until the target is reached', () => {
    const wait = {
      target: 'up',
      host: 'h',
      looks: [[{ alive: false }], [{ alive: false }], [{ alive: true }]],
      attempts: 5,
    };
    expect(waitForAgent(wait, OUR_PRACTICE)).toMatchObject({ reached: true, polls: 3 });
  });

  test('by default a dead agent is seen as dead after 45 to 107 s', () => {
    expect(deathSeenAfterSeconds(75, 30, 2)).toEqual([45, 107]);
  });
});

describe('003-40: waiting for a port', () => {
  test('a failed binding ends the wait only where it is fatal', () => {
    const looks = [{ status: 'DOWN', vifType: 'binding_failed' }];
    expect(waitForPort('ACTIVE', 'p', looks, 3, true)).toMatchObject({ polls: 1, raises: 'OpenStackError' });
    expect(waitForPort('ACTIVE', 'p', looks, 3, false)).toMatchObject({ polls: 3, raises: 'NetworkError' });
  });
});

describe('what is plugged', () => {
  const update = { bindingHost: 'a', ownHost: 'a', vifType: 'ovs', vnicType: 'smart-nic', profilePort: 'rep0' };

  test.each([
    ['bound here', update, { vif_name: 'rep0', vif_type: 'ovs' }],
    ['bound elsewhere', { ...update, bindingHost: 'b' }, undefined],
    ['no port in the profile', { bindingHost: 'a', ownHost: 'a', vifType: 'ovs', vnicType: 'smart-nic' }, undefined],
    ['another vnic type', { ...update, vnicType: 'normal' }, undefined],
    ['unbound and never plugged', { ...update, bindingHost: '', vifType: 'unbound' }, undefined],
    [
      'unbound and plugged',
      { ...update, bindingHost: '', vifType: 'unbound', pluggedAs: 'rep9' },
      { vif_name: 'rep9', vif_type: 'unbound' },
    ],
  ])('%s', (_, given, queued) => {
    expect(queueForUpdate(given).queued).toEqual(queued);
  });

  test('a vif_type that the agent does not know is refused', () => {
    expect(['ovs', 'unbound', 'vhostuser', 'binding_failed'].map(treatmentOf)).toEqual([
      'plug',
      'unplug',
      'refuse',
      'refuse',
    ]);
  });

  test('003-49: a resync plugs what is missing and unplugs what is surplus; ours leaves a stranger alone', () => {
    const bridge = [
      { name: 'rep0', ifaceId: 'P0' },
      { name: 'tap1', ifaceId: 'VM', isSmartNic: false },
    ];
    expect(resync(['P1'], bridge, OUR_PRACTICE)).toEqual({ plug: ['P1'], unplug: ['P0'], foreign: ['VM'] });
    expect(resync(['P1'], bridge, IRONIC_PRACTICE)).toEqual({ plug: ['P1'], unplug: ['P0', 'VM'], foreign: [] });
  });

  test('003-50 to 003-53: the ids of the interface', () => {
    const plug = { neutronPortId: 'P', address: '52:54:00:AA:BB:CC', deviceId: 'D', nodeUuid: 'N' };
    expect(externalIds(plug, OUR_PRACTICE)).toEqual({
      'iface-id': 'P',
      'iface-status': 'active',
      'attached-mac': '52:54:00:aa:bb:cc',
      'vm-uuid': 'D',
      'node-uuid': 'N',
    });
  });

  test('003-54: a userspace bridge stays one', () => {
    expect(plugEffect('netdev', OUR_PRACTICE)).toMatchObject({ datapathTypeAfter: 'netdev', port: 'ACTIVE' });
  });

  test('003-49: an unplug that cannot be carried out now is said to hold the host', () => {
    expect(unplugEffect(false, OUR_PRACTICE).orElse).toContain('must not be powered on');
    expect(unplugEffect(true, OUR_PRACTICE).orElse).toBeUndefined();
  });
});
