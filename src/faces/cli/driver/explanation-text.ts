/** What `driver explain` prints: the answer first, then what comes, then what a person must do. */
import { defectLines } from '../../../core/driver/defects.ts';
import type { Explanation } from '../../../core/driver/explain/explanation.ts';
import { stateName } from '../../../core/driver/upgrade-state.ts';
import type { Paint } from '../paint.ts';

const sentence = (text: string): string =>
  `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export const explanationText = (explanation: Explanation, paint: Paint, verbose: boolean): string => {
  const { node, state, manager, because, next, todo, defects, unknown } = explanation;
  return [
    `${paint.bold(node)}  ${stateName(state)}${manager === undefined ? '' : paint.dim(`  (${manager})`)}`,
    sentence(because),
    '',
    `Next: ${next}.`,
    ...(todo.length === 0
      ? ['To do: nothing.']
      : [
          'To do:',
          ...todo.flatMap(({ what, command }, index) => [
            `  ${index + 1}. ${what}`,
            ...(command === undefined ? [] : [`     ${paint.bold(command)}`]),
          ]),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          '',
          'Not known:',
          ...unknown.flatMap(({ what, because: why, settle }) => [
            `  ${what}: ${why}`,
            ...(settle === undefined ? [] : [`     ${settle}`]),
          ]),
        ]),
    ...(verbose && defects.length > 0
      ? [
          '',
          'Known limits of upstream at work here (docs/driver-upgrades.md):',
          ...defectLines(defects).map((line) => `  ${line}`),
        ]
      : []),
  ].join('\n');
};
