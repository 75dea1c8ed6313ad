/** One problem for a terminal: what it is, what follows from it, where it was seen, what it may come from, what to do. */
import type { Candidate } from '../../../core/diagnosis/candidates.ts';
import type { CitedEvidence, Problem, UnknownFact } from '../../../core/diagnosis/report.ts';
import type { Severity } from '../../../core/diagnosis/finding.ts';
import type { Paint } from '../paint.ts';
import { citedPlace, citedText } from './places.ts';
import { remedyLines } from './remedy-lines.ts';
import { wrap } from './wrap.ts';

const EVIDENCE_SHOWN = 3;

const paintOf = (severity: Severity, paint: Paint): ((text: string) => string) =>
  severity === 'critical' || severity === 'error' ? paint.bad : severity === 'warning' ? paint.warn : paint.dim;

export const names = (list: readonly string[], most = 4): string =>
  list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`;

const LINES_OF_TEXT = 2;

/** Place and text on one line where they fit, else below each other; a long text is cut unless -v asks for all. */
const evidenceLines = (evidence: readonly CitedEvidence[], width: number, verbose: boolean): readonly string[] => {
  const shown = verbose ? evidence : evidence.slice(0, EVIDENCE_SHOWN);
  const lines = shown.flatMap((one) => {
    const text = citedText(one, 1000);
    const whole = `    ${citedPlace(one)}  ${text}`;
    if (whole.length <= width) return [whole];
    const wrapped = wrap(text, width, '        ', '        ');
    const kept = verbose ? wrapped : wrapped.slice(0, LINES_OF_TEXT);
    return [
      `    ${citedPlace(one)}`,
      ...kept.map((line, at) => (at === kept.length - 1 && kept.length < wrapped.length ? `${line} ...` : line)),
    ];
  });
  const more = evidence.length - shown.length;
  return more > 0 ? [...lines, `    and ${more} more ${more === 1 ? 'place' : 'places'} (-v)`] : lines;
};

/** Candidates by number, those that are ruled out only counted unless -v asks for them. */
const candidateLines = (candidates: readonly Candidate[], width: number, verbose: boolean): readonly string[] => {
  const open = candidates.filter(({ against }) => against === undefined);
  const out = candidates.filter(({ against }) => against !== undefined);
  return [
    ...open.flatMap(({ cause, provedBy, disprovedBy }, index) =>
      wrap(`${cause}: proved by ${provedBy}; not if ${disprovedBy}`, width, `  ${index + 1}. `, '     '),
    ),
    ...(verbose
      ? out.flatMap(({ cause, against }) => wrap(`${cause}: ruled out, ${against ?? ''}`, width, '  - ', '    '))
      : out.length === 0
        ? []
        : wrap(`ruled out (-v tells why): ${out.map(({ cause }) => cause).join('; ')}`, width, '  - ', '    ')),
  ];
};

export const unknownLines = (unknown: readonly UnknownFact[], width: number): readonly string[] =>
  unknown.flatMap(({ what, why, settle, nodes }) => [
    ...wrap(`${what}${nodes.length > 0 ? ` (${names(nodes)})` : ''}: ${why}`, width, '  - ', '    '),
    `      ${settle}`,
  ]);

/** What is asked for, the fact that decides most first; candidates are named by their numbers. */
const lackLines = ({ lacks, candidates }: Problem, width: number): readonly string[] => {
  const open = candidates.filter(({ against }) => against === undefined);
  return unknownLines(
    lacks.map((lack) => {
      const numbers = open.flatMap(({ fact, settle }, index) =>
        fact === lack.what && settle === lack.settle ? [index + 1] : [],
      );
      return numbers.length === 0 ? lack : { ...lack, why: `tells of ${numbers.join(', ')}` };
    }),
    width,
  );
};

const heading = ({ title, severity, confidence, rule }: Problem, paint: Paint): string =>
  `${paintOf(severity, paint)(paint.bold(title))}  ${paint.dim(`${severity}, ${confidence}  [${rule}]`)}`;

/** A problem in two or three lines, where others need the screen more. */
export const briefLines = (problem: Problem, paint: Paint): readonly string[] => [
  heading(problem, paint),
  ...wrap(problem.summary, paint.width, '  ', '  '),
];

export const problemLines = (
  problem: Problem,
  nodeCount: number,
  paint: Paint,
  verbose: boolean,
): readonly string[] => {
  const { width } = paint;
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', paint.bold(`  ${title}`), ...lines];
  const listed = (lines: readonly string[]): readonly string[] =>
    lines.flatMap((line) => wrap(line, width, '  - ', '    '));
  return [
    ...briefLines(problem, paint),
    ...(problem.nodes.length > 0
      ? [`  ${paint.dim(`${problem.nodes.length} of ${nodeCount} nodes: ${names(problem.nodes)}`)}`]
      : []),
    ...part('What follows from it', listed(problem.consequences.map(({ summary }) => summary))),
    ...part('Seen at', evidenceLines(problem.evidence, width, verbose)),
    ...part('Looked at, and not the cause', listed(problem.against)),
    ...part('What it may come from', candidateLines(problem.candidates, width, verbose)),
    ...part('To be sure', lackLines(problem, width)),
    ...part('What to do', remedyLines(problem.remedy, width)),
    ...(problem.thenExpect === undefined
      ? []
      : ['', ...wrap(`After this is mended: ${problem.thenExpect}`, width, '  ', '  ')]),
  ];
};
