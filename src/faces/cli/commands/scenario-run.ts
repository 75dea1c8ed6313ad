/** `scenario run NAME`: plays an incident on the twin under a virtual clock, and says what diagnose makes of it. */
import { runScenario, type ScenarioRun } from '../../../app/scenario/run-scenario.ts';
import type { NodeOutcome } from '../../../app/scenario/node-outcome.ts';
import type { Problem } from '../../../core/diagnosis/report.ts';
import { goDurationSeconds } from '../../../core/model/go-duration.ts';
import { fail, ok, type Result } from '../../../core/result.ts';
import { defineCommand, type OptionValues } from '../command.ts';
import { reportText } from '../diagnosis/report-text.ts';
import { wrap } from '../diagnosis/wrap.ts';
import { EXIT } from '../exit-code.ts';
import type { Paint } from '../paint.ts';
import { table } from '../table.ts';

const MOST_HOURS = 24 * 7;

const readSeed = (value: string): Result<number> =>
  /^\d{1,9}$/.test(value)
    ? ok(Number(value))
    : fail('usage', `--seed takes a whole number of at most nine digits, not ${JSON.stringify(value)}.`);

const readMinutes = (value: unknown): Result<number | undefined> => {
  if (typeof value !== 'string') return ok(undefined);
  const seconds = goDurationSeconds(value);
  return seconds !== undefined && seconds > 0 && seconds <= MOST_HOURS * 3600
    ? ok(seconds / 60)
    : fail('usage', `--until takes a time after the beginning such as 90m or 3h, up to ${MOST_HOURS}h, not ${value}.`);
};

const MOST_FAULTS = 200;

const readFaults = (value: unknown): Result<number> =>
  typeof value !== 'string'
    ? ok(0)
    : /^\d{1,3}$/.test(value) && Number(value) <= MOST_FAULTS
      ? ok(Number(value))
      : fail('usage', `--faults takes a number up to ${MOST_FAULTS}, not ${JSON.stringify(value)}.`);

const elapsed = (minutes: number): string => {
  const whole = Math.floor(minutes);
  return `${Math.floor(whole / 60)}h${String(whole % 60).padStart(2, '0')}m`;
};

const row = (node: NodeOutcome): readonly string[] => [
  node.node,
  node.ready ? 'yes' : 'no',
  `${node.warmRestarts} warm, ${node.powerOns} from power`,
  node.pending === undefined ? 'nothing' : `${node.pending} on ${node.pendingAdapters} of ${node.adapters}`,
  String(node.vfs),
  node.syncStatus ?? '',
  [node.desiredState, node.currentState].filter((state) => state !== undefined).join(' / '),
];

const problemLines = ({ title, rule, summary }: Problem, paint: Paint): readonly string[] => [
  `${paint.bad(title)}  ${paint.dim(`[${rule}]`)}`,
  ...wrap(summary, paint.width, '  ', '  '),
];

const findings = ({ report }: ScenarioRun, paint: Paint): readonly string[] => {
  const { problems, symptoms } = report;
  if (problems.length === 0 && symptoms.length === 0) return [paint.good('diagnose finds nothing wrong')];
  const count = (list: readonly unknown[], word: string): string =>
    `${list.length} ${word}${list.length === 1 ? '' : 's'}`;
  const heading =
    problems.length > 0
      ? `diagnose names ${count(problems, 'root cause')}`
      : `diagnose names no root cause and ${count(symptoms, 'symptom')}`;
  return [heading, ...[...problems, ...symptoms].flatMap((problem) => problemLines(problem, paint))];
};

const faultLines = ({ faults }: ScenarioRun): readonly string[] => {
  if (faults.length === 0) return [];
  const rows = faults.map(({ fault, about, strikes }) => [`  ${strikes} x`, fault, about]);
  return ['what went wrong, and how often:', table(['', '', ''], rows).split('\n').slice(1).join('\n'), ''];
};

const render = (run: ScenarioRun, verbose: boolean, paint: Paint): string =>
  [
    ...wrap(run.about, paint.width, `${paint.bold(run.name)}, seed ${run.seed}: `, '  '),
    '',
    ...run.steps.map(({ atMinutes, what }) => `  +${elapsed(atMinutes)}  ${what}`),
    '',
    ...faultLines(run),
    `after ${elapsed(run.minutes)} and ${run.log.length} lines of log (--log):`,
    table(['NODE', 'READY', 'BOOTS', 'FIRMWARE WAITS FOR', 'VFS', 'SYNC', 'WANTED / DRAIN STATE'], run.nodes.map(row)),
    '',
    ...(verbose ? [reportText(run.report, paint, true)] : findings(run, paint)),
  ].join('\n');

const readOptions = (name: string, options: OptionValues) => {
  const seed = readSeed(String(options['seed']));
  const minutes = readMinutes(options['until']);
  if (!seed.ok) return seed;
  if (!minutes.ok) return minutes;
  const faults = readFaults(options['faults']);
  if (!faults.ok) return faults;
  return ok({
    name,
    seed: seed.value,
    faults: faults.value,
    ...(minutes.value === undefined ? {} : { minutes: minutes.value }),
  });
};

export default defineCommand({
  path: 'scenario run',
  about: 'Plays an incident on a simulated cluster in seconds, and says what diagnose makes of it',
  examples: [
    { line: 'scenario run dgx-cold-restart', does: 'the firmware change that no warm restart activates' },
    { line: 'scenario run dgx-cold-restart --seed 7 --until 30m', does: 'another run of chance, looked at earlier' },
    {
      line: 'scenario run dgx-cold-restart-cured --faults 12',
      does: 'the same while the API, BMCs, hosts and people fail',
    },
    { line: 'scenario run dgx-reimage --log', does: 'every write and every restart, one line each' },
  ],
  arguments: [{ name: 'NAME', about: 'one of `nicwright scenario list`' }],
  options: [
    { flags: '--seed <number>', about: 'the same seed gives the same log, byte for byte', default: '1' },
    { flags: '--until <time>', about: 'how long after the beginning it ends: 90m, 3h' },
    { flags: '--faults <number>', about: 'let so many things go wrong, drawn by the seed (docs/twin.md)' },
    { flags: '--log', about: 'print the log instead of the summary' },
  ],
  run: async (context, [name = ''], options) => {
    const wanted = readOptions(name, options);
    if (!wanted.ok) return wanted;
    context.progress(`playing ${name}`);
    const played = await runScenario(wanted.value);
    if (!played.ok) return played;
    const { log, ...run } = played.value;
    const isFound = run.report.problems.length > 0 || run.report.symptoms.length > 0;
    return ok({
      exit: isFound ? EXIT.findings : EXIT.clean,
      data: options['log'] === true ? { ...run, log } : run,
      text: (paint) =>
        options['log'] === true ? log.join('\n') : render(played.value, options['verbose'] === true, paint),
    });
  },
});
