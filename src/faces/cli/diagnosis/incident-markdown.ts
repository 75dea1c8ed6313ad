/**
 * A diagnosis written up as an incident, for a ticket or a wiki: environment, problem, symptoms, root causes with evidence,
 * resolution, verification, what stays open, and the devices. A part about which nothing is known says so.
 */
import type { Incident } from '../../../core/diagnosis/incident.ts';
import type { Problem, Report } from '../../../core/diagnosis/report.ts';
import type { Topic } from '../../../core/diagnosis/topics/topic.ts';
import { TOPICS } from '../../../core/diagnosis/topics/topics.ts';
import { upstreamReports } from '../../../core/diagnosis/upstream-reports.ts';
import type { Inventory } from '../../../core/inventory/build-inventory.ts';
import { VERSION } from '../version.ts';
import { headline } from './headline.ts';
import { inventoryBlock } from './inventory-markdown.ts';
import {
  chapter,
  escapeMarkdown,
  evidenceBlock,
  factLines,
  fence,
  remedyBlock,
  unknownBlock,
} from './markdown-parts.ts';
import { suppressionText } from './places.ts';

export interface Written {
  readonly report: Report;
  readonly incident: Incident;
  readonly inventory: Inventory;
  /** When, as people read it. */
  readonly when: string;
  /** The command that looks again: `nicwright diagnose --from DUMP`. */
  readonly again: string;
}

const titleOf = ({ problems, symptoms }: Report): string => {
  const titles = (problems.length > 0 ? problems : symptoms).map(({ title }) => title);
  const [first, ...rest] = titles;
  if (first === undefined) return 'Nothing found';
  return rest.length === 0 ? first : `${first}, and ${rest.length} more`;
};

const symptomLines = ({ problems, symptoms }: Report): readonly string[] => [
  ...problems.flatMap(({ consequences }) => consequences.map(({ summary }) => `- ${escapeMarkdown(summary)}`)),
  ...symptoms.map(({ summary }) => `- ${escapeMarkdown(summary)} (no cause is known)`),
];

const rootCause = (problem: Problem, index: number, word: string): readonly string[] => [
  `### ${word} #${index + 1}: ${escapeMarkdown(problem.title)}`,
  '',
  `${escapeMarkdown(problem.summary)}. Severity ${problem.severity}, ${problem.confidence}; rule \`${problem.rule}\`.`,
  '',
  ...evidenceBlock(problem.evidence),
  '',
  ...(problem.against.length === 0
    ? []
    : ['Looked at, and not the cause:', '', ...problem.against.map((line) => `- ${escapeMarkdown(line)}`), '']),
  ...(problem.candidates.length === 0
    ? []
    : [
        'What it may come from:',
        '',
        ...problem.candidates
          .map(({ cause, provedBy, disprovedBy, against }) =>
            escapeMarkdown(
              against === undefined
                ? `${cause}: proved by ${provedBy}; not if ${disprovedBy}`
                : `${cause}: ruled out, ${against}`,
            ),
          )
          .map((line) => `- ${line}`),
        '',
      ]),
  ...(problem.lacks.length === 0 ? [] : ['To be sure:', '', ...unknownBlock(problem.lacks)]),
];

const relatedReports = (problems: readonly Problem[]): readonly string[] => {
  const reports = problems.flatMap(({ rule }) => upstreamReports(rule));
  return [
    ...reports.map(
      ({ repository, number, says, exact }) =>
        `- ${repository} #${number}${exact ? '' : ' (akin)'}: ${escapeMarkdown(says)}`,
    ),
    ...(reports.length > 0 && !reports.some(({ exact }) => exact) ? ['', 'None of these matches exactly.'] : []),
  ];
};

const learned = (problems: readonly Problem[]): readonly Topic[] =>
  TOPICS.filter((topic) => problems.some(({ rule }) => topic.rules.includes(rule)));

const statusOf = ({ problems, symptoms }: Report): string =>
  problems.length > 0
    ? 'open: the causes above were found in the input and nothing was changed'
    : symptoms.length > 0
      ? 'open: there are symptoms, and no cause could be told'
      : 'nothing was found in what was looked at';

export const incidentMarkdown = ({ report, incident, inventory, when, again }: Written): string => {
  const all = [...report.problems, ...report.symptoms];
  const mended = [...report.problems, ...report.problems.flatMap(({ consequences }) => consequences)];
  return [
    `# ${escapeMarkdown(titleOf(report))}`,
    '',
    ...chapter('## Environment', factLines([...incident.environment, ...incident.scope]), 'Nothing of it was read.'),
    '## Original issue',
    '',
    ...chapter('### Problem', [`${escapeMarkdown(headline(report))}.`], ''),
    ...chapter('### Symptoms', symptomLines(report), 'None was found in the input.'),
    ...(report.problems.length === 0
      ? chapter('### Root causes', [], 'None could be told from this input.')
      : report.problems.flatMap((problem, index) => rootCause(problem, index, 'Root cause'))),
    ...report.symptoms.flatMap((problem, index) => rootCause(problem, index, 'Symptom without a known cause')),
    ...chapter('### Related reports', relatedReports(all), 'None is known to us.'),
    ...chapter(
      '## Time-line',
      incident.timeLine.map(({ at, what }) => `- ${at} ${escapeMarkdown(what)}`),
      'No object that is cited says when something happened.',
    ),
    '## Resolution',
    '',
    ...(all.every(({ remedy }) => remedy.length === 0)
      ? ['Nothing to do is known.', '']
      : all.flatMap((problem, index) => [
          `### Part ${index + 1}: ${escapeMarkdown(problem.title)}`,
          '',
          ...remedyBlock(problem.remedy),
          ...(problem.thenExpect === undefined
            ? []
            : ['', `After this is mended: ${escapeMarkdown(problem.thenExpect)}`]),
          '',
        ])),
    ...chapter(
      '### Verification',
      mended.length === 0
        ? []
        : [
            'Collect the same input again and run',
            '',
            ...fence(again, 'bash'),
            '',
            'It exits 0, and none of these is found any more:',
            '',
            ...[...new Set(mended.map(({ title }) => title))].map((title) => `- ${escapeMarkdown(title)}`),
          ],
      'There is nothing to verify.',
    ),
    ...chapter(
      '## Worth knowing',
      report.observations.map(({ summary }) => `- ${escapeMarkdown(summary)}`),
      'Nothing besides.',
    ),
    ...chapter(
      '## What was learned',
      learned(all).map(
        ({ id, title, answer }) =>
          `- **${escapeMarkdown(title)}**: ${escapeMarkdown(answer)} (\`nicwright explain ${id}\`)`,
      ),
      'No topic of ours belongs to it.',
    ),
    ...((report.suppressed?.applied.length ?? 0) === 0
      ? []
      : chapter(
          '## Set aside',
          (report.suppressed?.applied ?? []).map(
            ({ problem, by }) => `- ${escapeMarkdown(`${problem.title}: ${by.map(suppressionText).join('; ')}`)}`,
          ),
          '',
        )),
    ...chapter('## What the input could not tell', unknownBlock(report.unknown), 'Every rule had what it needs.'),
    ...chapter(
      '## Not looked at',
      report.notLookedAt.map(({ what, because }) => `- ${escapeMarkdown(`${what}: ${because}`)}`),
      'Everything that was given was read.',
    ),
    ...chapter('## Appendix: devices', inventoryBlock(inventory), 'No device is named by the input.'),
    '---',
    '',
    `**Written**: ${when} by nicwright ${VERSION}, from ${escapeMarkdown(report.sources.join(', '))}  `,
    `**Status**: ${statusOf(report)}`,
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
};
