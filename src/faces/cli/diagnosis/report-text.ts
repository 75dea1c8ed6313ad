/**
 * A diagnosis for a terminal: the root cause first, then what follows from it, where it was seen, what to do, and what
 * could not be told. At most a screen or two without -v; -v adds all evidence and what was looked at and found in order.
 */
import type { Problem, Report, UnknownFact } from '../../../core/diagnosis/report.ts';
import type { Suppressed } from '../../../core/diagnosis/suppressions.ts';
import type { Paint } from '../paint.ts';
import { headline } from './headline.ts';
import { suppressionText } from './places.ts';
import { briefLines, names, problemLines, unknownLines } from './problem-lines.ts';
import { wrap } from './wrap.ts';

const PROBLEMS_IN_FULL = 2;
const UNKNOWN_SHOWN = 4;
const GAPS_SHOWN = 5;

const suppressedLines = (
  { applied, expired, idle }: Suppressed,
  width: number,
  verbose: boolean,
): readonly string[] => [
  ...applied.flatMap(({ problem, by }) =>
    wrap(`${problem.title} [${problem.rule}]: ${by.map(suppressionText).join('; ')}`, width, '  - ', '    '),
  ),
  ...expired.flatMap(({ rule, owner, expires, at }) =>
    wrap(`the one of ${rule} by ${owner} (${at}) ended on ${expires} and holds no longer`, width, '  - ', '    '),
  ),
  // One that names too little is a surprise to its owner; one without an object is only untidy.
  ...idle
    .filter(({ because }) => verbose || because.startsWith('it is reported'))
    .flatMap(({ suppression: { rule, at }, because }) =>
      wrap(`the one of ${rule} (${at}) sets nothing aside: ${because}`, width, '  - ', '    '),
    ),
];

/** What is not asked for already beside the problem that it would settle, the decisive first. */
const furtherUnknown = (report: Report, shown: readonly Problem[]): readonly UnknownFact[] => {
  const asked = new Set(shown.flatMap(({ lacks }) => lacks.map(({ settle }) => settle)));
  return report.unknown.filter(({ settle }) => !asked.has(settle));
};

export const reportText = (report: Report, paint: Paint, verbose = false): string => {
  const { width } = paint;
  const all = [...report.problems, ...report.symptoms];
  const inFull = verbose ? all : all.slice(0, PROBLEMS_IN_FULL);
  const inBrief = all.slice(inFull.length);
  const unknown = furtherUnknown(report, inFull);
  const decisive = unknown.filter((fact) => fact.decisive);
  const lacking = verbose ? unknown : decisive.length > 0 ? decisive : unknown.slice(0, UNKNOWN_SHOWN);
  const hidden = unknown.length - lacking.length;
  const gaps = report.notLookedAt.slice(0, verbose ? undefined : GAPS_SHOWN);
  const nodesUnseen = report.nodes.filter(({ verdict }) => verdict === 'not looked at').map(({ node }) => node);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
  return [
    paint.bold(headline(report)),
    ...inFull.flatMap((problem) => ['', ...problemLines(problem, report.nodes.length, paint, verbose)]),
    ...inBrief.flatMap((problem) => ['', ...briefLines(problem, paint)]),
    ...(inBrief.length === 0 ? [] : ['', paint.dim(`evidence and remedies of the last ${inBrief.length} with -v`)]),
    ...section(
      'Worth knowing',
      report.observations.flatMap(({ summary }) => wrap(summary, width, '  - ', '    ')),
    ),
    ...section('Set aside', report.suppressed === undefined ? [] : suppressedLines(report.suppressed, width, verbose)),
    ...section('Could not be told from this input', [
      ...unknownLines(lacking, width),
      ...(hidden > 0 ? [`  and ${hidden} more (-v)`] : []),
    ]),
    ...section('Not looked at', [
      ...(nodesUnseen.length > 0 ? [`  - nodes ${names(nodesUnseen, 8)}: no rule found anything to go by`] : []),
      ...gaps.flatMap(({ what, because }) => wrap(`${what}: ${because}`, width, '  - ', '    ')),
      ...(report.notLookedAt.length > gaps.length
        ? [`  and ${report.notLookedAt.length - gaps.length} more (-v)`]
        : []),
    ]),
    ...(verbose
      ? section(
          'Looked at and in order',
          report.clear.map(({ rule, saw, count }) => `  - ${saw}${count > 1 ? ` (${count} times)` : ''} [${rule}]`),
        )
      : []),
  ].join('\n');
};
