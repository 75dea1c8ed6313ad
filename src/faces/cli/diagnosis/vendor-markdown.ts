/**
 * A diagnosis written for a vendor: the request in one paragraph, how far it reaches in counts, the chain from cause to
 * symptom with its evidence, the least change that is proposed, and what was claimed elsewhere and not found.
 */
import { knownClaims } from '../../../core/diagnosis/claims.ts';
import type { CitedEvidence, Problem, Report } from '../../../core/diagnosis/report.ts';
import { upstreamReports } from '../../../core/diagnosis/upstream-reports.ts';
import { VERSION } from '../version.ts';
import type { Written } from './incident-markdown.ts';
import {
  chapter,
  escapeMarkdown,
  evidenceBlock,
  factLines,
  fence,
  remedyBlock,
  unknownBlock,
} from './markdown-parts.ts';
import { citedPlace, citedText } from './places.ts';

export interface ForVendor extends Written {
  readonly rules: readonly { readonly id: string; readonly affects?: string }[];
  /** References to source that a document makes, and the document. */
  readonly claimed: readonly { readonly reference: string; readonly by: string }[];
}

const CHAIN_LINES = 8;

const firstPlace = ([first]: readonly CitedEvidence[]): string =>
  first === undefined ? 'not looked at' : `${citedPlace(first)}  ${citedText(first, 100)}`;

/** What failed first and what followed, nearest first, each with a place. */
const chainLines = ({ title, evidence, consequences }: Problem): readonly string[] => {
  const links = [{ summary: title, evidence }, ...consequences];
  const shown = links.slice(0, CHAIN_LINES - (links.length > CHAIN_LINES ? 1 : 0));
  return [
    ...shown.map(
      (link, index) => `${index + 1}. ${escapeMarkdown(link.summary)}: ${escapeMarkdown(firstPlace(link.evidence))}`,
    ),
    ...(links.length > shown.length ? [`${shown.length + 1}. ${links.length - shown.length} more that follow`] : []),
  ];
};

const requestOf = ({ report, incident }: Written): readonly string[] => {
  const [problem] = [...report.problems, ...report.symptoms];
  if (problem === undefined) return [];
  const counts = incident.scope.map(({ what, value }) => `${what.toLowerCase()}: ${value}`).join('; ');
  const [proposal] = incident.proposals;
  const wish =
    proposal !== undefined
      ? `We propose: ${proposal}`
      : report.problems.length > 0
        ? 'We ask you to confirm the cause and to say in which release it is mended.'
        : 'We ask you for the cause; what we could not tell ourselves is listed below.';
  return [
    `${escapeMarkdown(problem.summary)} (${problem.confidence}). Reach: ${escapeMarkdown(counts)}. ${escapeMarkdown(wish)}`,
  ];
};

const affectedVersions = ({ report, incident, rules }: ForVendor): readonly string[] => [
  ...factLines(
    incident.environment.filter(({ what }) => ['Network operator', 'DPF', 'Adapters', 'Platform'].includes(what)),
  ),
  ...report.problems.flatMap(({ rule, title }) => {
    const affects = rules.find(({ id }) => id === rule)?.affects;
    return affects === undefined ? [] : [`- ${escapeMarkdown(title)}: known for ${escapeMarkdown(affects)}`];
  }),
];

const cites = (report: Report, reference: string): CitedEvidence | undefined => {
  const file = (reference.split('/').at(-1) ?? '').replace(/:.*$/, '');
  return [...report.problems, ...report.symptoms]
    .flatMap(({ evidence, consequences }) => [...evidence, ...consequences.flatMap((one) => one.evidence)])
    .find(({ excerpt }) => excerpt.includes(file));
};

const claimLines = ({ report, claimed }: ForVendor): readonly string[] => [
  ...[...report.problems, ...report.symptoms].flatMap(({ rule, against }) => [
    ...knownClaims(rule).map(
      ({ said, by, found }) => `- "${escapeMarkdown(said)}" (${escapeMarkdown(by)}): ${escapeMarkdown(found)}`,
    ),
    ...against.map((line) => `- ${escapeMarkdown(line)}`),
  ]),
  ...report.symptoms
    .flatMap(({ candidates }) => candidates)
    .filter(({ against }) => against !== undefined)
    .map(({ cause, against }) => `- ${escapeMarkdown(`${cause}: ruled out, ${against ?? ''}`)}`),
  ...claimed.map(({ reference, by }) => {
    const place = cites(report, reference);
    const found =
      place === undefined
        ? 'nothing in the input shows it; source code was not looked at'
        : `named by the input at ${citedPlace(place)}`;
    return `- ${escapeMarkdown(reference)} (claimed) by ${escapeMarkdown(by)}: ${escapeMarkdown(found)}`;
  }),
];

export const vendorMarkdown = (written: ForVendor): string => {
  const { report, incident, when, again } = written;
  const all = [...report.problems, ...report.symptoms];
  const titles = all.map(({ title }) => title);
  return [
    `# For the vendor: ${escapeMarkdown(titles.join('; ') || 'nothing found')}`,
    '',
    ...chapter('## Request', requestOf(written), 'Nothing was found, so nothing is asked.'),
    '## Issue',
    '',
    ...chapter(
      '### Symptoms',
      [
        ...report.problems.flatMap(({ consequences }) =>
          consequences.map(({ summary }) => `- ${escapeMarkdown(summary)}`),
        ),
        ...report.symptoms.map(({ summary }) => `- ${escapeMarkdown(summary)}`),
      ],
      'None was found in the input.',
    ),
    ...chapter('### Versions', affectedVersions(written), 'None is shown by the input.'),
    ...chapter('### Scope', factLines(incident.scope), ''),
    '## Analysis',
    '',
    ...(all.length === 0 ? ['Nothing to analyse.', ''] : []),
    ...all.flatMap((problem) => [
      `### ${escapeMarkdown(problem.title)}`,
      '',
      `${escapeMarkdown(problem.summary)}. ${problem.confidence}; rule \`${problem.rule}\`.`,
      '',
      'Chain:',
      '',
      ...chainLines(problem),
      '',
      ...evidenceBlock(problem.evidence),
      '',
    ]),
    ...chapter(
      '## Time-line',
      incident.timeLine.map(({ at, what }) => `- ${at} ${escapeMarkdown(what)}`),
      'No object that is cited says when something happened.',
    ),
    ...chapter(
      '## Proposed change',
      incident.proposals.map((line) => `- ${escapeMarkdown(line)}`),
      report.problems.length === 0
        ? 'None, since no cause could be told.'
        : 'None of ours: what was found is mended in the cluster, as below.',
    ),
    ...chapter(
      '## What is done meanwhile',
      report.problems.flatMap(({ remedy }) => remedyBlock(remedy)),
      'Nothing: no cause could be told.',
    ),
    ...chapter('## Claimed elsewhere, and what was found', claimLines(written), 'Nothing was claimed that we know of.'),
    ...chapter(
      '## Related reports',
      all
        .flatMap(({ rule }) => upstreamReports(rule))
        .map(
          ({ repository, number, says, exact }) =>
            `- ${repository} #${number}${exact ? '' : ' (akin)'}: ${escapeMarkdown(says)}`,
        ),
      'None is known to us.',
    ),
    ...chapter(
      '## What the input could not tell',
      unknownBlock([...all.flatMap(({ lacks }) => lacks), ...report.unknown.filter(({ decisive }) => decisive)]),
      'Nothing that bears on this.',
    ),
    ...chapter('## Environment', factLines(incident.environment), ''),
    ...chapter('## To see it again', fence(again, 'bash'), ''),
    '---',
    '',
    `**Written**: ${when} by nicwright ${VERSION}, from ${escapeMarkdown(report.sources.join(', '))}`,
  ]
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n');
};
