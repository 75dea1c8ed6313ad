/** Puts back what kept other controllers away, to what stood there before. */
import { markById } from '../others/mark-by-id.ts';
import type { Mark } from '../visit-act.ts';
import type { MarkFacts, VisitNode } from '../visit-facts.ts';
import { moveTo, stay } from '../visit-step.ts';
import type { StageRule } from './stage-rule.ts';

/** Undefined where the object that bore it is gone: there is nothing to put back. */
const standsAt = ({ id, kind, key, on }: Mark, node: VisitNode, marks: MarkFacts): string | null | undefined => {
  if (on !== undefined) return marks[id];
  return (kind === 'label' ? node.labels : node.annotations)[key] ?? null;
};

export const release: StageRule<'marks'> = ({ node, journal, marks }) => {
  const open = Object.entries(journal.quieted ?? {}).flatMap(([id, value]) => {
    const mark = markById(id);
    const stands = mark === undefined ? undefined : standsAt(mark, node, marks);
    return mark === undefined || stands === undefined || stands === value ? [] : [{ mark, value }];
  });
  if (open.length > 0)
    return stay('release', `puts back ${open.map(({ mark }) => mark.key).join(', ')}`, {
      acts: open.map(({ mark, value }) => ({ do: 'mark', mark, value })),
    });
  return journal.abandoned === true
    ? moveTo('uncordon', 'it turns back, and nothing was changed')
    : moveTo('prove', 'other controllers see it again');
};
