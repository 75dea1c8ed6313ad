/** Which of the user's keys the target ignores, and where each went. */
import { RELEASES, defaultValues } from './chart-facts.ts';
import { ignoredKeys } from './ignored-keys.ts';
import { moveOf } from './key-moves.ts';
import type { UpgradeFinding } from './upgrade-finding.ts';
import { ownValues, type UpgradeQuestion } from './upgrade-question.ts';
import { isMap } from '../model/dig.ts';
import { leavesOf, valueAt, type Values } from './values.ts';
import { lineOf } from './version.ts';

/** A key that some release has at this place: then it is no spelling mistake. */
const wasEverKnown = (path: readonly string[]): boolean =>
  RELEASES.some((release) => valueAt(defaultValues(release), path.join('.')) !== undefined);

const sentence = (path: readonly string[], to: string): { because: string; wayOut?: string } => {
  const move = moveOf(path.join('.'), to);
  if (move !== undefined)
    return {
      because: `ignored since ${lineOf(move.gone)}: ${move.because}`,
      ...(move.field === undefined ? {} : { wayOut: `set ${move.field} in the NicClusterPolicy` }),
    };
  return {
    because: wasEverKnown(path)
      ? `no template of ${to} reads it, and Helm does not say so`
      : `no release of the chart reads such a key, and Helm does not say so`,
    wayOut: 'correct its spelling or take it out',
  };
};

/** Values that have a new place in the values file, below keys that are ignored as a whole. */
const movedBelow = (path: readonly string[], own: Values, to: string): readonly UpgradeFinding[] => {
  const at = path.join('.');
  const value = valueAt(own, at);
  const below = isMap(value) ? [...leavesOf(value).keys()].map((leaf) => `${at}.${leaf}`) : [at];
  return below.flatMap((leaf) => {
    const move = moveOf(leaf, to);
    if (move?.value === undefined) return [];
    const target = `${move.value}${leaf.slice(move.key.length)}`;
    return [
      {
        severity: 'warns' as const,
        about: leaf,
        because: `moved with ${lineOf(move.gone)}: ${move.because}; what you set here is lost, ${target} keeps its default`,
        wayOut: `set ${target}: ${JSON.stringify(valueAt(own, leaf))}`,
        path: leaf.split('.'),
      },
    ];
  });
};

export const checkKeys = (question: UpgradeQuestion): readonly UpgradeFinding[] => {
  const own = ownValues(question);
  return (ignoredKeys(question.to, own) ?? []).flatMap((path) => [
    { severity: 'warns' as const, about: path.join('.'), ...sentence(path, question.to), path },
    ...movedBelow(path, own, question.to),
  ]);
};
