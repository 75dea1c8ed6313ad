/** Cordons, and remembers whose cordon it is: only ours is taken off again. */
import { moveTo, stay } from '../visit-step.ts';
import type { StageRule } from './stage-rule.ts';

export const OURS = 'ours';

export const cordon: StageRule = ({ node, journal }) => {
  if (!node.schedulable) {
    const whose = journal.cordon ?? node.cordon?.by ?? 'somebody';
    return moveTo('jobs', whose === OURS ? 'it is cordoned' : `it is cordoned already, by ${whose}`, {
      change: { cordon: whose },
    });
  }
  return stay('cordon', 'it is cordoned', { change: { cordon: OURS }, acts: [{ do: 'cordon' }] });
};
