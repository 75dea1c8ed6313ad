/** Reads the journals of nodes. The last of each node is kept as it was read: most steps of a visit find the same text again. */
import type { Result } from '../../core/result.ts';
import { readJournal, type VisitJournal } from '../../core/visit/visit-journal.ts';

export type JournalReader = (node: string, text: string) => Result<VisitJournal>;

export const journalReader = (): JournalReader => {
  const last = new Map<string, { readonly text: string; readonly read: Result<VisitJournal> }>();
  return (node, text) => {
    const known = last.get(node);
    if (known?.text === text) return known.read;
    const read = readJournal(text);
    last.set(node, { text, read });
    return read;
  };
};
