import { expect, test } from 'vitest';
import { syncSentence, type SyncWords } from './sync-sentence.ts';

// prettier-ignore
test.for<[string, Partial<SyncWords>, string]>([
  ['waits-for-reboot', { syncStatus: 'InProgress', desired: 'Reboot_Required', current: 'DrainComplete' }, 'wants a restart'],
  ['waits-for-drain', { syncStatus: 'InProgress', desired: 'Drain_Required', current: 'Idle' }, 'has not begun'],
  ['draining', { syncStatus: 'InProgress', desired: 'Drain_Required', current: 'Draining' }, 'being drained'],
  ['plugin-error', { syncStatus: 'InProgress', desired: 'Idle', current: 'Idle', lastSyncError: 'exit status 3' }, 'exit status 3'],
  ['synced', { syncStatus: 'Succeeded', desired: 'Idle', current: 'Idle' }, 'in sync'],
  ['nothing-to-sync', { syncStatus: 'Succeeded', desired: 'Idle', current: 'Idle', interfaces: 0 }, 'not the same as healthy'],
  ['not-started', { syncStatus: '' }, 'no sync status'],
  ['failed', { syncStatus: 'Failed', lastSyncError: 'x' }, 'x'],
  ['not-started', { syncStatus: 'Zzz' }, 'not known'],
  ['working', { syncStatus: 'Succeeded', desired: 'Reboot_Required', current: 'Idle' }, 'stale'],
])('000-08, 000-09: %s', ([verdict, words, part]) => {
  const answer = syncSentence({ interfaces: 8, ...words });
  expect(answer.verdict).toBe(verdict);
  expect(answer.because).toContain(part);
});
