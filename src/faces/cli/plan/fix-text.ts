/** What `plan fix` prints: the plan, why there is none, and the list of findings with which of them have one. */
import { actLine } from '../../../app/steps/carry-out-step.ts';
import type { RemedyStep } from '../../../core/diagnosis/finding.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { remedyLines } from '../diagnosis/remedy-lines.ts';
import { wrap } from '../diagnosis/wrap.ts';
import type { Paint } from '../paint.ts';

export interface FixRefusal {
  readonly finding: string;
  readonly summary: string;
  readonly because: string;
  readonly remedy: readonly RemedyStep[];
}

export interface FixEntry {
  readonly finding: string;
  readonly summary: string;
  readonly fixable: boolean;
  /** What would be changed, or why nothing can be. */
  readonly because: string;
}

const bullets = (lines: readonly string[], width: number): readonly string[] =>
  lines.flatMap((line) => wrap(line, width, '  - ', '    '));

export const fixText = ({ goal, steps, effects, blockers, metadata }: Plan, paint: Paint): string =>
  [
    `${paint.bold(`Plan: ${goal}`)}`,
    ...steps.flatMap(({ title, because, act, back }, at) => [
      ...wrap(title, paint.width, `  ${at + 1}. `, '     '),
      ...(because === steps[at - 1]?.because ? [] : wrap(because, paint.width, '     why: ', '          ')),
      `     does: ${actLine(act)}`,
      `     way back: ${'none' in back ? `none; ${back.none}` : actLine(back.act)}`,
    ]),
    ...(effects.length === 0 ? [] : ['', 'What comes of it', ...bullets(effects, paint.width)]),
    ...(blockers.length === 0
      ? []
      : [
          '',
          'Not in this plan',
          ...bullets(
            blockers.map(({ on, because }) => `${on}: ${because}`),
            paint.width,
          ),
        ]),
    '',
    paint.dim(`${metadata.name}: keep it with -o yaml > fix.yaml; then nicwright apply fix.yaml`),
  ].join('\n');

export const refusalText = ({ finding, summary, because, remedy }: FixRefusal, paint: Paint): string =>
  [
    `${paint.bold(`${finding}: no plan`)}`,
    ...wrap(summary, paint.width, '  found: ', '         '),
    ...wrap(because, paint.width, '  why no plan: ', '               '),
    ...(remedy.length === 0 ? [] : ['', 'By hand', ...remedyLines(remedy, paint.width)]),
  ].join('\n');

export const fixListText = (entries: readonly FixEntry[], paint: Paint): string => {
  if (entries.length === 0) return 'diagnose finds nothing here, so there is nothing to mend.';
  const [can, not] = [entries.filter(({ fixable }) => fixable), entries.filter(({ fixable }) => !fixable)];
  const shown = ({ finding, summary, because }: FixEntry): readonly string[] => [
    `  ${paint.bold(finding)}`,
    ...wrap(summary, paint.width, '    ', '    '),
    ...wrap(because, paint.width, '    -> ', '       '),
  ];
  return [
    ...(can.length === 0 ? [] : [paint.good('A plan can be made for'), ...can.flatMap(shown)]),
    ...(can.length === 0 || not.length === 0 ? [] : ['']),
    ...(not.length === 0 ? [] : ['No plan can be made for', ...not.flatMap(shown)]),
    '',
    paint.dim(
      can.length === 0
        ? 'nicwright plan fix FINDING says what helps by hand'
        : 'nicwright plan fix FINDING shows the plan, or what helps by hand',
    ),
  ].join('\n');
};
