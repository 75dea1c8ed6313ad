import { expect, test } from 'vitest';
import { keepHostTexts } from './keep-host-texts.ts';
import { emptySnapshot, type Snapshot, type SnapshotText } from './snapshot.ts';

const text = (node: string, words: string, kind: SnapshotText['kind'] = 'host'): SnapshotText => ({
  kind,
  node,
  text: words,
  origin: { source: words },
});
const snapshot = (...texts: SnapshotText[]): Snapshot => ({ ...emptySnapshot, texts });

test('a host that answers speaks for itself; of one that does not, the earlier answer is kept, and no log twice', () => {
  const before = snapshot(text('a', 'old a'), text('b', 'old b'), text('b', 'old log', 'log'));
  const now = snapshot(text('a', 'new a'), text('b', 'new log', 'log'));
  expect(keepHostTexts(now, before).texts.map(({ text: words }) => words)).toEqual(['new a', 'new log', 'old b']);
});
