import { expect, test } from 'vitest';
import { buildInventory } from '../inventory/build-inventory.ts';
import { keepHostTexts } from './keep-host-texts.ts';
import { emptySnapshot, type Snapshot, type SnapshotText } from './snapshot.ts';

const text = (node: string, words: string, kind: SnapshotText['kind'] = 'host'): SnapshotText => ({
  kind,
  node,
  text: words,
  origin: { source: words.slice(0, 8) },
});
const snapshot = (...texts: SnapshotText[]): Snapshot => ({ ...emptySnapshot, texts });

test('earlier answers of hosts are kept before the new ones, logs are not', () => {
  const before = snapshot(text('a', 'old a'), text('b', 'same b'), text('b', 'old log', 'log'));
  const now = snapshot(text('a', 'new a'), text('b', 'same b'), text('b', 'new log', 'log'));
  expect(keepHostTexts(now, before).texts.map(({ text: words }) => words)).toEqual([
    'old a',
    'new a',
    'same b',
    'new log',
  ]);
});

test('the newer answer about a setting counts', () => {
  const query = (next: number): string =>
    `$ mstconfig -d 0000:18:00.0 -e q NUM_OF_VFS\n\nDevice #1:\n----------\n\nDevice type:    ConnectX7\nDevice:         0000:18:00.0\n\nConfigurations:                              Default         Current         Next Boot\n*        NUM_OF_VFS                          16              16              ${next}\n`;
  const joined = keepHostTexts(snapshot(text('a', query(8))), snapshot(text('a', query(12))));
  const [node] = buildInventory(joined, { nodes: [] }).nodes;
  expect(node?.adapters[0]?.settings.find(({ name }) => name === 'NUM_OF_VFS')?.next).toBe('8');
});
