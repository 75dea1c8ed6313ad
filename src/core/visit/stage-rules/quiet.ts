/** Marks by which other controllers are kept away; what stood there before is remembered. */
import { moveTo, stay } from '../visit-step.ts';
import { some, type StageRule } from './stage-rule.ts';

export const quiet: StageRule<'others'> = ({ journal, others }) => {
  const open = others.toQuiet.filter(({ mark, stands }) => stands !== mark.value);
  if (open.length > 0) {
    // What was remembered before a crash stands: by now the mark may be ours.
    const quieted = {
      ...Object.fromEntries(open.map(({ mark, stands }) => [mark.id, stands])),
      ...journal.quieted,
    };
    return stay('quiet', `${some(open.map(({ who }) => who))} is kept away`, {
      change: { quieted },
      acts: open.map(({ mark }) => ({ do: 'mark', mark, value: mark.value })),
    });
  }
  if (others.stillThere.length > 0) return stay('quiet', `waits until ${some(others.stillThere)} is gone`);
  // Who began before the marks stood would go on behind them.
  const [other] = others.atWork.filter(({ stance }) => stance === 'wait');
  if (other !== undefined)
    return stay('quiet', `${other.who} is at work on it by now: ${other.because}`, { wayOut: other.wayOut });
  return moveTo('cordon', 'nobody else acts on it');
};
