/**
 * A diagnosis for a terminal: the root cause first, then what follows from it, where it was seen, what to do, and what
 * could not be told. At most a screen without -v; -v adds all evidence and what was looked at and found in order.
 */
import type { Candidate } from '../../../core/diagnosis/candidates.ts';
import type { CitedEvidence, Consequence, Problem, Report, UnknownFact } from '../../../core/diagnosis/report.ts';
import type { Severity } from '../../../core/diagnosis/finding.ts';
import type { Suppressed } from '../../../core/diagnosis/suppressions.ts';
import type { Paint } from '../paint.ts';
import { headline } from './headline.ts';
import { citedPlace, citedText, suppressionText } from './places.ts';
import { remedyLines } from './remedy-lines.ts';
import { wrap } from './wrap.ts';

const EVIDENCE_SHOWN = 3;
const UNKNOWN_SHOWN = 4;

const paintOf = (severity: Severity, paint: Paint): ((text: string) => string) =>
  severity === 'critical' || severity === 'error' ? paint.bad : severity === 'warning' ? paint.warn : paint.dim;

const names = (list: readonly string[], most = 4): string =>
  list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`;

const evidenceLines = (evidence: readonly CitedEvidence[], most: number): readonly string[] => {
  const shown = evidence.slice(0, most);
  const lines = shown.map((one) => `    ${citedPlace(one)}  ${citedText(one)}`);
  return evidence.length > most ? [...lines, `    and ${evidence.length - most} more places (-v)`] : lines;
};

const consequenceLines = (consequences: readonly Consequence[], width: number): readonly string[] =>
  consequences.flatMap(({ summary }) => wrap(summary, width, '  - ', '    '));

const candidateLines = (candidates: readonly Candidate[], width: number): readonly string[] =>
  candidates.flatMap(({ cause, provedBy, disprovedBy, against }) =>
    wrap(
      against === undefined
        ? `${cause}: proved by ${provedBy}; not if ${disprovedBy}`
        : `${cause}: ruled out, ${against}`,
      width,
      '  - ',
      '    ',
    ),
  );

const problemLines = (problem: Problem, report: Report, paint: Paint, verbose: boolean): readonly string[] => {
  const colour = paintOf(problem.severity, paint);
  const { width } = paint;
  return [
    `${colour(paint.bold(problem.title))}  ${paint.dim(`${problem.severity}, ${problem.confidence}  [${problem.rule}]`)}`,
    ...wrap(problem.summary, width, '  ', '  '),
    ...(problem.nodes.length > 0
      ? [`  ${paint.dim(`${problem.nodes.length} of ${report.nodes.length} nodes: ${names(problem.nodes)}`)}`]
      : []),
    ...(problem.consequences.length === 0
      ? []
      : ['', paint.bold('  What follows from it'), ...consequenceLines(problem.consequences, width)]),
    ...(problem.evidence.length === 0
      ? []
      : [
          '',
          paint.bold('  Seen at'),
          ...evidenceLines(problem.evidence, verbose ? Number.POSITIVE_INFINITY : EVIDENCE_SHOWN),
        ]),
    ...(problem.against.length === 0
      ? []
      : [
          '',
          paint.bold('  Looked at, and not the cause'),
          ...problem.against.flatMap((line) => wrap(line, width, '  - ', '    ')),
        ]),
    ...(problem.candidates.length === 0
      ? []
      : ['', paint.bold('  What it may come from'), ...candidateLines(problem.candidates, width)]),
    ...(problem.lacks.length === 0 ? [] : ['', paint.bold('  To be sure'), ...unknownLines(problem.lacks, width)]),
    ...(problem.remedy.length === 0 ? [] : ['', paint.bold('  What to do'), ...remedyLines(problem.remedy, width)]),
    ...(problem.thenExpect === undefined
      ? []
      : ['', ...wrap(`After this is mended: ${problem.thenExpect}`, width, '  ', '  ')]),
  ];
};

const unknownLines = (unknown: readonly UnknownFact[], width: number): readonly string[] =>
  unknown.flatMap(({ what, why, settle, nodes }) => [
    ...wrap(`${what}${nodes.length > 0 ? ` (${names(nodes)})` : ''}: ${why}`, width, '  - ', '    '),
    `      ${settle}`,
  ]);

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

export const reportText = (report: Report, paint: Paint, verbose = false): string => {
  const { width } = paint;
  const decisive = report.unknown.filter((fact) => fact.decisive);
  const lacking = verbose ? report.unknown : decisive.length > 0 ? decisive : report.unknown.slice(0, UNKNOWN_SHOWN);
  const hidden = report.unknown.length - lacking.length;
  const nodesUnseen = report.nodes.filter(({ verdict }) => verdict === 'not looked at').map(({ node }) => node);
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
  return [
    paint.bold(headline(report)),
    ...report.problems.flatMap((problem) => ['', ...problemLines(problem, report, paint, verbose)]),
    ...report.symptoms.flatMap((problem) => ['', ...problemLines(problem, report, paint, verbose)]),
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
      ...report.notLookedAt
        .slice(0, verbose ? undefined : 5)
        .flatMap(({ what, because }) => wrap(`${what}: ${because}`, width, '  - ', '    ')),
      ...(!verbose && report.notLookedAt.length > 5 ? [`  and ${report.notLookedAt.length - 5} more (-v)`] : []),
    ]),
    ...(verbose
      ? section(
          'Looked at and in order',
          report.clear.map(({ rule, saw, count }) => `  - ${saw} (${count} times) [${rule}]`),
        )
      : []),
  ].join('\n');
};
