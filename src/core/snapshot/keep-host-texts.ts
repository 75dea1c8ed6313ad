/**
 * A later reading, with what earlier ones learned of hosts: nodes that restart again and again are up for a moment only, and
 * may be gone in the middle of an answer. Objects and logs are those of the later reading.
 */
import type { Snapshot } from './snapshot.ts';

export const keepHostTexts = (now: Snapshot, before: Snapshot): Snapshot => {
  const said = new Set(now.texts.map(({ text }) => text));
  const kept = before.texts.filter(({ kind, text }) => kind === 'host' && !said.has(text));
  // Of two answers about one thing readers take the one that stands later.
  return { ...now, texts: [...kept, ...now.texts] };
};
