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

const row = (timeline: NodeTimeline, { minutes }: Rehearsal, width: number): readonly string[] => {
  const { node, spans } = timeline;
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined) return [node, '-', '-', '-', bar(timeline, minutes || 1, width)];
  const restart = spans.filter(({ stage }) => stage === 'restart').reduce((sum, { from, to }) => sum + to - from, 0);
  return [
    node,
    clock(first.from),
    last.stage === 'held' ? 'held' : clock(last.to),
    `${Math.round(restart)} min`,
    bar(timeline, minutes || 1, width),
  ];
};

const SHOWN = 20;

export const rehearsalText = (rehearsal: Rehearsal, paint: Paint, verbose = false): string => {
  const { goal, outcome, because, minutes, mostOut, budget, nodes, evictions, assumptions, leftOut, seed } = rehearsal;
  const shown = verbose ? nodes : nodes.slice(0, SHOWN);
  const width = Math.max(20, Math.min(60, paint.width - 50));
  return [
    `${paint.bold(`Rehearsed: ${goal}`)} (seed ${seed})`,
    outcome === 'complete'
      ? paint.good(`It ends well after ${clock(minutes)}: ${because}.`)
      : paint.bad(`It stops after ${clock(minutes)}: ${because}`),
    `At most ${mostOut} ${mostOut === 1 ? 'node is' : 'nodes are'} out at once, by whomever (budget ${budget}); ${evictions.length} evictions are asked for.`,
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
          ...(verbose ? evictions : evictions.slice(0, 5)).map(({ pod, at }) => `  ${clock(at)}  ${pod}`),
          ...(!verbose && evictions.length > 5 ? [`  and ${evictions.length - 5} more (-v)`] : []),
        ]),
    '',
    'Assumed',
    ...(verbose ? assumptions : assumptions.slice(0, 4)).flatMap((line) => wrap(line, paint.width, '  - ', '    ')),
    ...(leftOut.length === 0
      ? []
      : [
          'Left out by the twin',
          ...(verbose ? leftOut : leftOut.slice(0, 4)).flatMap((line) => wrap(line, paint.width, '  - ', '    ')),
        ]),
  ].join('\n');
};
