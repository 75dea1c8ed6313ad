/** A plan for people: which nodes, why, what goes, what blocks, how long, and the steps. */
import type { Plan, PlannedVisit, PlanStep } from '../../../core/plan/plan.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';
import { wrap } from '../diagnosis/wrap.ts';

const hours = (minutes: number): string =>
  minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;

const some = (names: readonly string[], most: number): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const row = ({ node, restart, changes, evicts, state, minutes }: PlannedVisit): readonly string[] => [
  node,
  restart,
  changes.join('; '),
  evicts.length === 0 ? 'none' : String(evicts.length),
  `${minutes} min`,
  state,
];

const HEADINGS = ['NODE', 'RESTART', 'CHANGES', 'EVICTS', 'TAKES', 'NOW'];
const SHOWN = 12;

/** Nodes with the same reason share its line. */
const reasons = (visits: readonly PlannedVisit[], width: number): readonly string[] =>
  [...Map.groupBy(visits, ({ because }) => because)].flatMap(([because, same]) =>
    wrap(
      `${some(
        same.map(({ node }) => node),
        4,
      )}: ${because}`,
      width,
      '  ',
      '    ',
    ),
  );

const stepLine = ({ title, back }: PlanStep, at: number): string =>
  `  ${at + 1}. ${title}${'none' in back ? '' : '  (can be taken back)'}`;

const orderLine = ({ waves }: Plan): string =>
  waves.map(({ name, nodes }) => `${name}: ${some([...nodes], 4)}`).join(' -> ');

/** Why there is no visit: nothing waits, or that cannot be told. */
const emptyLine = ({ untold, judged }: Plan, paint: Paint): string => {
  if (untold.length > 0)
    return paint.warn(
      `No plan: whether anything waits cannot be told of ${some([...untold], 4)}. Nodes that restart again and again are up for a moment only: --wait 10m keeps asking.`,
    );
  return judged === 0
    ? paint.warn('No plan: whether anything waits cannot be told, since no firmware settings of any node were read.')
    : paint.good('Nothing waits: no node has a firmware setting whose current value differs from what is wanted.');
};

export const planText = (plan: Plan, paint: Paint, verbose = false): string => {
  const { visits, blockers, effects, gaps, steps, goal, minutes, fingerprint } = plan;
  if (visits.length === 0)
    return [
      emptyLine(plan, paint),
      ...(gaps.length === 0
        ? []
        : ['Not told by the input:', ...gaps.slice(0, 5).map(({ what, because }) => `  ${what}: ${because}`)]),
    ].join('\n');
  const shown = verbose ? visits : visits.slice(0, SHOWN);
  const evicts = visits.flatMap((visit) => visit.evicts.map((pod) => `${visit.node}: ${pod}`));
  return [
    `${paint.bold(`Plan: ${goal}`)} on ${visits.length} ${visits.length === 1 ? 'node' : 'nodes'}, about ${hours(minutes)}`,
    '',
    table(HEADINGS, shown.map(row)),
    ...(visits.length > shown.length ? [`and ${visits.length - shown.length} more (-v)`] : []),
    '',
    'Why',
    ...reasons(visits, paint.width),
    `Order  ${orderLine(plan)}`,
    ...(evicts.length === 0
      ? []
      : [
          '',
          'Evicted',
          ...(verbose ? evicts : evicts.slice(0, 5)).map((line) => `  ${line}`),
          ...(!verbose && evicts.length > 5 ? [`  and ${evicts.length - 5} more (-v)`] : []),
        ]),
    '',
    'Effects',
    ...effects.flatMap((line) => wrap(line, paint.width, '  - ', '    ')),
    '',
    ...(blockers.length === 0
      ? [paint.good('Nothing blocks it now.')]
      : [
          paint.bad(
            `${blockers.length} ${blockers.length === 1 ? 'thing blocks' : 'things block'} it; each visit waits at its gate until that is lifted:`,
          ),
          ...blockers.flatMap(({ on, because, wayOut }) => [
            ...wrap(`${on}: ${because}`, paint.width, '  ', '    '),
            `    -> ${wayOut}`,
          ]),
        ]),
    ...(gaps.length === 0
      ? []
      : [
          '',
          'Not told by the input:',
          ...(verbose ? gaps : gaps.slice(0, 3)).flatMap(({ what, because }) =>
            wrap(`${what}: ${because}`, paint.width, '  ', '    '),
          ),
        ]),
    '',
    'Steps',
    ...steps.map(stepLine),
    '',
    paint.dim(
      `${fingerprint}: keep it with -o yaml > plan.yaml; then nicwright rehearse plan.yaml, nicwright apply plan.yaml`,
    ),
  ].join('\n');
};
