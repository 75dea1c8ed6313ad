/** Two ways to one host: alike, different, or not to be compared. */
import { expect, test } from 'vitest';
import type { CardReading } from './firmware-gate.ts';
import { compareWays } from './two-ways.ts';

const PCI = '0000:18:00.0';
const WANTED = [{ pci: PCI, values: { NUM_OF_VFS: '8' } }];

const reading = (current: string | undefined, next: string | undefined): CardReading => ({
  pci: PCI,
  settings: [
    {
      name: 'NUM_OF_VFS',
      ...(current !== undefined && { current }),
      ...(next !== undefined && { next }),
    },
    { name: 'LINK_TYPE_P1', current: 'IB(1)', next: 'ETH(2)' },
  ],
});

const compare = (one: CardReading, other: CardReading) =>
  compareWays(WANTED, { via: 'ssh root@a', cards: [one] }, { via: 'exec in Pod/n/d', cards: [other] });

test('alike, in whatever way the tool spells a value', () => {
  expect(compare(reading('16', '8'), reading('16', '8'))).toMatchObject({
    verdict: 'alike',
    because: 'its firmware reads the same by ssh root@a and by exec in Pod/n/d',
  });
  const spelled = (value: string): CardReading => ({ pci: PCI, settings: [{ name: 'SRIOV_EN', current: value }] });
  const wanted = [{ pci: PCI, values: { SRIOV_EN: 'True' } }];
  const ways = [spelled('True(1)'), spelled('1')].map((card, at) => ({ via: String(at), cards: [card] }));
  expect(compareWays(wanted, ...(ways as unknown as [never, never]))).toMatchObject({ verdict: 'alike' });
});

test.for<[string, CardReading, string]>([
  ['now', reading('8', '8'), 'current of NUM_OF_VFS on 0000:18:00.0 is 16 by ssh root@a and 8 by exec in Pod/n/d'],
  ['after the next boot', reading('16', '16'), 'next boot of NUM_OF_VFS on 0000:18:00.0 is 8 by ssh root@a and 16 by'],
])('different %s: both are named, with the command that settles it', ([, other, sentence]) => {
  expect(compare(reading('16', '8'), other)).toMatchObject({
    verdict: 'differ',
    because: expect.stringContaining(sentence),
    wayOut: expect.stringContaining('mstconfig -d 0000:18:00.0 -e query'),
  });
});

test('what one of them does not tell is no difference, and is not called alike', () => {
  expect(compare(reading('16', '8'), reading(undefined, '8'))).toMatchObject({ verdict: 'alike' });
  expect(compare(reading('16', '8'), { pci: PCI, settings: [], problem: 'the tool is too old' })).toMatchObject({
    verdict: 'not-compared',
    because: expect.stringContaining('the tool is too old'),
  });
});
