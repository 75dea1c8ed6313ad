/**
 * A later reading, with what an earlier one learned of hosts that gave no answer this time: nodes that restart again and again
 * are up for a moment only. Objects and logs are those of the later reading.
 */
import type { Snapshot } from './snapshot.ts';

export const keepHostTexts = (now: Snapshot, before: Snapshot): Snapshot => {
  const answered = new Set(
    now.texts.flatMap(({ kind, node }) => (kind === 'host' && node !== undefined ? [node] : [])),
  );
  const kept = before.texts.filter(({ kind, node }) => kind === 'host' && node !== undefined && !answered.has(node));
  return { ...now, texts: [...now.texts, ...kept] };
};
