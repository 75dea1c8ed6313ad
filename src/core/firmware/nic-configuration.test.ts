import { expect, test } from 'vitest';
import {
  nicConfigurationLoopBreaker,
  nicConfigurationPlan,
  nicConfigurationReset,
  type QueriedPort,
} from './nic-configuration.ts';

const port = (
  current: QueriedPort['current'],
  next: QueriedPort['next'],
  byDefault: QueriedPort['current'] = {},
): QueriedPort => ({ current, next, default: byDefault });

// prettier-ignore
test.each<[string, readonly QueriedPort[], Record<string, string>, object]>([
  ['raw tokens of the tool compare by text and by number', [port({ SRIOV_EN: 'True(1)' }, { SRIOV_EN: 'True(1)' })], { SRIOV_EN: '1' }, { configUpdate: false, reboot: false, unsupported: [] }],
  ['one port of two has to be written', [port({ A: '0' }, { A: '1' }), port({ A: '0' }, { A: '0' })], { A: '1' }, { configUpdate: true, reboot: true }],
  ['a hidden parameter beside one that differs', [port({ B: '0' }, { B: '0' })], { A: '1', B: '1' }, { configUpdate: true, reboot: true, unsupported: ['A'] }],
  ['hidden on one port only is still told', [port({ A: '1' }, { A: '1' }), port({}, {})], { A: '1' }, { configUpdate: false, reboot: false, unsupported: ['A'] }],
  ['nothing is wanted', [port({ A: '0' }, { A: '1' })], {}, { configUpdate: false, reboot: false, unsupported: [] }],
])('%s', (_name, ports, desired, expected) => {
  expect(nicConfigurationPlan(ports, desired)).toMatchObject(expected);
});

// prettier-ignore
test.each<[string, QueriedPort, object]>([
  ['both columns are the defaults', port({ A: '0' }, { A: '0' }, { A: '0' }), { configUpdate: false, reboot: false }],
  ['next boot is, current is not', port({ A: '1' }, { A: '0' }, { A: '0' }), { configUpdate: false, reboot: true }],
  ['next boot is not', port({ A: '0' }, { A: '1' }, { A: '0' }), { configUpdate: true, reboot: true }],
  ['the DPU mode does not count', port({ A: '0', INTERNAL_CPU_OFFLOAD_ENGINE: '1' }, { A: '0' }, { A: '0', INTERNAL_CPU_OFFLOAD_ENGINE: '0' }), { configUpdate: false, reboot: false }],
])('reset to defaults: %s', (_name, one, expected) => {
  expect(nicConfigurationReset([one])).toMatchObject(expected);
});

// prettier-ignore
test.each([
  ['not restarted yet', { condition: 'PendingReboot', uptimeSeconds: 1000 }, { reason: 'PendingReboot', reboot: true }],
  ['restarted, not active', { condition: 'PendingReboot', uptimeSeconds: 0 }, { reason: 'FirmwareError', reboot: false }],
  ['restarted after a reset to defaults', { condition: 'PendingReboot', uptimeSeconds: 0, resetToDefault: true }, { reason: 'PendingReboot', reboot: false }],
  ['gave up earlier', { condition: 'FirmwareError', uptimeSeconds: 1000 }, { reason: 'FirmwareError', reboot: false }],
  ['just written', { condition: 'UpdateStarted', uptimeSeconds: 0 }, { reason: 'PendingReboot', reboot: true }],
  ['healed by a cold restart', { condition: 'FirmwareError', uptimeSeconds: 0, stillNeedsReboot: false }, { reason: 'UpdateSuccessful', reboot: false }],
])('loop breaker: %s', (_name, given, expected) => {
  const verdict = nicConfigurationLoopBreaker({ secondsSinceTransition: 60, stillNeedsReboot: true, ...given });
  expect(verdict).toMatchObject(expected);
  expect(verdict.because).not.toBe('');
});
