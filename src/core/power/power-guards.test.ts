import { expect, test } from 'vitest';
import { powerRefusals, type PowerGuardFacts } from './power-guards.ts';

const good: PowerGuardFacts = {
  node: 'dgx030',
  bmc: { identity: { uuid: '4c4c4544-0038-3110-8044-b7c04f573832' } },
  expected: { uuid: '4C4C4544-0038-3110-8044-B7C04F573832' },
  weRunOn: 'outside',
  drained: true,
};

test('power may be touched when everything holds', () => expect(powerRefusals(good)).toEqual([]));

// prettier-ignore
test.for<[string, Partial<PowerGuardFacts>, string]>([
  ['no answer', { bmc: { unreachable: 'timed out' } }, 'gives no answer'],
  ['another machine by UUID', { bmc: { identity: { uuid: '00000000-0000-0000-0000-000000000001' } } }, 'answers for another machine'],
  ['another machine by serial', { bmc: { identity: { serial: 'B' } }, expected: { serial: 'A' } }, 'answers for another machine'],
  ['nothing to compare is no proof', { bmc: { identity: { model: 'x' } } }, 'cannot be told'],
  ['we run on it', { weRunOn: { node: 'dgx030' } }, 'would go down with it'],
  ['where we run is not known', { weRunOn: 'unknown' }, 'not known'],
  ['somebody else is at work', { otherOwner: 'metal3 BareMetalHost dgx030' }, 'metal3'],
  ['not drained', { drained: false }, 'is not drained'],
  ['drained is not known', { drained: 'unknown' }, 'not known'],
])('%s refuses, and says the way out', ([, change, says]) => {
  const refusals = powerRefusals({ ...good, ...change });
  expect(refusals).toHaveLength(1);
  expect(refusals[0]?.because).toContain(says);
  expect(refusals[0]?.wayOut).not.toBe('');
});

test.each([
  ['as SMBIOS has it', '44454c4c-3800-1031-8044-b7c04f573832'],
  ['as IPMI has it, last byte first', '3238574f-c0b7-4480-1031-380044454c4c'],
])('a UUID %s is that of the same machine', (_, uuid) => {
  expect(powerRefusals({ ...good, bmc: { identity: { uuid } } })).toEqual([]);
});

test.each([
  '',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '03000200-0400-0500-0006-000700080009',
])('the UUID %j proves nothing, on whichever side', (uuid) => {
  for (const change of [
    { expected: { uuid } },
    { bmc: { identity: { uuid } } },
    { expected: { uuid }, bmc: { identity: { uuid } } },
  ])
    expect(powerRefusals({ ...good, ...change })[0]?.because).toContain('cannot be told');
});
