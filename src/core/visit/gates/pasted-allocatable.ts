/** What a node offers, out of pasted `kubectl describe node` or its Allocatable part alone (requirement 000-80). */
import type { Snapshot } from '../../snapshot/snapshot.ts';

const HEADING = /^Allocatable:\s*$/;
const NAME = /^Name:\s+(\S+)\s*$/;
const ROW = /^\s+([A-Za-z0-9][\w.\-/]{0,250}):\s+(\S{1,30})\s*$/;

const blockIn = (lines: readonly string[], node: string): Readonly<Record<string, string>> | undefined => {
  let named: string | undefined;
  for (const [at, line] of lines.entries()) {
    named = NAME.exec(line)?.[1] ?? named;
    if (!HEADING.test(line) || (named !== undefined && named !== node)) continue;
    const rows: (readonly [string, string])[] = [];
    for (const next of lines.slice(at + 1)) {
      const row = ROW.exec(next);
      if (row === null) break;
      rows.push([row[1] ?? '', row[2] ?? '']);
    }
    return Object.fromEntries(rows);
  }
  return undefined;
};

/** A block that names no node is taken for the one that is asked about; one that names another is not. */
export const pastedAllocatable = ({ texts }: Snapshot, node: string): Readonly<Record<string, string>> | undefined => {
  for (const { text, node: owner } of texts) {
    if (owner !== undefined && owner !== node) continue;
    const found = blockIn(text.split(/\r?\n/), node);
    if (found !== undefined) return found;
  }
  return undefined;
};
