/** The operator's own Go code was run on the world of this workload; its bytes have these check sums. */
import { expect, test } from 'vitest';
import { renderNodes } from '../bench/workloads/sriov-render.ts';

test('1,000 nodes with 8 PFs and 40 policies render to the bytes of the SR-IOV operator', () => {
  expect(renderNodes(1000)).toMatchObject({ checksum: '99e20035/488d59fd' });
});
