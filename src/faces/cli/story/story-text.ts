/** The story of the two DGX nodes as the README shows it: six short chapters, each with the command that does the same. */
import { endsWell, type Story } from '../../../app/story/dgx-story.ts';
import type { Stage } from '../../../core/visit/stages.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';
import { wrap } from '../diagnosis/wrap.ts';

const clock = (minutes: number): string =>
  `${Math.floor(minutes / 60)}h${String(Math.floor(minutes) % 60).padStart(2, '0')}m`;

const chapter = (title: string, command: string, paint: Paint): string =>
  `${paint.bold(title)}  ${paint.dim(`nicwright ${command}`)}`;

/** What a reader wants to know of a stage; the others take no time. */
const TOLD: Readonly<Partial<Record<Stage, string>>> = {
  quiet: 'the config daemon that would restart it is taken off it',
  drain: 'drained',
  restart: 'shut down, off proved by three reads and held for 60 s, on, booted',
  prove: 'VFs, node state and resources are waited for',
};

const visitLines = ({ visits }: Story): readonly string[] =>
  visits.nodes.flatMap(({ node, spans }) => {
    const told = spans.filter(({ stage }) => TOLD[stage] !== undefined);
    const last = spans.at(-1);
    return [
      ...told.map(
        ({ stage, from, to }) =>
          `  ${clock(from)}  ${node}: ${TOLD[stage] ?? ''}${to - from >= 1 ? ` (${Math.round(to - from)} min)` : ''}`,
      ),
      ...(last === undefined ? [] : [`  ${clock(last.to)}  ${node}: back in service`]),
    ];
  });

const provedRows = ({ proved }: Story): readonly (readonly string[])[] =>
  proved.map(({ node, verdict, gates }) => {
    const count = (gate: string): string => {
      const own = gates.filter((one) => one.gate === gate);
      return `${own.filter((one) => one.verdict === 'pass').length} of ${own.length}`;
    };
    return [node, count('firmware'), count('vfs'), count('node-state'), count('resources'), verdict];
  });

export const storyText = (story: Story, paint: Paint): string => {
  const { found, plan, rehearsal, after } = story;
  const [problem] = found.problems;
  const end = endsWell(story);
  return [
    chapter('1. Found', 'diagnose', paint),
    ...(problem === undefined
      ? ['  nothing']
      : [`  ${paint.bad(problem.title)}`, ...wrap(problem.summary, paint.width, '  ', '  ')]),
    '',
    chapter('2. Planned', 'plan activate-firmware --power bmc', paint),
    ...plan.visits.map(
      ({ node, restart, changes, state }) => `  ${node}: ${restart}, ${changes.join('; ')} (now ${state})`,
    ),
    ...wrap(plan.visits[0]?.because ?? '', paint.width, '  why: ', '       '),
    `  ${plan.steps.length} steps, about ${plan.minutes} min, ${plan.blockers.length === 0 ? 'nothing blocks it' : `${plan.blockers.length} things block it`}`,
    '',
    chapter('3. Rehearsed', 'rehearse plan.yaml', paint),
    `  ${rehearsal.outcome === 'complete' ? `ends well after ${clock(rehearsal.minutes)}` : `stops: ${rehearsal.because}`}; at most ${rehearsal.mostOut} nodes out; ${rehearsal.evictions.length} evictions`,
    '',
    chapter('4. Carried out', 'apply plan.yaml', paint),
    ...visitLines(story),
    '',
    chapter('5. Proved', 'verify node dgx030', paint),
    table(
      ['  NODE', 'FIRMWARE', 'VFS', 'NODE STATE', 'RESOURCES', 'VERDICT'],
      provedRows(story).map(([node = '', ...rest]) => [`  ${node}`, ...rest]),
    ),
    '',
    chapter('6. Clean', 'diagnose', paint),
    end
      ? paint.good('  nothing is wrong any more')
      : paint.bad(`  ${after.problems.length} problems and ${after.symptoms.length} symptoms are left`),
  ].join('\n');
};
