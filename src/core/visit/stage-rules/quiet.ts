/** Marks by which other controllers are kept away; what stood there before is remembered. */
import { moveTo, stay } from '../visit-step.ts';
import type { VisitNode } from '../visit-facts.ts';
import type { Mark } from '../visit-act.ts';
import { some, type StageRule } from './stage-rule.ts';

export const markValue = (node: VisitNode, { kind, key }: Mark): string | null =>
  (kind === 'label' ? node.labels : node.annotations)[key] ?? null;

export const quiet: StageRule<'others'> = ({ node, journal, others }) => {
  const open = others.toQuiet.filter(({ mark }) => markValue(node, mark) !== mark.value);
  if (open.length > 0) {
    // What was remembered before a crash stands: by now the mark may be ours.
    const quieted = {
      ...Object.fromEntries(open.map(({ mark }) => [mark.id, markValue(node, mark)])),
      ...journal.quieted,
    };
    return stay('quiet', `${some(open.map(({ who }) => who))} is kept away`, {
      change: { quieted },
      acts: open.map(({ mark }) => ({ do: 'mark', mark, value: mark.value })),
    });
  }
  if (others.stillThere.length > 0) return stay('quiet', `waits until ${some(others.stillThere)} is gone`);
  return moveTo('cordon', 'nobody else acts on it');
};
