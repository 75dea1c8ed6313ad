/** A rehearsal for people: when each node leaves and is back, and a picture of it in characters. */
import type { NodeTimeline, Rehearsal } from '../../../app/rehearse/rehearse-plan.ts';
import type { Stage } from '../../../core/visit/stages.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';
import { wrap } from '../diagnosis/wrap.ts';

/** How each stage is drawn; what takes no time leaves no mark. */
const MARKS: Readonly<Partial<Record<Stage, string>>> = {
  quiet: 'q',
  cordon: 'd',
  jobs: 'j',
  drain: 'd',
  tasks: 't',
  restart: '#',
  verify: 'v',
  release: 'v',
  prove: 'p',
  uncordon: 'p',
  held: '!',
};

const clock = (minutes: number): string =>
  `${Math.floor(minutes / 60)}h${String(Math.floor(minutes) % 60).padStart(2, '0')}m`;

const bar = ({ spans }: NodeTimeline, total: number, width: number): string => {
  const cells = Array.from({ length: width }, () => '.');
  for (const { stage, from, to } of spans) {
    const mark = MARKS[stage] ?? '.';
    const first = Math.min(width - 1, Math.floor((from / total) * width));
    const last = Math.max(first, Math.ceil((to / total) * width) - 1);
    if (to - from < 0.2 && spans.length > 1) continue;
    for (let at = first; at <= Math.min(last, width - 1); at += 1) cells[at] = mark;
  }
  return cells.join('');
};

/** What there is to say of a node that is not back; undefined where it is. */
export const wordOf = ({ spans, isBack }: NodeTimeline): string | undefined => {
  if (isBack) return undefined;
  const last = spans.at(-1);
  if (last === undefined) return 'not visited';
  return last.stage === 'held' ? 'held' : 'not back';
};

const row = (timeline: NodeTimeline, { minutes }: Rehearsal, width: number): readonly string[] => {
  const { node, spans } = timeline;
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined)
    return [node, '-', 'not visited', '-', bar(timeline, minutes || 1, width)];
  const restart = spans.filter(({ stage }) => stage === 'restart').reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    node,
    clock(first.from),
    wordOf(timeline) ?? clock(last.to),
    `${Math.round(restart)} min`,
    bar(timeline, minutes || 1, width),
  ];
};

const SHOWN = 20;

const lines = (title: string, list: readonly string[], paint: Paint, most: number): readonly string[] =>
  list.length === 0
    ? []
    : [
        '',
        title,
        ...list.slice(0, most).flatMap((line) => wrap(line, paint.width, '  - ', '    ')),
        ...(list.length > most ? [`  and ${list.length - most} more (-v)`] : []),
      ];

const headline = ({ outcome, because, minutes }: Rehearsal, paint: Paint): string =>
  ({
    complete: () => paint.good(`It ends well after ${clock(minutes)}: ${because}.`),
    held: () => paint.bad(`It stops after ${clock(minutes)}: ${because}`),
    unfinished: () => paint.bad(`No end was seen: ${because}`),
  })[outcome]();

/** What was done is of interest where something was not. */
const stepLines = ({ outcome, steps }: Rehearsal): readonly string[] =>
  outcome === 'complete' ? [] : ['', 'Steps', ...steps.map((step) => `  ${step.outcome.padEnd(11)} ${step.title}`)];

export const rehearsalText = (rehearsal: Rehearsal, paint: Paint, verbose = false): string => {
  const { goal, mostOut, budget, nodes, evictions, assumptions, leftOut, seed, blockers } = rehearsal;
  const shown = verbose ? nodes : nodes.slice(0, SHOWN);
  const width = Math.max(20, Math.min(60, paint.width - 50));
  const most = verbose ? Number.POSITIVE_INFINITY : 5;
  return [
    `${paint.bold(`Rehearsed: ${goal}`)} (seed ${seed})`,
    headline(rehearsal, paint),
    `At most ${mostOut} ${mostOut === 1 ? 'node is' : 'nodes are'} out at once, by whomever (budget ${budget}); ${evictions.length} ${evictions.length === 1 ? 'eviction is' : 'evictions are'} asked for.`,
    ...stepLines(rehearsal),
    ...lines(
      'Stood still at the end',
      blockers.map(({ node, because, wayOut }) => `${node}: ${because}${wayOut === undefined ? '' : ` -> ${wayOut}`}`),
      paint,
      most,
    ),
    '',
    table(
      ['NODE', 'LEAVES', 'BACK', 'RESTART', 'd drain  # restart  v verify  p prove  ! held'],
      shown.map((timeline) => row(timeline, rehearsal, width)),
    ),
    ...(nodes.length > shown.length ? [`and ${nodes.length - shown.length} more (-v)`] : []),
    ...(evictions.length === 0
      ? []
      : [
          '',
          'Evictions',
          ...evictions.slice(0, most).map(({ pod, at }) => `  ${clock(at)}  ${pod}`),
          ...(evictions.length > most ? [`  and ${evictions.length - most} more (-v)`] : []),
        ]),
    ...lines('Assumed', assumptions, paint, most),
    ...lines('Left out by the twin', leftOut, paint, most),
  ].join('\n');
};
