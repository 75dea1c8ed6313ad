import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activationOf, type ActivationEvidence } from './activation.ts';
import { isAbove, RUNGS, type Rung } from './rung.ts';

// prettier-ignore
test.each<[string, ActivationEvidence, Rung, Rung | undefined, RegExp]>([
  ['nothing known', {}, 'warm', undefined, /nothing speaks against a warm restart/],
  ['the tool said reboot: a promise only', { setHint: 'reboot' }, 'warm', undefined, /nothing speaks against/],
  ['the tool said power cycle', { setHint: 'power-cycle' }, 'cold', undefined, /asked for a power cycle/],
  ['000-62 a warm restart did not help', { tried: ['warm'] }, 'cold', undefined, /restarted since the value was written/],
  ['000-62 a warm restart did not help, and the reset was prepared', { tried: ['warm'], setHint: 'reboot' }, 'cold', 'firmware-reset', /does not reload/],
  ['a warm restart did not help, level 3 is supported', { tried: ['warm'], resetLevels: { 3: true, 4: true } }, 'cold', 'firmware-reset', /does not reload/],
  ['a warm restart did not help, level 3 is not supported', { tried: ['warm'], resetLevels: { 3: false, 4: true }, setHint: 'reboot' }, 'cold', undefined, /does not reload/],
  ['neither level 3 nor 4', { resetLevels: { 0: true, 3: false, 4: false } }, 'cold', undefined, /neither level 3 nor level 4/],
  ['only the reset reason was printed', { resetLevels: {} }, 'warm', undefined, /nothing speaks against/],
  ['level 3 is supported and nothing was tried', { resetLevels: { 3: true } }, 'warm', 'firmware-reset', /nothing speaks against/],
  ['the status asks for a full power cycle', { resetStatus: 'Full power cycle' }, 'cold', undefined, /Full power cycle/],
  ['the status fails, which means the same', { resetStatus: '-E- Failed to determine the reset parameters' }, 'cold', undefined, /Failed to determine/],
  ['000-64 a DGX, nothing tried', { machine: 'DGXB200' }, 'cold', 'firmware-reset', /DGX and HGX/],
  ['a DGX whose firmware reset was tried', { machine: 'DGX-H100', tried: ['firmware-reset'] }, 'cold', undefined, /DGX and HGX/],
  ['a tray that takes AC away', { machine: 'NVIDIA GB200 NVL72' }, 'ac', undefined, /AC off at the shelf/],
  ['a BlueField-2', { card: 'BlueField2', tried: ['warm'] }, 'cold', 'firmware-reset', /does not reload/],
  ['a BlueField-2, nothing tried', { card: 'BlueField2' }, 'warm', undefined, /nothing speaks against/],
  ['a cold restart did not help', { tried: ['warm', 'cold'] }, 'ac', undefined, /cold restart did not activate it/],
  ['even AC did not help', { tried: ['ac'] }, 'ac', undefined, /AC cycle did not/],
  ['a DPU: the host alone does not do it', { bluefield: 'dpu', resetLevels: { 3: true } }, 'cold', undefined, /DPU mode/],
])('%s', (_name, evidence, rung, alternative, because) => {
  const activation = activationOf(evidence);
  expect([activation.rung, activation.alternative]).toEqual([rung, alternative]);
  expect(activation.because).toMatch(because);
});

test('no power is cut under the Arm side of a DPU: the plan says so in words', () => {
  for (const evidence of [{ bluefield: 'dpu' as const }, { setHint: 'skipped' as const }])
    expect(activationOf(evidence).first).toMatch(/Arm side/);
  expect(activationOf({ bluefield: 'nic', tried: ['warm'] }).first).toBeUndefined();
});

const anything = fc.record(
  {
    setHint: fc.constantFrom('reboot' as const, 'power-cycle' as const, 'skipped' as const),
    resetLevels: fc.dictionary(fc.constantFrom('0', '1', '3', '4'), fc.boolean()),
    tried: fc.array(fc.constantFrom(...RUNGS), { maxLength: 3 }),
    machine: fc.constantFrom('DGXB200', 'PowerEdge', 'GB200'),
    card: fc.constantFrom('ConnectX7', 'BlueField2'),
    bluefield: fc.constantFrom('dpu' as const, 'nic' as const, 'unknown' as const, 'not-bluefield' as const),
  },
  { requiredKeys: [] },
);

test('property: a restart that was tried is never advised again, and a driver reload never (but for the last rung)', () => {
  fc.assert(
    fc.property(anything, (evidence) => {
      const { rung, alternative, because } = activationOf(evidence);
      const tried = evidence.tried ?? [];
      expect(because).not.toBe('');
      expect(rung === 'none' || rung === 'driver-reload').toBe(false);
      expect(tried.includes(rung) && rung !== 'ac').toBe(false);
      if (alternative !== undefined) expect(tried.includes(alternative) || isAbove(alternative, rung)).toBe(false);
    }),
  );
});

test('property: more restarts tried never lower the rung', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom(...RUNGS), (evidence, more) => {
      const before = activationOf(evidence).rung;
      const after = activationOf({ ...evidence, tried: [...(evidence.tried ?? []), more] }).rung;
      expect(isAbove(before, after)).toBe(false);
    }),
  );
});
