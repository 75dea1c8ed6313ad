/** What a person may accept: losses, with a reason, and nothing else. */
import { expect, test } from 'vitest';
import { withAcceptedLoss } from './accepted-loss.ts';
import { failing, pass, unknown, type Gate } from './gate.ts';

const PCI = '0000:18:00.0';
const verdicts = (gates: readonly Gate[], reason: string | undefined): readonly string[] =>
  withAcceptedLoss(gates, reason).map(({ verdict }) => verdict);

test.for<[string, Gate, string]>([
  [
    'resources that are fewer',
    failing('left-with', 'nvidia.com/gpu', 'it left with 8 and came back with 7'),
    'accepted',
  ],
  ['a function that is gone', failing('functions', PCI, 'gone'), 'accepted'],
  ['a link that is narrower', failing('links', PCI, 'x16, x8'), 'accepted'],
  ['a port that is down', failing('ports', PCI, 'down'), 'accepted'],
  ['firmware that does not run what is wanted', failing('firmware', PCI, '16'), 'fail'],
  ['VFs that policies promise', failing('vfs', PCI, '0 of 8'), 'fail'],
  ['resources that policies promise', failing('resources', 'nvidia.com/rail', '0 of 8'), 'fail'],
  ['what was not read', unknown('links', PCI, 'not read'), 'unknown'],
  ['what is as before', pass('links', PCI, 'x16'), 'pass'],
])('%s', ([, gate, verdict]) => {
  expect(verdicts([gate], 'CHG-77')).toEqual([verdict]);
});

test('of a function that is gone, its link and its ports cannot be read', () => {
  const gates = [
    failing('functions', PCI, 'gone'),
    unknown('links', PCI, 'not read'),
    unknown('ports', `${PCI}/2`, 'not read'),
    unknown('links', '0000:9a:00.0', 'not read'),
  ];
  expect(verdicts(gates, 'taken out')).toEqual(['accepted', 'accepted', 'accepted', 'unknown']);
});

test('no reason, no acceptance; the reason stands beside the loss', () => {
  const gate: Gate = { ...failing('links', PCI, 'x16, x8'), wayOut: 'reseat' };
  expect(verdicts([gate], undefined)).toEqual(['fail']);
  expect(verdicts([gate], '  ')).toEqual(['fail']);
  expect(withAcceptedLoss([gate], ' riser x8, CHG-77 ')).toEqual([
    { gate: 'links', verdict: 'accepted', on: PCI, because: 'x16, x8; accepted: riser x8, CHG-77' },
  ]);
});
