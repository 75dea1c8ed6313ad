import { expect, test } from 'vitest';
import { promisedResources, verifyResources } from './extended-resources.ts';

test('groups of one resource are added up over PFs; VFs beyond numVfs do not count', () => {
  const promised = promisedResources(
    {
      interfaces: [
        { pciAddress: 'a', numVfs: 8, vfGroups: [{ resourceName: 'r', vfRange: '0-3' }, { resourceName: 's', vfRange: '4-9' }] },
        { pciAddress: 'b', numVfs: 4, vfGroups: [{ resourceName: 'r', vfRange: '0-3' }, { resourceName: 's', vfRange: '3-1' }] },
        { pciAddress: 'c', vfGroups: [{ resourceName: 's', vfRange: 'odd' }] },
      ],
    },
    'nvidia.com',
  ); // prettier-ignore
  expect([...promised]).toEqual([
    ['nvidia.com/r', 8],
    ['nvidia.com/s', 4],
  ]);
});

// prettier-ignore
test.for([
  [{ 'x/r': '8' }, { ok: true, missing: [], short: [], surplus: [] }],
  [{}, { ok: false, missing: ['x/r'], short: [], surplus: [] }],
  [{ 'x/r': '0' }, { ok: false, missing: [], short: ['x/r'], surplus: [] }],
  [{ 'x/r': 'many' }, { ok: false, missing: [], short: ['x/r'], surplus: [] }],
  [{ 'x/r': '1k' }, { ok: false, missing: [], short: [], surplus: ['x/r'] }],
  [{ 'x/r': 8, 'y/r': '3' }, { ok: true, missing: [], short: [], surplus: [] }],
] as const)('%j against a promise of 8', ([allocatable, verdict]) => {
  expect(verifyResources(new Map([['x/r', 8]]), allocatable)).toEqual(verdict);
});
