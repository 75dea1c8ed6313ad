/** Parts of the written reports: headings, evidence, steps and tables as markdown, with everything of a dump escaped. */
import type { RemedyStep } from '../../../core/diagnosis/finding.ts';
import type { IncidentLine } from '../../../core/diagnosis/incident.ts';
import type { CitedEvidence, UnknownFact } from '../../../core/diagnosis/report.ts';
import { citedPlace, citedText } from './places.ts';

/** What would be read as markup, or at the start of a line as a heading, a list or a quotation. */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*<|[\]]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\$&`)
    .replace(/^\s*(?=[-+#>])/, '\\')
    .replace(/^\s*\d+(?=[.)]\s)/, '$&\\');

/** A fence is longer than any run of backticks inside. */
export const fence = (text: string, language = ''): readonly string[] => {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return [`${mark}${language}`, ...text.split('\n'), mark];
};

/** A heading with what belongs under it; what is empty says so. */
export const chapter = (heading: string, inside: readonly string[], whenEmpty: string): readonly string[] => [
  heading,
  '',
  ...(inside.length === 0 ? [whenEmpty] : inside),
  '',
];

export const factLines = (lines: readonly IncidentLine[]): readonly string[] =>
  lines.map(({ what, value }) => `- **${what}**: ${escapeMarkdown(value)}`);

export const evidenceBlock = (evidence: readonly CitedEvidence[]): readonly string[] =>
  evidence.length === 0
    ? []
    : ['Evidence:', '', ...fence(evidence.map((one) => `${citedPlace(one)}  ${citedText(one, 300)}`).join('\n'))];

export const remedyBlock = (steps: readonly RemedyStep[]): readonly string[] =>
  steps.flatMap(({ text, command, risk }, index) => [
    `${index + 1}. ${escapeMarkdown(text)}${risk === undefined ? '' : ` **Risk:** ${escapeMarkdown(risk)}.`}`,
    ...(command === undefined ? [] : ['', ...fence(command, 'bash').map((line) => `   ${line}`), '']),
  ]);

export const unknownBlock = (unknown: readonly UnknownFact[]): readonly string[] =>
  unknown.flatMap(({ what, why, settle, nodes }) => [
    `- ${escapeMarkdown(what)}${nodes.length === 0 ? '' : ` (${escapeMarkdown(nodes.join(', '))})`}: ${escapeMarkdown(why)}`,
    '',
    ...fence(settle, 'bash').map((line) => `  ${line}`),
    '',
  ]);

export const tableBlock = (headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${headings.join(' | ')} |`,
  `|${headings.map(() => '---').join('|')}|`,
  ...rows.map((row) => `| ${row.map((cell) => escapeMarkdown(cell) || '-').join(' | ')} |`),
];
