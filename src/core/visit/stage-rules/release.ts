/** Puts back what kept other controllers away, to what stood there before. */
import { markOf } from '../others/to-quiet.ts';
import { moveTo, stay } from '../visit-step.ts';
import { markValue } from './quiet.ts';
import type { StageRule } from './stage-rule.ts';

export const release: StageRule = ({ node, journal }) => {
  const open = Object.entries(journal.quieted ?? {}).flatMap(([id, value]) => {
    const mark = markOf(id);
    return mark === undefined || markValue(node, mark) === value ? [] : [{ mark, value }];
  });
  if (open.length > 0)
    return stay('release', `puts back ${open.map(({ mark }) => mark.key).join(', ')}`, {
      acts: open.map(({ mark, value }) => ({ do: 'mark', mark, value })),
    });
  return journal.abandoned === true
    ? moveTo('uncordon', 'it turns back, and nothing was changed')
    : moveTo('prove', 'other controllers see it again');
};
