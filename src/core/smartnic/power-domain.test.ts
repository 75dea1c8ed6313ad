/** Requirements 003-16, 003-22, 003-37. */
import { describe, expect, test } from 'vitest';
import type { BareMetalPort } from './bare-metal-port.ts';
import { learnPowerDomain, needPowerOn } from './power-domain.ts';
import { IRONIC_PRACTICE, OUR_PRACTICE } from './practice.ts';

const card = (id: string, more: Partial<BareMetalPort> = {}): BareMetalPort => ({
  id,
  isSmartNic: true,
  link: { hostname: id, port_id: 'p' },
  ...more,
});

describe('003-37: need_power_on', () => {
  test('no port at all', () => {
    expect(needPowerOn('neutron', [], OUR_PRACTICE).needed).toBe(false);
  });

  test.each(['flat', 'noop'])('network interface %s says so with a warning', (networkInterface) => {
    expect(needPowerOn(networkInterface, [card('a')], OUR_PRACTICE)).toMatchObject({
      needed: false,
      warn: expect.any(String),
    });
  });

  test('003-22: an unknown domain counts as shared, and that is said', () => {
    expect(needPowerOn('neutron', [card('a')], OUR_PRACTICE)).toMatchObject({
      needed: true,
      warn: expect.stringContaining('not known'),
    });
    expect(needPowerOn('neutron', [card('a', { powerDomain: 'shares-host' })], OUR_PRACTICE).warn).toBeUndefined();
  });

  test('003-22: all cards must have power of their own', () => {
    const ports = [card('a', { powerDomain: 'own' }), card('b', { powerDomain: 'own' })];
    expect(needPowerOn('neutron', ports, OUR_PRACTICE).needed).toBe(false);
    expect(needPowerOn('neutron', [...ports, card('c')], OUR_PRACTICE).needed).toBe(true);
    expect(needPowerOn('neutron', ports, IRONIC_PRACTICE).needed).toBe(true);
  });
});

describe('learning the domain', () => {
  test.each([
    ['unknown', 'power off', true, 'own'],
    ['unknown', 'power off', false, 'unknown'],
    ['unknown', 'power on', true, 'unknown'],
    ['unknown', null, true, 'unknown'],
    ['shares-host', 'power off', true, 'shares-host'],
  ] as const)('%s, host %s, agent reported %s: %s', (known, hostPower, agentReportedWhileOff, learnt) => {
    expect(learnPowerDomain(known, { hostPower, agentReportedWhileOff })).toBe(learnt);
  });
});
