/** Turns a rule's case into a snapshot: objects and texts as the loader of dumps would give them. */
import { isLogName, logNamed } from '../snapshot/file-name.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { RuleCase } from './rule.ts';

export const caseSnapshot = ({ name, objects, listed = [], texts = {} }: RuleCase): Snapshot => ({
  objects: objects.map((object) => ({ object, origin: { source: `${object.kind}.yaml` } })),
  texts: Object.entries(texts).map(([source, text]) => ({
    kind: isLogName(source) ? 'log' : 'host',
    text,
    origin: { source },
    ...(isLogName(source) ? logNamed(source) : undefined),
  })),
  gaps: [],
  listed: new Set(listed),
  sources: [name],
});
